"""The states of a lead: one table of transitions, one of due actions, and when each is due. Pure.

The diagram in docs/architecture.md is compared with TRANSITIONS (tests/infra/test_readme.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from leads.domain import promise
from leads.domain.lead import Lead
from leads.domain.practice import Practice

SWEEP_INTERVAL = dt.timedelta(minutes=1)
"""Interval of the sweep (infra/template.yaml). Leases and the intervals of lists derive from it."""

LEASE = SWEEP_INTERVAL
"""How long a lease keeps a lead from other workers; more than twice the longest time of one e-mail (2 s)."""

MAX_NO_ANSWERS = 3
"""Unanswered calls after which an ordinary lead is escalated, and an urgent one is called less often."""

URGENT_RETRY = dt.timedelta(minutes=30)
"""Time by the clock after which an urgent lead is called again (docs/decisions/0002-urgent-calls.md). The manager gets
one e-mail about the first unanswered call and the passed promise where they lie no further apart than this."""

URGENT_REPEAT = dt.timedelta(hours=1)
"""Interval of e-mails to front desk and manager about an urgent call that is due and not made, in opening hours."""

MAX_BACKOFF = dt.timedelta(hours=1)


class Status(StrEnum):
    """The states of a lead. The values are stored (tests/golden)."""

    IN_REVIEW = "in review"
    STORED = "stored"
    NOTIFIED = "notified"
    TRY_AGAIN = "try again"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    CONTACTED = "contacted"
    NOT_A_LEAD = "not a lead"


class Event(StrEnum):
    """What can happen to a lead. The values are stored (tests/golden)."""

    RECEIVED = "received"
    HELD_FOR_REVIEW = "held for review"
    RELEASED = "released"
    NOTIFIED = "staff notified"
    REMINDED = "staff reminded"
    ESCALATED = "manager notified"
    CALL_REPORTED = "manager notified of the first unanswered call"
    SEND_FAILED = "e-mail failed"
    CONTACTED = "contacted"
    NO_ANSWER = "no answer"
    UNREACHABLE = "no answer once more"
    NOT_A_LEAD = "not a lead"
    REOPENED = "reopened"
    ASKED_AGAIN = "asked again"


class Action(StrEnum):
    """The e-mails that the software sends about a lead."""

    NOTIFY = "notify"
    REMIND = "remind"
    ESCALATE = "escalate"
    REPORT_CALL = "report call"


DUE_ACTIONS: dict[Status, Action] = {
    Status.STORED: Action.NOTIFY,
    Status.NOTIFIED: Action.REMIND,
    Status.TRY_AGAIN: Action.REMIND,
    Status.REMINDED: Action.ESCALATE,
    Status.OVERDUE: Action.ESCALATE,
}
"""The action that is due next in each open state. A state without one is closed or in review."""

OPEN = frozenset(DUE_ACTIONS)

COMPLETED_BY: dict[Action, Event] = {
    Action.NOTIFY: Event.NOTIFIED,
    Action.REMIND: Event.REMINDED,
    Action.ESCALATE: Event.ESCALATED,
    Action.REPORT_CALL: Event.CALL_REPORTED,
}

TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (Status.STORED, Event.NOTIFIED): Status.NOTIFIED,
    (Status.NOTIFIED, Event.REMINDED): Status.REMINDED,
    (Status.NOTIFIED, Event.ESCALATED): Status.OVERDUE,
    (Status.TRY_AGAIN, Event.REMINDED): Status.REMINDED,
    (Status.TRY_AGAIN, Event.ESCALATED): Status.OVERDUE,
    (Status.TRY_AGAIN, Event.CALL_REPORTED): Status.TRY_AGAIN,
    (Status.REMINDED, Event.ESCALATED): Status.OVERDUE,
    (Status.OVERDUE, Event.REMINDED): Status.OVERDUE,
    (Status.OVERDUE, Event.ESCALATED): Status.OVERDUE,
    **{(status, Event.SEND_FAILED): status for status in OPEN},
    **{(status, Event.CONTACTED): Status.CONTACTED for status in OPEN},
    **{(status, Event.NO_ANSWER): Status.TRY_AGAIN for status in OPEN},
    **{(status, Event.UNREACHABLE): Status.OVERDUE for status in OPEN},
    **{(status, Event.NOT_A_LEAD): Status.NOT_A_LEAD for status in OPEN},
    (Status.STORED, Event.HELD_FOR_REVIEW): Status.IN_REVIEW,
    (Status.IN_REVIEW, Event.RELEASED): Status.STORED,
    (Status.IN_REVIEW, Event.NOT_A_LEAD): Status.NOT_A_LEAD,
    (Status.CONTACTED, Event.REOPENED): Status.STORED,
    (Status.NOT_A_LEAD, Event.REOPENED): Status.STORED,
    (Status.CONTACTED, Event.ASKED_AGAIN): Status.STORED,
    (Status.NOT_A_LEAD, Event.ASKED_AGAIN): Status.STORED,
}
"""Every transition of a lead. What is not here raises TransitionError."""


UNANSWERED_CALL_EVENTS = frozenset({Event.NO_ANSWER, Event.UNREACHABLE})
"""Calls that did not reach the person."""

CALL_EVENTS = frozenset({Event.CONTACTED, *UNANSWERED_CALL_EVENTS})
"""Calls, answered or not."""

PROMISE_EVENTS = frozenset({Event.RECEIVED, Event.ASKED_AGAIN})
"""Requests of the visitor, each of which makes a promise. No action of staff makes or moves one."""

OPENING_EVENTS = frozenset({*PROMISE_EVENTS, Event.RELEASED, Event.REOPENED})
"""Events after which the staff must be notified of the lead, for the first time or again."""

AUTOMATIC_EVENTS = frozenset({*COMPLETED_BY.values(), Event.SEND_FAILED, Event.HELD_FOR_REVIEW})
"""Events that the software causes by itself. A person causes all others."""


class TransitionError(ValueError):
    """The event has no transition from the lead's state."""


@dataclass(frozen=True)
class Entry:
    """One event in a lead's history. `at` is UTC."""

    at: dt.datetime
    event: Event


@dataclass(frozen=True)
class Promise:
    """A promised call: when it was promised, and its deadline. Both UTC."""

    made_at: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True)
class Screening:
    """What the sweep needs to look for reasons for review. It is stored until the sweep has looked, within a minute."""

    network: str
    """Keyed hash of the visitor's network (leads.services.screening). No address is stored."""
    reason: str | None = None
    """Reason that the form itself shows."""


@dataclass(frozen=True)
class UnknownAttributes:
    """Stored attributes that this code does not know: a newer version wrote them, and every write keeps them."""

    item: Mapping[str, Any] = field(default_factory=dict)
    """The item in DynamoDB's notation, without the attributes that this code knows."""
    schema: int = 0
    """Number of the format that the item was written in."""


@dataclass(frozen=True)
class StoredLead:
    """A lead with its history. Times are UTC."""

    reference: str
    fingerprint: str
    """Keyed fingerprint of the submission (leads.tokens). The same submission makes the same lead."""
    lead: Lead
    priority: bool
    review_reason: str | None
    received_at: dt.datetime
    contact_by: dt.datetime
    """Deadline of the promise that the visitor saw last; only a new request of the visitor replaces it."""
    call_by: dt.datetime
    """When the next call is due: the promise at first. After an unanswered call the end of a half-day; for an urgent
    lead 30 minutes later, or the start of a half-day."""
    status: Status
    next_at: dt.datetime | None
    """When the sweep must look at the lead next; None in review, unless it must be screened, and once it is closed."""
    expires_at: dt.datetime | None
    """When DynamoDB deletes the lead; set on closing. None while it is open or in review."""
    history: tuple[Entry, ...]
    no_answers: int = 0
    failures: int = 0
    """Consecutive e-mails that failed."""
    version: int = 0
    """Number of writes so far; every write asks for the version that was read."""
    earlier: tuple[Promise, ...] = ()
    """Earlier promises, oldest first; each was closed before the visitor asked again."""
    screening: Screening | None = None
    """Set until the sweep has screened the lead, or a person has done something about it."""
    unknown: UnknownAttributes = field(default_factory=UnknownAttributes, compare=False, repr=False)

    @property
    def is_open(self) -> bool:
        """Return whether a call is still owed."""
        return self.status in OPEN

    @property
    def is_closed(self) -> bool:
        """Return whether the staff closed the lead."""
        return self.status in {Status.CONTACTED, Status.NOT_A_LEAD}

    @property
    def revision(self) -> int:
        """Return the number of human actions so far. A page that shows a smaller number is stale."""
        return sum(entry.event not in AUTOMATIC_EVENTS for entry in self.history)

    @property
    def promised(self) -> Entry:
        """Return the event that made the last promise."""
        return self.history[_last(self.history, PROMISE_EVENTS)]

    @property
    def opened(self) -> Entry:
        """Return the last event after which the staff must be notified."""
        return self.history[_last(self.history, OPENING_EVENTS)]

    @property
    def attempts(self) -> tuple[Entry, ...]:
        """Return the unanswered calls since the last promise was made, oldest first."""
        since = self.history[_last(self.history, PROMISE_EVENTS) :]
        return tuple(entry for entry in since if entry.event in UNANSWERED_CALL_EVENTS)

    @property
    def first_call_at(self) -> dt.datetime | None:
        """Return when the practice first called after the last promise was made; None before that call."""
        return self.first_calls[-1]

    @property
    def first_calls(self) -> tuple[dt.datetime | None, ...]:
        """Return the time of the first call for each promise, oldest first; None where no call is recorded.

        A conversation that staff took back by reopening the lead does not count.
        """
        firsts: list[dt.datetime | None] = []
        for entry, following in pairwise((*self.history, None)):
            if entry and entry.event in PROMISE_EVENTS:
                firsts.append(None)
            elif entry and entry.event in CALL_EVENTS and not _is_taken_back(entry, following):
                firsts[-1] = firsts[-1] or entry.at
        return tuple(firsts)

    @property
    def were_no_leads(self) -> tuple[bool, ...]:
        """Return for each promise, oldest first, whether the staff closed it as not a lead."""
        endings = [before for before, entry in pairwise(self.history) if entry.event is Event.ASKED_AGAIN]
        return (*(ending.event is Event.NOT_A_LEAD for ending in endings), self.status is Status.NOT_A_LEAD)

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Return every promise, oldest first."""
        return (*self.earlier, Promise(self.promised.at, self.contact_by))


def _last(history: Sequence[Entry], events: Container[Event]) -> int:
    """Return the index of the newest entry that is one of these events."""
    return max(index for index, entry in enumerate(history) if entry.event in events)


def _is_taken_back(entry: Entry, following: Entry | None) -> bool:
    return entry.event is Event.CONTACTED and following is not None and following.event is Event.REOPENED


def receive(
    lead: Lead, reference: str, fingerprint: str, now: dt.datetime, practice: Practice, screening: Screening
) -> StoredLead:
    """Return a new lead, due at once: the next sweep screens it and sends its first e-mail."""
    priority = lead.is_priority(practice)
    contact_by = promise.contact_by(now, practice, priority=priority).astimezone(dt.UTC)
    return StoredLead(
        reference=reference,
        fingerprint=fingerprint,
        lead=lead,
        priority=priority,
        review_reason=None,
        received_at=now,
        contact_by=contact_by,
        call_by=contact_by,
        status=Status.STORED,
        next_at=now,
        expires_at=None,
        history=(Entry(now, Event.RECEIVED),),
        screening=screening,
    )


def ask_again(lead: StoredLead, screening: Screening, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead after its visitor sent the same answers again; the lead itself if that changes nothing.

    A closed lead must be called again. One with a reason for review is screened anew if this form shows none; the
    sweep releases it if there is none any more.
    """
    if lead.is_closed:
        return replace(apply(lead, Event.ASKED_AGAIN, now, practice), screening=screening)
    has_reason = lead.screening.reason if lead.screening else lead.status is Status.IN_REVIEW
    return replace(lead, screening=screening, next_at=now) if has_reason and not screening.reason else lead


def screen(lead: StoredLead, reason: str | None, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead once the sweep has looked for a reason for review, and found this one or none.

    With a reason it waits for review: it gets a line in the hourly review list (`leads.services.review`), no e-mail of
    its own, and its promise runs from receipt like any other. An urgent lead never waits for review, nor one whose
    visitor asks again after a conversation.
    """
    screened = replace(lead, screening=None)
    if lead.status is Status.IN_REVIEW:
        return replace(screened, next_at=None) if reason else apply(screened, Event.RELEASED, now, practice)
    if reason is None or Event.CONTACTED in {entry.event for entry in lead.history[-2:]}:
        return screened
    screened = replace(screened, review_reason=reason)
    return screened if lead.priority else apply(screened, Event.HELD_FOR_REVIEW, now, practice)


def is_due(lead: StoredLead, now: dt.datetime) -> bool:
    """Return whether the sweep must look at the lead now."""
    return lead.next_at is not None and lead.next_at <= now


def next_action(lead: StoredLead, now: dt.datetime) -> Action | None:
    """Return the action that is due now, or None."""
    if not lead.is_open or not is_due(lead, now):
        return None
    return (_urgent_action if _was_called_urgently(lead) else _ordinary_action)(lead, now)


def _ordinary_action(lead: StoredLead, now: dt.datetime) -> Action:
    action = DUE_ACTIONS[lead.status]
    # After an outage a reminder would come too late to keep the promise, so it goes to the manager instead.
    return Action.ESCALATE if action is Action.REMIND and now >= lead.call_by else action


def _was_called_urgently(lead: StoredLead) -> bool:
    """Return whether an urgent lead was called since it was opened last; from then on `_UrgentPlan` applies."""
    return lead.priority and lead.status is not Status.STORED and bool(_UrgentPlan.of(lead).tried_at)


def _urgent_action(lead: StoredLead, now: dt.datetime) -> Action:
    plan = _UrgentPlan.of(lead)
    if plan.owes_report:
        return Action.REPORT_CALL
    if plan.owes_escalation and now >= lead.contact_by:
        return Action.ESCALATE
    return Action.REMIND if plan.owes_reminder else Action.ESCALATE


@dataclass(frozen=True)
class _UrgentPlan:
    """The e-mails still owed about an urgent lead that was called and not reached, derived from its history."""

    tried_at: tuple[dt.datetime, ...]
    """Unanswered calls since the lead was opened last, oldest first; UTC."""
    owes_report: bool
    """To the manager: the first unanswered call, where the deadline is more than half an hour away."""
    owes_escalation: bool
    """To the manager: the deadline has passed and the person was not reached."""
    owes_reminder: bool
    """To the front desk: the next call is due."""

    @classmethod
    def of(cls, lead: StoredLead) -> _UrgentPlan:
        """Return the plan for this lead."""
        since = lead.history[_last(lead.history, OPENING_EVENTS) :]
        tried_at = tuple(entry.at for entry in since if entry.event in UNANSWERED_CALL_EVENTS)
        sent = {entry.event for entry in since}
        apart = bool(tried_at) and abs(lead.contact_by - tried_at[0]) > URGENT_RETRY
        return cls(
            tried_at=tried_at,
            owes_report=apart and Event.CALL_REPORTED not in sent,
            owes_escalation=Event.ESCALATED not in sent,
            owes_reminder=not any(
                entry.event in {Event.REMINDED, Event.ESCALATED} and entry.at >= lead.call_by for entry in since
            ),
        )

    def next_at(self, lead: StoredLead, now: dt.datetime) -> dt.datetime | None:
        """Return when the next e-mail is due (UTC); None once all are sent."""
        moments = [
            *([now] if self.owes_report else []),
            *([lead.contact_by] if self.owes_escalation else []),
            *([lead.call_by] if self.owes_reminder else []),
        ]
        return max(now, min(moments)) if moments else None


def lease(lead: StoredLead, now: dt.datetime) -> StoredLead:
    """Return the lead, leased until `now + LEASE`. If the worker dies, the next sweep after that takes it."""
    return replace(lead, next_at=now + LEASE)


def apply(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead after this event at `now` (UTC).

    Raises TransitionError where TRANSITIONS has no such entry, for example for a second *contacted*.
    """
    if event is Event.NO_ANSWER and not lead.priority and lead.no_answers + 1 >= MAX_NO_ANSWERS:
        event = Event.UNREACHABLE
    status = TRANSITIONS.get((lead.status, event))
    if status is None:
        raise TransitionError(f"{event} cannot happen to a lead that is {lead.status}")
    after = replace(lead, status=status, history=(*lead.history, Entry(now, event)), screening=None)
    after = replace(after, failures=lead.failures + 1 if event is Event.SEND_FAILED else 0)
    if after.is_closed:
        return replace(after, next_at=None, expires_at=now + dt.timedelta(days=practice.privacy.keep_days))
    if event is Event.HELD_FOR_REVIEW:
        return replace(after, next_at=None)
    if event is Event.NO_ANSWER:
        return _after_unanswered_call(after, now, practice)
    if event is Event.UNREACHABLE:
        return replace(after, no_answers=lead.no_answers + 1, next_at=now)
    if event in OPENING_EVENTS:
        return _after_opening(after, event, now, practice)
    return replace(after, next_at=_next_at(after, event, now, practice))


def _next_at(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> dt.datetime:
    if event is Event.SEND_FAILED:
        return now + _backoff(lead.failures)
    if _was_called_urgently(lead):
        return _UrgentPlan.of(lead).next_at(lead, now) or _repeat_at(now, practice)
    if lead.status is Status.NOTIFIED:
        return _reminder_at(lead, now, practice)
    if lead.status is Status.REMINDED:
        return max(now, lead.call_by)
    return _repeat_at(now, practice) if lead.priority else promise.next_opening(now, practice)


def _repeat_at(now: dt.datetime, practice: Practice) -> dt.datetime:
    """Return when the e-mail about a due urgent call is repeated (UTC)."""
    again = now + URGENT_REPEAT
    return again if promise.is_open(again, practice) else promise.next_opening(now, practice)


def _backoff(failures: int) -> dt.timedelta:
    """Return zero after the first failure: the next sweep retries. Then 2, 4, 8 ... minutes, at most an hour."""
    if failures <= 1:
        return dt.timedelta()
    return min(dt.timedelta(minutes=2 ** min(failures - 1, 6)), MAX_BACKOFF)


def _reminder_at(lead: StoredLead, now: dt.datetime, practice: Practice) -> dt.datetime:
    """Return `reminder_hours` before the deadline, or halfway to it where that has passed already (UTC)."""
    planned = promise.before(lead.call_by, practice.promise.reminder_hours, practice)
    if planned > now:
        return planned
    return now + max((lead.call_by - now) / 2, dt.timedelta())


def _after_unanswered_call(lead: StoredLead, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead with its next call.

    An ordinary lead is called in the next half-day; an urgent one in half an hour by the clock, three times, then at
    the start of the next half-day (docs/decisions/0002-urgent-calls.md).
    """
    half = promise.next_half_day(now, practice)
    tried = replace(lead, no_answers=lead.no_answers + 1)
    if not lead.priority:
        return replace(tried, call_by=half.closes, next_at=half.opens)
    tried = replace(tried, call_by=now + URGENT_RETRY if tried.no_answers <= MAX_NO_ANSWERS else half.opens)
    return replace(tried, next_at=_UrgentPlan.of(tried).next_at(tried, now))


def _after_opening(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead, due at once. Only the visitor's own new request makes a new promise."""
    opened = replace(lead, no_answers=0, next_at=now, expires_at=None)
    if event is Event.ASKED_AGAIN:
        kept = Promise(made_at=_previous_promise_at(lead), due_at=lead.contact_by)
        contact_by = promise.contact_by(now, practice, priority=lead.priority).astimezone(dt.UTC)
        return replace(opened, earlier=(*lead.earlier, kept), contact_by=contact_by, call_by=contact_by)
    if now < lead.contact_by:
        return replace(opened, call_by=lead.contact_by)
    late = now + URGENT_RETRY if lead.priority else promise.next_half_day(now, practice).closes
    return replace(opened, call_by=late)


def _previous_promise_at(lead: StoredLead) -> dt.datetime:
    """Return when the promise before the last was made (UTC)."""
    return [entry.at for entry in lead.history if entry.event in PROMISE_EVENTS][-2]
