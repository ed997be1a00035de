"""What happens next to a lead, and when: one table of steps and one of duties. Pure.

The README draws its diagram from the same table.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from leads import promise
from leads.lead import Lead
from leads.practice import Practice

LEASE = dt.timedelta(seconds=60)
"""How long whoever works on a lead keeps it from the others; twice the longest that one e-mail may take."""

MOST_NO_ANSWERS = 3
"""Unanswered calls after which the manager is told."""

LONGEST_BACKOFF = dt.timedelta(hours=1)

QUARANTINE = dt.timedelta(days=30)
"""How long a suspicious lead waits for somebody to release it."""


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
    SEND_FAILED = "e-mail failed"
    CONTACTED = "contacted"
    NO_ANSWER = "no answer"
    UNREACHABLE = "no answer once more"
    NOT_A_LEAD = "not a lead"
    REOPENED = "reopened"


class Action(StrEnum):
    """What the software does about a lead."""

    NOTIFY = "notify"
    REMIND = "remind"
    ESCALATE = "escalate"


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
}

TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (Status.STORED, Event.NOTIFIED): Status.NOTIFIED,
    (Status.NOTIFIED, Event.REMINDED): Status.REMINDED,
    (Status.NOTIFIED, Event.ESCALATED): Status.OVERDUE,
    (Status.TRY_AGAIN, Event.REMINDED): Status.REMINDED,
    (Status.TRY_AGAIN, Event.ESCALATED): Status.OVERDUE,
    (Status.REMINDED, Event.ESCALATED): Status.OVERDUE,
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
}
"""Every step that a lead can take. What is not here cannot happen."""


CALLS = frozenset({Event.CONTACTED, Event.NO_ANSWER, Event.UNREACHABLE})
"""Somebody of the practice has called."""

PROMISES = frozenset({Event.RECEIVED, Event.RELEASED, Event.REOPENED})
"""The promise's clock starts."""

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
    """The promise; it does not move."""
    call_by: dt.datetime
    """By when the next call is due: the promise at first, a later half-day after an unanswered call."""
    status: Status
    next_at: dt.datetime | None
    """When the sweep must look at it; None once nothing is left to do."""
    expires_at: dt.datetime
    history: tuple[Entry, ...]
    no_answers: int = 0
    failures: int = 0
    """E-mails that failed since the last that did not."""
    version: int = 0

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
        """When and why the promise's clock started (last, if the promise was made anew)."""
        return next(entry for entry in reversed(self.history) if entry.event in PROMISES)

    @property
    def first_call_at(self) -> dt.datetime | None:
        """When the practice first called after the promise was made (last made, if it was made anew)."""
        calls: list[dt.datetime] = []
        for entry in self.history:
            if entry.event in PROMISES:
                calls = []
            elif entry.event in CALLS:
                calls.append(entry.at)
        return calls[0] if calls else None


def receive(
    lead: Lead, reference: str, digest: str, now: dt.datetime, practice: Practice, suspicion: str | None = None
) -> StoredLead:
    """A new lead. Whoever stores it holds it for one lease, to send the first e-mail at once.

    A suspicious one is quarantined: no e-mail of its own, but a line in the daily digest. A priority lead
    never is: if it is a person, a day is too long.
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
        expires_at=now + (QUARANTINE if quarantined else dt.timedelta(days=practice.privacy.keep_days)),
        history=(Entry(now, Event.RECEIVED), *([Entry(now, Event.QUARANTINED)] if quarantined else [])),
    )


def next_action(lead: StoredLead, now: dt.datetime) -> tuple[Action | None, dt.datetime | None]:
    """What to do about the lead now (None: nothing yet, or nothing ever), and when to look at it next."""
    if lead.next_at is None or now < lead.next_at:
        return None, lead.next_at
    duty = DUTIES[lead.status]
    # A sweep that comes late, after an outage, has nobody to remind: the deadline has passed.
    return Action.ESCALATE if duty is Action.REMIND and now >= lead.call_by else duty, now + LEASE


def hold(lead: StoredLead, now: dt.datetime) -> StoredLead:
    """The lead, kept from other workers for one lease. If the holder dies, the next sweep takes it."""
    return replace(lead, next_at=now + LEASE)


def apply(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> StoredLead:
    """The lead after this event.

    Raises TransitionError where the table has no such step, for example a second *contacted*.
    """
    if event is Event.NO_ANSWER and lead.no_answers + 1 >= MOST_NO_ANSWERS:
        event = Event.UNREACHABLE
    status = TRANSITIONS.get((lead.status, event))
    if status is None:
        raise TransitionError(f"{event} cannot happen to a lead that is {lead.status}")
    after = replace(lead, status=status, history=(*lead.history, Entry(now, event)))
    after = replace(after, failures=lead.failures + 1 if event is Event.SEND_FAILED else 0)
    if event is Event.NO_ANSWER:
        return _tried(after, now, practice)
    if event is Event.UNREACHABLE:
        return replace(after, no_answers=lead.no_answers + 1, next_at=now)
    if event in PROMISES:
        return _promised_anew(after, now, practice)
    return replace(after, next_at=_next_at(after, event, now, practice))


def _next_at(lead: StoredLead, event: Event, now: dt.datetime, practice: Practice) -> dt.datetime | None:
    if not lead.is_open:
        return None
    if event is Event.SEND_FAILED:
        return now + _backoff(lead.failures)
    if lead.status is Status.NOTIFIED:
        return _reminder_at(lead, now, practice)
    if lead.status is Status.REMINDED:
        return max(now, lead.call_by)
    return promise.next_opening(now, practice)


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
    half = promise.next_half_day(now, practice)
    return replace(lead, no_answers=lead.no_answers + 1, call_by=half.closes, next_at=half.opens)


def _promised_anew(lead: StoredLead, now: dt.datetime, practice: Practice) -> StoredLead:
    """Asked again, closed by mistake, or released: the promise's clock starts now, and the staff hear of it."""
    contact_by = promise.contact_by(now, practice, priority=lead.priority).astimezone(dt.UTC)
    expires_at = now + dt.timedelta(days=practice.privacy.keep_days)
    return replace(lead, contact_by=contact_by, call_by=contact_by, no_answers=0, next_at=now, expires_at=expires_at)
