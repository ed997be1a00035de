"""The verdict on a run: what was recorded compared with what was promised, and the figures."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property

from leads.aws.dynamodb import Item, from_item
from leads.domain.lifecycle import COMPLETED_BY, LEASE, OPENING_EVENTS, Action, Event, Status, StoredLead

from tests.faults.people import PERSONAL, SUCCESS
from tests.faults.recorder import Email, Ending, Invocation, Write
from tests.faults.simulation import CAPTURE, STAFF, SWEEP, TABLE
from tests.faults.storm import Storm

WRITE_ATTEMPTS = 4
"""Attempts of a write after which botocore gives up."""


CLOCK_SKEW = dt.timedelta(seconds=2)
"""The difference between the clocks of two processes, and the time that a write takes to arrive."""


class Cause(StrEnum):
    """Why a sent e-mail was not recorded, so that another one about the lead may follow."""

    ANSWER_LOST = "SES took it, and its response was lost"
    TOO_SLOW = "this machine was too slow to answer for SES"
    KILLED = "killed between sending and recording"
    NOT_WRITTEN = "DynamoDB failed between sending and recording"
    LEASE_OVER = "the lease ran out: the clock jumped, or DynamoDB was slow"
    STAFF = "the staff acted first: nothing is sent again"
    NONE = "no cause"


class Verdict:
    """Checks of the record, the table and the log of one run."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.recorder = storm.simulation.recorder
        self.leads = storm.simulation.leads()
        self.seconds = time.monotonic() - self.recorder.started
        self._writes: dict[str, list[Write]] = defaultdict(list)
        for write in self.recorder.writes:
            self._writes[write.reference].append(write)
        self._sent: dict[tuple[str, Action | None], list[Email]] = defaultdict(list)
        self._last = {email.by: email for email in self.recorder.emails}
        for email in self.recorder.emails:
            for reference in email.links:
                self._sent[reference, email.action].append(email)

    def broken(self) -> list[str]:
        """Return a sentence for each promise that was not kept."""
        checks = (
            self._visitors,
            self._statuses,
            self._notified,
            self._nothing_recorded_unsent,
            self._duplicates,
            self._staff,
            self._overdue,
            self._indexes,
            self._log,
        )
        return [complaint for check in checks for complaint in check()]

    # --- Visitors ---

    def _visitors(self) -> Iterator[str]:
        kept = Counter(lead.lead.phone.e164 for lead in self.leads)
        for visitor in self.storm.visitors:
            if visitor.saw_success and kept[visitor.phone] != 1:
                yield f"visitor {visitor.number} saw success and is kept {kept[visitor.phone]} times"
            if kept[visitor.phone] > 1:
                yield f"visitor {visitor.number} is kept {kept[visitor.phone]} times"

    def _statuses(self) -> Iterator[str]:
        statuses = Counter(status for visitor in self.storm.visitors for status in visitor.statuses)
        for status in set(statuses) - SUCCESS - {None, 500, 503}:
            yield f"visitors got {status} {statuses[status]} times"
        for invocation in self.recorder.invocations:
            if invocation.handler != SWEEP and invocation.ending is Ending.RAISED:
                yield f"{invocation.name} raised {invocation.answer}"

    # --- E-mails ---

    def _notified(self) -> Iterator[str]:
        """Check that after each start of a promise an e-mail was sent, or the staff acted."""
        for lead in self.leads:
            if lead.status is Status.IN_REVIEW and not self._sent[lead.reference, None]:
                yield f"{lead.reference} is quarantined and was in no digest"
            for write in self._writes[lead.reference]:
                if write.last_event in OPENING_EVENTS and not write.is_hold and not self._staff_heard_after(write):
                    yield f"{lead.reference} was {write.last_event} and no e-mail was sent"

    def _staff_heard_after(self, write: Write) -> bool:
        sent = any(email.at > write.at for email in self._sent[write.reference, Action.NOTIFY])
        return sent or any(later.by.handler == STAFF for later in self._writes[write.reference] if later.at > write.at)

    def _nothing_recorded_unsent(self) -> Iterator[str]:
        for lead in self.leads:
            recorded = Counter(entry.event for entry in lead.history)
            for action, event in COMPLETED_BY.items():
                if recorded[event] > len(self._sent[lead.reference, action]):
                    yield f"{lead.reference} says {event} more often than an e-mail was taken"

    def _duplicates(self) -> Iterator[str]:
        for reference, email, cause in self.unrecorded:
            if cause is Cause.NONE:
                yield f"{email.by.name} sent {email.action} for {reference} and did not record it, for no cause"

    @cached_property
    def unrecorded(self) -> list[tuple[str, Email, Cause]]:
        """Every e-mail about a lead that its sender did not record, and why."""
        return [
            (reference, email, self._cause(email, reference))
            for (reference, action), emails in self._sent.items()
            for email in emails
            if action and not self._was_recorded(email, reference, COMPLETED_BY[action])
        ]

    def _was_recorded(self, email: Email, reference: str, event: Event) -> bool:
        return any(
            write.by is email.by and write.at > email.at and write.last_event is event
            for write in self._writes[reference]
        )

    def _cause(self, email: Email, reference: str) -> Cause:
        sender = email.by
        if email.answer_lost:
            return Cause.ANSWER_LOST
        if self._was_recorded(email, reference, Event.SEND_FAILED):
            return Cause.TOO_SLOW
        if sender.ending in {Ending.KILLED, Ending.TIMED_OUT} and email is self._last[sender]:
            return Cause.KILLED
        if sender.failures[reference] >= WRITE_ATTEMPTS:
            return Cause.NOT_WRITTEN
        others = [write for write in self._writes[reference] if write.by is not sender and _overlap(write.by, sender)]
        if any(other.by.handler == STAFF for other in others):
            return Cause.STAFF
        takes = [write for write in self._writes[reference] if write.by is sender and write.at < email.at]
        overtaken = any(_lease_was_over(*sorted([take, other], key=_at)) for take in takes[-1:] for other in others)
        return Cause.LEASE_OVER if overtaken else Cause.NONE

    def duplicates(self) -> Counter[Cause]:
        """Return the causes of e-mails that repeat an earlier one, which was not recorded."""
        return Counter(
            cause
            for reference, email, cause in self.unrecorded
            if any(later.at > email.at for later in self._sent[reference, email.action])
        )

    # --- Staff ---

    def _staff(self) -> Iterator[str]:
        histories = {lead.reference: Counter(entry.event for entry in lead.history) for lead in self.leads}
        for pressed, times in Counter(self.storm.pressed).items():
            history = histories[pressed.reference]
            written = history[pressed.event] + (history[Event.UNREACHABLE] if pressed.event is Event.NO_ANSWER else 0)
            if written < times:
                yield f"{pressed.reference}: {pressed.event} was accepted {times} times and is kept {written} times"

    def _overdue(self) -> Iterator[str]:
        """Check that every lead is closed at the end, and that late ones were escalated."""
        for lead in self.leads:
            if lead.is_open:
                yield f"{lead.reference} is still open"
            if lead.reference in self.storm.called_late and not self._sent[lead.reference, Action.ESCALATE]:
                yield f"{lead.reference} was called late and not escalated"

    # --- Table and log ---

    def _indexes(self) -> Iterator[str]:
        due, listed = ({item["reference"] for item in self._scan(name)} for name in ("due", "worklist"))
        if due:
            yield f"{len(due)} leads are still in the index of what is due"
        kept = {lead.reference for lead in self.leads}
        if listed != kept:
            yield f"the list and the table differ in {len(listed ^ kept)} leads"

    def _scan(self, index: str) -> Iterator[Item]:
        pages = self.storm.simulation.dynamodb.get_paginator("scan").paginate(TableName=TABLE, IndexName=index)
        return (from_item(item) for page in pages for item in page["Items"])

    def _log(self) -> Iterator[str]:
        log = self.storm.simulation.log.read_text(encoding="utf-8", errors="replace")
        found = sorted({match[0] for match in PERSONAL.finditer(log)})
        if not log:
            yield "nothing was logged at all"
        if found:
            yield f"the log holds personal data: {found[:5]}"

    # --- Figures ---

    def figures(self) -> Sequence[tuple[str, object]]:
        """Return the rows of the table that `make faults` prints: name and figure."""
        return [
            *self._visitor_figures(),
            *self._function_figures(),
            *self._email_figures(),
            ("buttons that the staff pressed", sum(i.handler == STAFF for i in self.recorder.invocations)),
            ("jumps of the clock", len(self.recorder.jumps)),
            ("sweeps", sum(invocation.handler == SWEEP for invocation in self.recorder.invocations)),
            ("  from the storm's end until nothing was due", self.storm.sweeps_until_idle),
            ("seconds", round(self.seconds)),
            *((f"  {phase}", round(seconds)) for phase, seconds in self.storm.seconds.items()),
        ]

    def _visitor_figures(self) -> Sequence[tuple[str, object]]:
        visitors = self.storm.visitors
        statuses = Counter(status for visitor in visitors for status in visitor.statuses)
        kept = {lead.lead.phone.e164 for lead in self.leads}
        return [
            ("visitors", len(visitors)),
            ("forms sent", sum(statuses.values())),
            ("  answered with success", sum(statuses[status] for status in SUCCESS)),
            ("  answered with 500 or 503", statuses[500] + statuses[503]),
            ("  never answered", statuses[None]),
            ("visitors who saw success", sum(visitor.saw_success for visitor in visitors)),
            ("leads stored", len(self.leads)),
            ("  of visitors who saw success", sum(v.saw_success and v.phone in kept for v in visitors)),
            ("  of visitors who did not", sum(not v.saw_success and v.phone in kept for v in visitors)),
            ("  quarantined at first", sum(_was_quarantined(lead) for lead in self.leads)),
        ]

    def _function_figures(self) -> Sequence[tuple[str, object]]:
        endings = Counter((invocation.handler, invocation.ending) for invocation in self.recorder.invocations)
        return [
            *((f"processes killed: {name}", endings[handler, Ending.KILLED]) for name, handler in HANDLERS),
            *((f"processes out of time: {name}", endings[handler, Ending.TIMED_OUT]) for name, handler in HANDLERS),
            ("sweeps that gave up", endings[SWEEP, Ending.RAISED]),
            *sorted(self.recorder.counts.items()),
        ]

    def _email_figures(self) -> Sequence[tuple[str, object]]:
        duplicates = self.duplicates()
        return [
            ("e-mails that SES took", len(self.recorder.emails)),
            ("  leads in them", sum(len(email.links) for email in self.recorder.emails)),
            ("sent twice", duplicates.total() - duplicates[Cause.STAFF]),
            *((f"  {cause}", duplicates[cause]) for cause in Cause if cause not in {Cause.STAFF, Cause.NONE}),
        ]


HANDLERS = (("form", CAPTURE), ("staff page", STAFF), ("sweep", SWEEP))


def _at(write: Write) -> int:
    return write.at


def _lease_was_over(earlier: Write, later: Write) -> bool:
    return later.clock > earlier.since + LEASE - CLOCK_SKEW


def _overlap(one: Invocation, other: Invocation) -> bool:
    """Return True if they ran at the same time."""
    return one.started < other.ended and other.started < one.ended


def _was_quarantined(lead: StoredLead) -> bool:
    return any(entry.event is Event.HELD_FOR_REVIEW for entry in lead.history)
