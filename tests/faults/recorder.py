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
    since: dt.datetime
    """The start of the writer's lease: for a new lead its receipt, which may be seconds before the write."""
    is_hold: bool
    """True if the write only leases the lead and adds no event."""


@dataclass(frozen=True)
class ClockJump:
    """A jump of the clock."""

    at: int
    seconds: float


@dataclass
class Recorder:
    """Everything that happened, in order."""

    invocations: list[Invocation] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    jumps: list[ClockJump] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    _moments: Iterator[int] = field(default_factory=itertools.count)

    def moment(self) -> int:
        """Return a number that is higher than all before it; it orders what happened."""
        return next(self._moments)
