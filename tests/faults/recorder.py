"""What happened, as the harness saw it from outside the processes; the verdict is read from this."""

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
    """One call of a function, and what it did to the world."""

    name: str
    handler: str
    fault_plan: FaultPlan
    started: int = 0
    ended: int = 0
    seconds: float = 0.0
    ending: Ending | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    """How often a write of each lead failed, or its answer got lost."""

    @property
    def status(self) -> int:
        """What the HTTP API answers with."""
        if self.ending is Ending.ANSWERED:
            return int(self.answer["statusCode"])
        return 503 if self.ending is Ending.TIMED_OUT else 500


@dataclass(frozen=True)
class Email:
    """One e-mail that SES took."""

    at: int
    by: Invocation
    action: Action | None
    """None for the digest."""
    links: Mapping[str, str]
    """References of the leads that it tells of, each with the token of its staff link."""
    answer_lost: bool


@dataclass(frozen=True)
class Write:
    """One lead that DynamoDB wrote, whether or not the answer arrived."""

    at: int
    by: Invocation
    reference: str
    last_event: Event
    clock: dt.datetime
    """What the clock said."""
    since: dt.datetime
    """From when the writer's lease counts: a new lead's from its receipt, which the write may follow seconds later."""
    is_hold: bool
    """Nothing happened to the lead, but somebody keeps it for a moment."""


@dataclass(frozen=True)
class ClockJump:
    """One jump of the clock."""

    at: int
    seconds: float


@dataclass
class Recorder:
    """Everything, in order."""

    invocations: list[Invocation] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    jumps: list[ClockJump] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    _moments: Iterator[int] = field(default_factory=itertools.count)

    def moment(self) -> int:
        """A number that is higher than all before it: what happened first has the lower one."""
        return next(self._moments)
