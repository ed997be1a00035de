"""Doing what the lifecycle asks for leads that the caller holds: send the e-mail, note that it was sent."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from leads import journal, lifecycle, mail
from leads.environment import Settings
from leads.lifecycle import DONE, Action, Event, StoredLead
from leads.practice import Practice
from leads.store import Leads, StaleError

MOST_SEPARATE = 20
"""Leads that get an e-mail each; more at once get one e-mail that lists them all."""

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


@dataclass(frozen=True)
class Desk:
    """What it takes to work on leads: the table, whose practice it is, and the time."""

    leads: Leads
    practice: Practice
    settings: Settings
    clock: Callable[[], dt.datetime]

    def perform(self, action: Action, held: Sequence[StoredLead]) -> int:
        """Send what this action asks for leads that the caller holds, and note how it went.

        Returns how many leads an e-mail went out for. A lead that cannot be sent does not stop the others.
        """
        if len(held) > MOST_SEPARATE:
            return self._perform_together(action, held)
        return sum(self._perform_one(action, lead) for lead in held)

    def _perform_together(self, action: Action, held: Sequence[StoredLead]) -> int:
        listed = mail.listable(held, self.practice, self.settings, self.clock())
        email = mail.about_many(action, listed, self.practice, self.settings)
        return self._send(action, [lead for lead, _ in listed], email)

    def _perform_one(self, action: Action, lead: StoredLead) -> int:
        try:
            email = mail.about_one(action, lead, self.practice, self.settings, self.clock())
            return self._send(action, [lead], email)
        except Exception as error:
            journal.failure(f"{action} failed", error, reference=lead.reference)
            return 0

    def _send(self, action: Action, held: Sequence[StoredLead], email: EmailMessage) -> int:
        try:
            mail.send(email, self.settings)
            event = DONE[action]
        except mail.MailError as error:
            refused = str(error) in mail.INCURABLE
            journal.record(
                f"{action} failed",
                outcome=str(error),
                metrics={"NotifyFailed": len(held), "NotifyRefused": float(refused)},
            )
            event = Event.SEND_FAILED
        for lead in held:
            self._note_each(lead, event)
        return 0 if event is Event.SEND_FAILED else len(held)

    def _note_each(self, lead: StoredLead, event: Event) -> None:
        # One note that fails must not leave the rest unnoted: they would all be sent a second time.
        try:
            self.note(lead, event)
        except Exception as error:
            journal.failure("not noted", error, reference=lead.reference)

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
                journal.record(event.value, reference=lead.reference, metrics=metrics(noted, event))
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
        minutes = (lead.history[-1].at - lead.promised_at).total_seconds() / 60
        return {"Contacted": 1, "MinutesToContact": round(minutes, 1)}
    return {Event.REMINDED: {"Reminded": 1.0}, Event.ESCALATED: {"Overdue": 1.0}}.get(event, {})
