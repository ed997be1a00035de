"""Doing what the lifecycle asks for leads that the caller holds: send the e-mail, note that it was sent."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial

from leads import log
from leads.aws.counters import Counters
from leads.aws.repository import Leads, StaleError
from leads.domain import lifecycle
from leads.domain.lifecycle import DONE, LEASE, Action, Event, StoredLead
from leads.domain.practice import Practice
from leads.mail import compose
from leads.settings import Settings

LAST_MOMENTS = LEASE / 6
"""No e-mail is begun with less than that left of the lease: it takes up to two seconds, and the note its own time."""

EACH = dt.timedelta(minutes=5)
"""As often as the sweep comes (infra/template.yaml)."""

MOST_TRIES = 5
"""How often a change is put on top of somebody else's before giving up; each loser means one winner."""


@dataclass
class Flow:
    """What one process has sent lately: tells a flood from a busy day.

    In a flood, an e-mail for each lead uses up SES's quota for the day, and then nobody hears of anybody
    (docs/costs.md).
    """

    sent: deque[dt.datetime] = field(default_factory=deque)

    def takes(self, now: dt.datetime, most: int) -> bool:
        """Whether one more lead gets an e-mail of its own, at most so many between two sweeps.

        The sweep lists the others, all in one.
        """
        while self.sent and self.sent[0] <= now - EACH:
            self.sent.popleft()
        if len(self.sent) >= most:
            return False
        self.sent.append(now)
        return True


MAX_URGENT_ALONE = 10
"""First e-mails about one urgent lead each, in the hour from the first of them; the others come in lists."""

URGENT_LIST_EVERY = dt.timedelta(minutes=14)
"""A list of urgent leads leaves once in a quarter of an hour; the sweep comes a little early or late."""

URGENT_LIST = "urgent list"


@dataclass
class UrgentEmails:
    """How urgent leads are announced: ten in an hour alone, the others in one list each quarter of an hour.

    Counted in the table and not in the process: 500 urgent forms from one address must not use up the day's quota of
    SES (promise.md, Urgent leads, rule 6).
    """

    counters: Counters
    _has_turn: bool | None = None

    def takes(self, now: dt.datetime) -> bool:
        """Return whether one more urgent lead is announced by an e-mail of its own."""
        return self.counters.take_slot("urgent alone", MAX_URGENT_ALONE, dt.timedelta(hours=1), now)

    def may_list(self, now: dt.datetime) -> bool:
        """Return whether this sweep sends the list, which may be several e-mails if it is long."""
        if self._has_turn is None:
            self._has_turn = self.counters.take_turn(URGENT_LIST, now, URGENT_LIST_EVERY)
        return self._has_turn

    def list_failed(self, now: dt.datetime) -> None:
        """Let the next sweep send the list that SES did not take."""
        self.counters.give_back_turn(URGENT_LIST, now)


@dataclass(frozen=True)
class Desk:
    """What it takes to work on leads: the table, whose practice it is, and the time."""

    leads: Leads
    practice: Practice
    settings: Settings
    clock: Callable[[], dt.datetime]

    def perform(self, action: Action, held: Sequence[StoredLead], *, together: bool = False) -> int:
        """Send what this action asks for leads that the caller holds, and note how it went; one e-mail each, or
        one together.

        Returns how many leads an e-mail went out for. A lead that cannot be sent does not stop the others, and one
        that is hardly held any more is left to the next sweep: another may be at it by the time it is noted.
        """
        if together and len(held) > 1:
            return self._perform_together(action, [lead for lead in held if self._has_time_for(lead)])
        return sum(self._perform_one(action, lead) for lead in held if self._has_time_for(lead))

    def _has_time_for(self, lead: StoredLead) -> bool:
        return lead.next_at is not None and self.clock() < lead.next_at - LAST_MOMENTS

    def _perform_together(self, action: Action, held: Sequence[StoredLead]) -> int:
        try:
            listed = compose.listable(held, self.practice, self.settings, self.clock())
            leads = [lead for lead, _ in listed]
            return self._send(action, leads, partial(self._about_many, action, leads)) if leads else 0
        except Exception as error:
            log.failure(f"{action} failed", error)
            return 0

    def _about_many(self, action: Action, leads: Sequence[StoredLead], practice: Practice) -> EmailMessage:
        listed = compose.listable(leads, practice, self.settings, self.clock())
        return compose.about_many(action, listed, practice, self.settings)

    def _perform_one(self, action: Action, lead: StoredLead) -> int:
        try:
            return self._send(action, [lead], partial(self._about_one, action, lead))
        except Exception as error:
            log.failure(f"{action} failed", error, reference=lead.reference)
            return 0

    def _about_one(self, action: Action, lead: StoredLead, practice: Practice) -> EmailMessage:
        return compose.about_one(action, lead, practice, self.settings, self.clock())

    def _send(self, action: Action, held: Sequence[StoredLead], write: Callable[[Practice], EmailMessage]) -> int:
        is_first_try = len(held) == 1 and not held[0].failures  # a visitor may be waiting: one call of SES, no more
        try:
            if is_first_try:
                compose.send(write(self.practice), self.settings)
            else:
                compose.send_in_any_words(write, self.practice, self.settings)
            event = DONE[action]
        except compose.MailError as error:
            compose.record_failure(action, error, len(held))
            event = Event.SEND_FAILED
        for lead in held:
            self._note_each(lead, event)
        return 0 if event is Event.SEND_FAILED else len(held)

    def _note_each(self, lead: StoredLead, event: Event) -> None:
        # One note that fails must not leave the rest unnoted: they would all be sent a second time.
        try:
            self.note(lead, event)
        except Exception as error:
            log.failure("not noted", error, reference=lead.reference)

    def note(self, lead: StoredLead, event: Event) -> StoredLead:
        """Put the event into the lead's history, also if somebody changed the lead meanwhile.

        Staff may mark a lead as contacted while its e-mail is on the way: then theirs stands, and nothing
        is left to note.
        """
        for _ in range(MOST_TRIES):
            try:
                noted = self.leads.change(lead, lifecycle.apply(lead, event, self.clock(), self.practice))
            except StaleError:
                current = self.leads.get(lead.reference, self.clock())
                if current is None or current.status is not lead.status:
                    return current or lead
                lead = current
            else:
                log.record(event.value, reference=lead.reference, metrics=metrics(noted, event))
                return noted
        raise StaleError(f"{lead.reference} keeps changing")


def act(
    lead: StoredLead, event: Event, leads: Leads, practice: Practice, clock: Callable[[], dt.datetime]
) -> StoredLead:
    """Put what somebody says about a lead into the table, on top of what the software did since they saw it.

    Raises StaleError if somebody else has acted since, or the lead is gone; TransitionError if it cannot happen.
    """
    seen = lead
    for _ in range(MOST_TRIES):
        try:
            return leads.change(lead, lifecycle.apply(lead, event, clock(), practice))
        except StaleError:
            current = leads.get(lead.reference, clock())
            if current is None or current.acts != seen.acts:
                raise
            lead = current
    raise StaleError(f"{lead.reference} keeps changing")


def metrics(lead: StoredLead, event: Event) -> dict[str, float]:
    """What an event adds to CloudWatch's metrics; minutes are from the promise, by the clock, not opening hours."""
    if event is Event.CONTACTED:
        minutes = (lead.history[-1].at - lead.promised.at).total_seconds() / 60
        return {"Contacted": 1, "MinutesToContact": round(minutes, 1)}
    return {Event.REMINDED: {"Reminded": 1.0}, Event.ESCALATED: {"Overdue": 1.0}}.get(event, {})
