"""The verdict on a run: what was recorded compared with what was promised, and the figures."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from leads.aws.dynamodb import from_item
from leads.domain.lifecycle import COMPLETED_BY, LEASE, OPENING_EVENTS, Action, Event, Status, StoredLead

from infra.template import leads_table, load
from tests.faults.people import PERSONAL, SUCCESS
from tests.faults.recorder import CAPTURE, STAFF, SWEEP, Email, Ending, Invocation, TimeSpan, Write
from tests.faults.simulation import EACH_KILL_POINT, TABLE
from tests.faults.storm import MAX_TICKS, START, Storm

WRITE_ATTEMPTS = 4
"""Attempts of a write after which a call fails."""

MAX_SILENCE = dt.timedelta(minutes=5)
"""The longest time without a sweep that has done its work; a longer one raises SweepSilentAlarm."""

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
            self._capture_calls,
            self._counted,
            self._notified,
            self._nothing_recorded_unsent,
            self._duplicates,
            self._lock,
            self._kills,
            self._alarms,
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

    def _capture_calls(self) -> Iterator[str]:
        if any(email.by.handler != SWEEP for email in self.recorder.emails):
            yield "an e-mail was sent by another function than the sweep"
        if self._usual_calls != 1:
            yield f"a visitor's answer waits for {self._usual_calls} calls of AWS as a rule"

    @cached_property
    def _usual_calls(self) -> int:
        """Return the calls before the answer in most of the invocations in which DynamoDB did not fail."""
        answered = [i for i in self.recorder.invocations if i.handler == CAPTURE and not i.faults]
        return Counter(i.calls for i in answered if i.ending is Ending.ANSWERED).most_common(1)[0][0]

    def _counted(self) -> Iterator[str]:
        for reference, times in Counter(line["reference"] for line in self._logged("Stored")).items():
            if times > 1:
                yield f"{reference} was counted {times} times as stored"

    # --- Sweeps ---

    def _lock(self) -> Iterator[str]:
        """Check that no sweep took the lock that another one held."""
        for before, after in pairwise(self.recorder.locks):
            if before.owner != after.owner and after.clock < before.until - CLOCK_SKEW:
                yield f"{after.by.name} took the lock that {before.by.name} held for {before.until - after.clock} more"

    def _kills(self) -> Iterator[str]:
        missing = set(EACH_KILL_POINT) - self.recorder.kill_points
        if missing and len(self.storm.visitors) >= MAX_TICKS:
            yield f"no sweep was killed at {sorted(missing)}"

    def _alarms(self) -> Iterator[str]:
        for stop in self.recorder.stops:
            if not any(silence.began <= stop.began and stop.ended <= silence.ended for silence in self._silences):
                yield f"no alarm said that the scheduler stopped at {stop.began}"
        calm = self.storm.idle_from
        if not any(calm - MAX_SILENCE <= swept <= calm for swept in self._swept):
            yield "no sweep did its work in five minutes without faults"
        for metric in ("PeopleUnknown", "FactsUnread"):
            if not self._logged(metric):
                yield f"nothing was logged for the alarm of {metric}"

    @cached_property
    def _swept(self) -> list[dt.datetime]:
        """Return when sweeps had done their work, by the simulation's clock."""
        return sorted(self.recorder.simulated(line["_aws"]["Timestamp"] / 1000) for line in self._logged("Swept"))

    @property
    def _silences(self) -> list[TimeSpan]:
        """Return the times at whose end SweepSilentAlarm rang; the first begins with the run."""
        return [
            TimeSpan(before, after) for before, after in pairwise([START, *self._swept]) if after - before > MAX_SILENCE
        ]

    def _logged(self, metric: str) -> list[dict[str, Any]]:
        """Return the lines of the log with this metric."""
        return [json.loads(line) for line in self._log_text.splitlines() if f'"{metric}": ' in line]

    @cached_property
    def _log_text(self) -> str:
        return self.storm.simulation.log.read_text(encoding="utf-8", errors="replace")

    # --- E-mails ---

    def _notified(self) -> Iterator[str]:
        """Check that after each start of a promise an e-mail was sent, or the staff acted."""
        for lead in self.leads:
            if lead.status is Status.IN_REVIEW and not self._sent[lead.reference, None]:
                yield f"{lead.reference} is under review and was on no list"
            for write in self._writes[lead.reference]:
                if write.last_event in OPENING_EVENTS and write.is_event and not self._staff_heard_after(write):
                    yield f"{lead.reference} was {write.last_event} and no e-mail was sent"

    def _staff_heard_after(self, write: Write) -> bool:
        sent = any(email.at > write.at for email in self._sent[write.reference, Action.NOTIFY])
        return sent or any(
            later.by.handler == STAFF or later.last_event is Event.HELD_FOR_REVIEW
            for later in self._writes[write.reference]
            if later.at > write.at
        )

    def _nothing_recorded_unsent(self) -> Iterator[str]:
        for lead in self.leads:
            recorded = Counter(entry.event for entry in lead.history)
            for action, event in COMPLETED_BY.items():
                if recorded[event] > len(self._sent[lead.reference, action]):
                    yield f"{lead.reference} says {event} more often than an e-mail was taken"

    def _duplicates(self) -> Iterator[str]:
        for reference, email, cause in self.unrecorded:
            if cause is Cause.NONE:
                writes = [
                    f"{write.by.name}: {write.last_event} at {write.clock:%T}, next {write.next_at}"
                    for write in self._writes[reference]
                    if _overlap(write.by, email.by)
                ]
                yield f"{email.by.name} sent {email.action} for {reference} unrecorded, for no cause: {writes}"

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
        leases = [write.next_at for write in self._writes[reference] if write.by is sender and write.at < email.at]
        overtaken = any(end and _decided_at(other) > end - CLOCK_SKEW for end in leases[-1:] for other in others)
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
        """Check that nothing is due, and that every other index holds every lead."""
        kept = {lead.reference for lead in self.leads}
        for index in leads_table(load())["GlobalSecondaryIndexes"]:
            name = index["IndexName"]
            differ = self._references_in(name) ^ (set() if name == "due" else kept)
            if differ:
                yield f"the index {name} differs from the table in {len(differ)} leads"

    def _references_in(self, index: str) -> set[str]:
        pages = self.storm.simulation.dynamodb.get_paginator("scan").paginate(TableName=TABLE, IndexName=index)
        return {from_item(item)["reference"] for page in pages for item in page["Items"]}

    def _log(self) -> Iterator[str]:
        found = sorted({match[0] for match in PERSONAL.finditer(self._log_text)})
        if not self._log_text:
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
            ("sweeps", sum(invocation.handler == SWEEP for invocation in self.recorder.invocations)),
            ("  that found the lock taken", self._log_text.count('"another one is at work"')),
            ("  that did not know the people", len(self._logged("PeopleUnknown"))),
            ("  points at which one was killed", len(self.recorder.kill_points)),
            ("the scheduler stopped", len(self.recorder.stops)),
            ("alarms that no sweep has run for five minutes", len(self._silences)),
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
            ("  under review at first", sum(_was_in_review(lead) for lead in self.leads)),
            ("  counted as stored", len(self._logged("Stored"))),
            ("calls of AWS before a visitor's answer, as a rule", self._usual_calls),
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


def _decided_at(write: Write) -> dt.datetime:
    """Return the latest time at which the writer read its clock: that may have jumped back before the write."""
    return max(write.clock, write.next_at - LEASE) if write.next_at and not write.is_event else write.clock


def _overlap(one: Invocation, other: Invocation) -> bool:
    """Return True if they ran at the same time."""
    return one.started < other.ended and other.started < one.ended


def _was_in_review(lead: StoredLead) -> bool:
    return any(entry.event is Event.HELD_FOR_REVIEW for entry in lead.history)
