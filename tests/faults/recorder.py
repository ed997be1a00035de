"""A record of what happened, as seen from outside of the processes; the verdict is computed from it."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from leads.domain.lifecycle import Action, Event

from tests.faults.fault_plan import FaultPlan

CAPTURE, STAFF, SWEEP = "leads.handlers.capture.handler", "leads.handlers.staff.handler", "leads.handlers.sweep.handler"


class Ending(StrEnum):
    """How an invocation ended."""

    ANSWERED = "answered"
    RAISED = "raised"
    KILLED = "killed"
    TIMED_OUT = "timed out"


@dataclass(eq=False)
class Invocation:
    """One invocation of a function, and what it did."""

    name: str
    handler: str
    fault_plan: FaultPlan
    started: int = 0
    ended: int = 0
    seconds: float = 0.0
    ending: Ending | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    """How often a write of each lead failed, or its response was lost."""
    calls: int = 0
    """Calls of AWS, but for those that read facts."""
    faults: int = 0
    """Calls of DynamoDB that failed, or whose response was lost."""

    @property
    def status(self) -> int:
        """The status that the HTTP API answers with."""
        if self.ending is Ending.ANSWERED:
            return int(self.answer["statusCode"])
        return 503 if self.ending is Ending.TIMED_OUT else 500


@dataclass(frozen=True)
class Email:
    """An e-mail that SES accepted."""

    at: int
    by: Invocation
    action: Action | None
    """None for the digest."""
    links: Mapping[str, str]
    """References of the leads in it, each with the token of its staff link."""
    answer_lost: bool


@dataclass(frozen=True)
class Write:
    """A lead that DynamoDB wrote, whether or not the response arrived."""

    at: int
    by: Invocation
    reference: str
    last_event: Event
    clock: dt.datetime
    """The simulation's time."""
    next_at: dt.datetime | None
    """When a sweep must look at the lead next: the end of the lease, if the write is one."""
    is_event: bool
    """False if the write only leases the lead and adds no event."""


@dataclass(frozen=True)
class LockWrite:
    """A write of the lock of the sweep that DynamoDB made, whether or not the response arrived."""

    by: Invocation
    owner: str
    until: dt.datetime
    clock: dt.datetime
    """The simulation's time."""


@dataclass(frozen=True)
class TimeSpan:
    """A time without a sweep: the scheduler stopped, or no sweep did its work. Both moments are the simulation's."""

    began: dt.datetime
    ended: dt.datetime


@dataclass(frozen=True)
class ClockSetting:
    """How far the simulation's clock was ahead of the machine's from a moment (seconds since 1970) on."""

    since: float
    seconds: float


@dataclass
class Recorder:
    """Everything that happened, in order."""

    invocations: list[Invocation] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    locks: list[LockWrite] = field(default_factory=list)
    stops: list[TimeSpan] = field(default_factory=list)
    settings: list[ClockSetting] = field(default_factory=list)
    kill_points: set[int] = field(default_factory=set)
    """Points at which a sweep was killed."""
    counts: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    _moments: Iterator[int] = field(default_factory=itertools.count)

    def moment(self) -> int:
        """Return a number that is higher than all before it; it orders what happened."""
        return next(self._moments)

    def simulated(self, seconds: float) -> dt.datetime:
        """Return the simulation's time at a moment of the machine's clock (seconds since 1970)."""
        ahead = [setting.seconds for setting in self.settings if setting.since <= seconds]
        return dt.datetime.fromtimestamp(seconds + (ahead or [self.settings[0].seconds])[-1], dt.UTC)
