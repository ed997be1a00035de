"""The time from storing a lead to handing its e-mail to SES, on simulated time: on a busy day, and in a flood.

It is read from each lead's history, so it ends with the note that the e-mail went out, a moment after SES took it.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leads.aws import facts
from leads.domain.lifecycle import SWEEP_INTERVAL
from leads.domain.practice import Practice
from leads.settings import compiled_folder

from benchmarks.simulation import QUOTAS, SimulatedAws, notified_after, tuesday_at_ten, variables
from benchmarks.submissions import URGENT
from benchmarks.tables import percentile, table

TARGETS = {
    "busy day, ordinary": 75.0,
    "busy day, urgent": 75.0,
    "flood, ordinary": 150.0,
    "flood, urgent": 150.0,
}
"""Seconds at p99."""

URGENT_EVERY = 20
"""One form in so many is urgent."""

SEED = 20
"""The same forms at the same moments in every run."""


@dataclass(frozen=True)
class Scenario:
    """How many forms arrive, and in which time."""

    forms: int
    within: dt.timedelta
    jitter: bool = False
    """Whether the schedule fires at any second of its minute."""


SCENARIOS = {
    "busy day": Scenario(1_000, dt.timedelta(hours=7.2)),  # 100,000 a month (docs/costs.md)
    "flood": Scenario(2_000, dt.timedelta(minutes=4)),
    "busy day, any second": Scenario(1_000, dt.timedelta(hours=7.2), jitter=True),
    "flood, any second": Scenario(2_000, dt.timedelta(minutes=4), jitter=True),
}


@dataclass(frozen=True)
class Delay:
    """The delay of one lead."""

    seconds: float


def measure() -> dict[str, list[Delay]]:
    """Return the delays of every scenario, of ordinary and of urgent leads."""
    os.environ.update(variables())
    practice = facts.deployed_copy(compiled_folder()).practice
    return {
        f"{name}, {kind}": delays
        for name, scenario in SCENARIOS.items()
        for kind, delays in zip(("ordinary", "urgent"), simulate(scenario, practice), strict=True)
    }


def simulate(scenario: Scenario, practice: Practice) -> tuple[list[Delay], list[Delay]]:
    """Return the delays of ordinary and of urgent leads, an hour after the last form came."""
    chance = random.Random(SEED)  # noqa: S311  # no secret depends on it
    aws = SimulatedAws(tuesday_at_ten(practice), QUOTAS["production"])
    moments = sorted(aws.now + scenario.within * chance.random() for _ in range(scenario.forms))
    for number, moment in enumerate(moments):
        aws.arrivals.append((moment, () if number % URGENT_EVERY else URGENT))
    with aws.logged():
        for _ in aws.sweeps(scenario.within + dt.timedelta(hours=1), chance if scenario.jitter else None):
            pass
    delays: tuple[list[Delay], list[Delay]] = ([], [])
    for lead in aws.leads():
        delays[lead.priority].append(Delay(notified_after(lead, aws.now).total_seconds()))
    return delays


def report(delays: Mapping[str, Sequence[Delay]]) -> str:
    """Return the table of delays."""
    rows = []
    for name, found in delays.items():
        seconds = [delay.seconds for delay in found]
        shown = (*(percentile(seconds, part) for part in (50, 99)), max(seconds))
        rows.append([name, f"{len(seconds):,}", *(f"{value:.0f}" for value in shown)])
    head = [f"stored to handed to SES, a tick each {SWEEP_INTERVAL.seconds} s", "leads", "p50 s", "p99 s", "max s"]
    return table(head, rows)
