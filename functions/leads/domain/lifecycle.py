"""What happens next to a lead, and when: one table of steps and one of duties. Pure.

The README draws its diagram from the same table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from leads.domain import promise
from leads.domain.lead import Lead
from leads.domain.practice import Practice

LEASE = dt.timedelta(seconds=60)
"""How long whoever works on a lead keeps it from the others; twice the longest that one e-mail may take."""

MOST_NO_ANSWERS = 3
"""Unanswered calls after which the manager hears of an ordinary lead, and an urgent one is tried less often."""

URGENT_RETRY = dt.timedelta(minutes=30)
"""Time by the clock after which an urgent lead is called again (promise.md, Urgent leads, rule 1). The manager hears of
the first unanswered call and of the promise in one e-mail where they lie no further apart than this."""

URGENT_REPEAT = dt.timedelta(hours=1)
"""How often front desk and manager hear of an urgent call that is due and not made, while the practice is open."""

LONGEST_BACKOFF = dt.timedelta(hours=1)


class Status(StrEnum):
    """Where a lead stands."""

    QUARANTINED = "quarantined"
    STORED = "stored"
    NOTIFIED = "notified"
    TRY_AGAIN = "try again"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    CONTACTED = "contacted"
    NOT_A_LEAD = "not a lead"


class Event(StrEnum):
    """What can happen to a lead."""

    RECEIVED = "received"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    NOTIFIED = "staff notified"
    REMINDED = "staff reminded"
    ESCALATED = "manager told"
    CALL_REPORTED = "manager told of the first unanswered call"
    SEND_FAILED = "e-mail failed"
    CONTACTED = "contacted"
    NO_ANSWER = "no answer"
    UNREACHABLE = "no answer once more"
    NOT_A_LEAD = "not a lead"
    REOPENED = "reopened"
    ASKED_AGAIN = "asked again"


class Action(StrEnum):
    """What the software does about a lead."""

    NOTIFY = "notify"
    REMIND = "remind"
    ESCALATE = "escalate"
    REPORT_CALL = "report call"


DUTIES: dict[Status, Action] = {
    Status.STORED: Action.NOTIFY,
    Status.NOTIFIED: Action.REMIND,
    Status.TRY_AGAIN: Action.REMIND,
    Status.REMINDED: Action.ESCALATE,
    Status.OVERDUE: Action.ESCALATE,
}
"""What the software must do about a lead in each open state. A state without a duty is closed."""

OPEN = frozenset(DUTIES)

DONE: dict[Action, Event] = {
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
    (Status.QUARANTINED, Event.RELEASED): Status.STORED,
    (Status.QUARANTINED, Event.NOT_A_LEAD): Status.NOT_A_LEAD,
    (Status.CONTACTED, Event.REOPENED): Status.STORED,
    (Status.NOT_A_LEAD, Event.REOPENED): Status.STORED,
    (Status.CONTACTED, Event.ASKED_AGAIN): Status.STORED,
    (Status.NOT_A_LEAD, Event.ASKED_AGAIN): Status.STORED,
}
"""Every step that a lead can take. What is not here cannot happen."""


ATTEMPTS = frozenset({Event.NO_ANSWER, Event.UNREACHABLE})
"""Recorded calls that did not reach the person."""

CALLS = frozenset({Event.CONTACTED, *ATTEMPTS})
"""Recorded calls, answered or not."""

PROMISES = frozenset({Event.RECEIVED, Event.ASKED_AGAIN})
"""The visitor asks for a call, and a promise is made. Nothing that staff do makes one or moves one."""

OPENINGS = frozenset({*PROMISES, Event.RELEASED, Event.REOPENED})
"""The staff must hear of the lead, for the first time or anew."""

UNASKED = frozenset({*DONE.values(), Event.SEND_FAILED})
"""What the software does by itself; everything else somebody did."""


class TransitionError(ValueError):
    """This cannot happen to a lead in this state."""


@dataclass(frozen=True)
class Entry:
    """One line of a lead's history; UTC."""

    at: dt.datetime
    event: Event


@dataclass(frozen=True)
class Promise:
    """A promised call: when it was promised and by when; UTC."""

    made_at: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True)
class StoredLead:
    """A lead with all that happened to it. Times are UTC."""

    reference: str
    digest: str
    """Keyed fingerprint of the submission: the same submission, the same lead."""
    lead: Lead
    priority: bool
    suspicion: str | None
    received_at: dt.datetime
    contact_by: dt.datetime
    """The promise that the visitor saw last; only a new request of the visitor replaces it."""
    call_by: dt.datetime
    """When the next call is due: the promise at first. After an unanswered call the end of a half-day; for an urgent
    lead 30 minutes later, or the start of a half-day."""
    status: Status
    next_at: dt.datetime | None
    """When the sweep must look at it; None once nothing is left to do."""
    expires_at: dt.datetime | None
    """When it is deleted: written on closing. None while it is open or waits for review: then it never is."""
    history: tuple[Entry, ...]
    no_answers: int = 0
    failures: int = 0
    """E-mails that failed since the last that did not."""
    version: int = 0
    earlier: tuple[Promise, ...] = ()
    """Promises before the last, oldest first: each was closed before the visitor asked again."""

    @property
    def is_open(self) -> bool:
        """Whether a call is still owed."""
        return self.status in OPEN

    @property
    def is_closed(self) -> bool:
        """Whether the staff have said that nothing is left to do."""
        return self.status in {Status.CONTACTED, Status.NOT_A_LEAD}

    @property
    def acts(self) -> int:
        """How often somebody has done something about it: who saw it with fewer, saw it as it no longer is."""
        return sum(entry.event not in UNASKED for entry in self.history)

    @property
    def promised(self) -> Entry:
        """Return when and why the last promise was made."""
        return self.history[_last(self.history, PROMISES)]

    @property
    def opened(self) -> Entry:
        """Return when and why the staff had to hear of the lead, for the first time or anew."""
        return self.history[_last(self.history, OPENINGS)]

    @property
    def attempts(self) -> tuple[Entry, ...]:
        """Return the unanswered calls since the last promise was made, oldest first."""
        since = self.history[_last(self.history, PROMISES) :]
        return tuple(entry for entry in since if entry.event in ATTEMPTS)

    @property
    def first_call_at(self) -> dt.datetime | None:
        """Return when the practice first called after the last promise was made; None before that call."""
        return self.first_calls[-1]

    @property
    def first_calls(self) -> tuple[dt.datetime | None, ...]:
        """Return the first call of each promise, oldest promise first; None where no call is recorded.

        A conversation that staff took back by opening the lead again was none.
        """
        firsts: list[dt.datetime | None] = []
        for entry, following in pairwise((*self.history, None)):
            if entry and entry.event in PROMISES:
                firsts.append(None)
            elif entry and entry.event in CALLS and not _is_taken_back(entry, following):
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
    """Return the place of the newest entry that is one of these events."""
    return max(place for place, entry in enumerate(history) if entry.event in events)


def _is_taken_back(entry: Entry, following: Entry | None) -> bool:
    return entry.event is Event.CONTACTED and following is not None and following.event is Event.REOPENED


def receive(
    lead: Lead, reference: str, digest: str, now: dt.datetime, practice: Practice, suspicion: str | None = None
) -> StoredLead:
    """Return a new lead, leased to the caller, who sends the first e-mail at once.

    A suspicious one is quarantined: it gets no e-mail of its own but a line in the hourly list of requests to review
    (`review.py`), and its promise runs all the same. An urgent lead is never quarantined.
    """
    priority = lead.is_priority(practice)
    quarantined = suspicion is not None and not priority
    contact_by = promise.contact_by(now, practice, priority=priority).astimezone(dt.UTC)
    return StoredLead(
        reference=reference,
        digest=digest,
        lead=lead,
        priority=priority,
        suspicion=suspicion,
        received_at=now,
        contact_by=contact_by,
        call_by=contact_by,
        status=Status.QUARANTINED if quarantined else Status.STORED,
        next_at=None if quarantined else now + LEASE,
        expires_at=None,
        history=(Entry(now, Event.RECEIVED), *([Entry(now, Event.QUARANTINED)] if quarantined else [])),
    )


def next_action(lead: StoredLead, now: dt.datetime) -> tuple[Action | None, dt.datetime | None]:
    """Return what to do about the lead now (None: nothing yet, or nothing ever), and when to look at it next."""
    if lead.next_at is None or now < lead.next_at:
        return None, lead.next_at
    return (_urgent_duty if _is_urgently_tried(lead) else _ordinary_duty)(lead, now), now + LEASE


def _ordinary_duty(lead: StoredLead, now: dt.datetime) -> Action:
    duty = DUTIES[lead.status]
    # After an outage a reminder would come too late to keep the promise: the manager hears instead.
    return Action.ESCALATE if duty is Action.REMIND and now >= lead.call_by else duty


def _is_urgently_tried(lead: StoredLead) -> bool:
    """Return whether an urgent lead was called since it was opened last: from then on `_Urgent` says what is due."""
    return lead.priority and lead.status is not Status.STORED and bool(_Urgent.of(lead).tried_at)


def _urgent_duty(lead: StoredLead, now: dt.datetime) -> Action:
    urgent = _Urgent.of(lead)
    if urgent.owes_report:
        return Action.REPORT_CALL
    if urgent.owes_escalation and now >= lead.contact_by:
        return Action.ESCALATE
    return Action.REMIND if urgent.owes_reminder else Action.ESCALATE


@dataclass(frozen=True)
class _Urgent:
    """What the e-mails about an urgent lead that was called and not reached still have to say, from its history."""

    tried_at: tuple[dt.datetime, ...]
    """Unanswered calls since the lead was opened last, oldest first; UTC."""
    owes_report: bool
    """The manager has not heard of the first unanswered call, and the promise is more than half an hour away."""
    owes_escalation: bool
    """The manager has not heard at the promise that the person was not reached."""
    owes_reminder: bool
    """The front desk has not heard that the next call is due."""

    @classmethod
    def of(cls, lead: StoredLead) -> _Urgent:
        """Return what is still to be said about this lead."""
        since = lead.history[_last(lead.history, OPENINGS) :]
        tried_at = tuple(entry.at for entry in since if entry.event in ATTEMPTS)
        told = {entry.event for entry in since}
        apart = bool(tried_at) and abs(lead.contact_by - tried_at[0]) > URGENT_RETRY
        return cls(
            tried_at=tried_at,
            owes_report=apart and Event.CALL_REPORTED not in told,
            owes_escalation=Event.ESCALATED not in told,
            owes_reminder=not any(
                entry.event in {Event.REMINDED, Event.ESCALATED} and entry.at >= lead.call_by for entry in since
            ),
        )

    def next_at(self, lead: StoredLead, now: dt.datetime) -> dt.datetime | None:
        """Return when the next of them is due; None once all are said."""
        moments = [
            *([now] if self.owes_report else []),
            *([lead.contact_by] if self.owes_escalation else []),
            *([lead.call_by] if self.owes_reminder else []),
        ]
        return max(now, min(moments)) if moments else None


def hold(lead: StoredLead, now: dt.datetime) -> StoredLead:
    """Return the lead, kept from other workers for one lease. If the holder dies, the next sweep takes it."""
    return replace(lead, next_at=now + LEASE)


def apply(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead after this event at `now` (UTC).

    Raises TransitionError where the table has no such step, for example a second *contacted*.
    """
    if event is Event.NO_ANSWER and not lead.priority and lead.no_answers + 1 >= MOST_NO_ANSWERS:
        event = Event.UNREACHABLE
    status = TRANSITIONS.get((lead.status, event))
    if status is None:
        raise TransitionError(f"{event} cannot happen to a lead that is {lead.status}")
    after = replace(lead, status=status, history=(*lead.history, Entry(now, event)))
    after = replace(after, failures=lead.failures + 1 if event is Event.SEND_FAILED else 0)
    if after.is_closed:
        return replace(after, next_at=None, expires_at=now + dt.timedelta(days=practice.privacy.keep_days))
    if event is Event.NO_ANSWER:
        return _tried(after, now, practice)
    if event is Event.UNREACHABLE:
        return replace(after, no_answers=lead.no_answers + 1, next_at=now)
    if event in OPENINGS:
        return _opened(after, event, now, practice)
    return replace(after, next_at=_next_at(after, event, now, practice))


def _next_at(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> dt.datetime:
    if event is Event.SEND_FAILED:
        return now + _backoff(lead.failures)
    if _is_urgently_tried(lead):
        return _Urgent.of(lead).next_at(lead, now) or _repeat_at(now, practice)
    if lead.status is Status.NOTIFIED:
        return _reminder_at(lead, now, practice)
    if lead.status is Status.REMINDED:
        return max(now, lead.call_by)
    return _repeat_at(now, practice) if lead.priority else promise.next_opening(now, practice)


def _repeat_at(now: dt.datetime, practice: Practice) -> dt.datetime:
    """Return when front desk and manager hear again of an urgent call that is due and not made."""
    again = now + URGENT_REPEAT
    return again if promise.is_open(again, practice) else promise.next_opening(now, practice)


def _backoff(failures: int) -> dt.timedelta:
    """None after the first failure: the next sweep tries at once. Then 2, 4, 8 ... minutes, an hour at most."""
    if failures <= 1:
        return dt.timedelta()
    return min(dt.timedelta(minutes=2 ** min(failures - 1, 6)), LONGEST_BACKOFF)


def _reminder_at(lead: StoredLead, now: dt.datetime, practice: Practice) -> dt.datetime:
    """Some opening hours before the deadline; halfway to it where that moment has passed already."""
    planned = promise.before(lead.call_by, practice.promise.reminder_hours, practice)
    if planned > now:
        return planned
    return now + max((lead.call_by - now) / 2, dt.timedelta())


def _tried(lead: StoredLead, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead with its next call: an ordinary one in the next half-day; an urgent one in half an hour by the
    clock, three times, then at the start of the next half-day.
    """
    half = promise.next_half_day(now, practice)
    tried = replace(lead, no_answers=lead.no_answers + 1)
    if not lead.priority:
        return replace(tried, call_by=half.closes, next_at=half.opens)
    tried = replace(tried, call_by=now + URGENT_RETRY if tried.no_answers <= MOST_NO_ANSWERS else half.opens)
    return replace(tried, next_at=_Urgent.of(tried).next_at(tried, now))


def _opened(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> StoredLead:
    """Return the lead that the staff must hear of at once. Only the visitor's own new request makes a new promise."""
    opened = replace(lead, no_answers=0, next_at=now, expires_at=None)
    if event is Event.ASKED_AGAIN:
        kept = Promise(made_at=_made_before(lead), due_at=lead.contact_by)
        contact_by = promise.contact_by(now, practice, priority=lead.priority).astimezone(dt.UTC)
        return replace(opened, earlier=(*lead.earlier, kept), contact_by=contact_by, call_by=contact_by)
    if now < lead.contact_by:
        return replace(opened, call_by=lead.contact_by)
    late = now + URGENT_RETRY if lead.priority else promise.next_half_day(now, practice).closes
    return replace(opened, call_by=late)


def _made_before(lead: StoredLead) -> dt.datetime:
    """Return when the promise before the last was made."""
    return [entry.at for entry in lead.history if entry.event in PROMISES][-2]
