"""100,000 leads in an hour through the real capture and sweep, on simulated time: `python -m benchmarks flood`.

No lead is called. The simulation checks the software's part of the promise: that the staff get an e-mail about every
lead, and a reminder, before the time by which the practice promised to call.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leads.aws import facts
from leads.domain.lifecycle import Event, StoredLead
from leads.settings import compiled_folder

from benchmarks.simulation import QUOTAS, Quota, SimulatedAws, first_time, notified_after, tuesday_at_ten, variables
from benchmarks.tables import table

HOUR = dt.timedelta(hours=1)

SHOWN_EVERY = 15
"""Sweeps that changed something, from one row of the report to the next."""


@dataclass(frozen=True)
class SweepStats:
    """The counts after one sweep."""

    minutes: float
    arrived: int
    announced: int
    reminded: int
    escalated: int
    emails: int
    refused: int
    seconds: float
    kills: int

    @property
    def backlog(self) -> int:
        """Leads about which no e-mail has been sent yet."""
        return self.arrived - self.announced


@dataclass(frozen=True)
class FloodResult:
    """The outcome for all leads."""

    taken: int
    kept: int
    """Leads in the table."""
    announced_after: dt.timedelta
    """The longest time until a lead's first e-mail; a lead without one counts until the end."""
    broken: int
    """Leads without a first e-mail or a reminder before the deadline."""


class Flood:
    """Simulates so many leads, evenly over one hour."""

    def __init__(self, leads: int, begins: dt.datetime, quota: Quota) -> None:
        self.leads, self.begins = leads, begins
        self.aws = SimulatedAws(begins, quota)
        self.aws.arrivals.extend((begins + HOUR * number / leads, ()) for number in range(leads))

    def run(self, hours: float) -> Iterator[SweepStats]:
        """Sweep for so many hours; yield the counts after each sweep."""
        with self.aws.logged():
            for seconds in self.aws.sweeps(hours * HOUR):
                yield self._tick(seconds)

    def _tick(self, seconds: float) -> SweepStats:
        aws, events = self.aws, self.aws.log.events
        return SweepStats(
            minutes=(aws.now - self.begins).total_seconds() / 60,
            arrived=aws.arrived,
            announced=events[Event.NOTIFIED],
            reminded=events[Event.REMINDED],
            escalated=events[Event.ESCALATED],
            emails=aws.ses_quotas.emails,
            refused=sum(aws.ses_quotas.refused.values()),
            seconds=seconds,
            kills=aws.kills,
        )

    def result(self) -> FloodResult:
        """Return the outcome for the leads in the table."""
        found = list(self.aws.leads())
        delays = [notified_after(lead, self.aws.now) for lead in found]
        return FloodResult(self.leads, len(found), max(delays), sum(not _is_kept(lead) for lead in found))


def _is_kept(lead: StoredLead) -> bool:
    moments = [first_time(lead, event) for event in (Event.NOTIFIED, Event.REMINDED)]
    return all(at is not None and at <= lead.contact_by for at in moments)


def report(ticks: Sequence[SweepStats], result: FloodResult) -> str:
    """Return the counts for every quarter of an hour in which something changed, and the outcome."""
    head = ["hours", "arrived", "announced", "backlog", "reminded", "escalated", "e-mails", "refused", "sweep s"]
    pairs = zip([None, *ticks], ticks, strict=False)
    active = [tick for before, tick in pairs if before is None or _changed(before, tick)]
    shown = [tick for number, tick in enumerate(active, 1) if number % SHOWN_EVERY == 0 or tick is active[-1]]
    return "\n\n".join([table(head, [_row(tick) for tick in shown]), _summary(ticks, result)])


def _changed(before: SweepStats, after: SweepStats) -> bool:
    figures = [(tick.arrived, tick.announced, tick.reminded, tick.escalated) for tick in (before, after)]
    return figures[0] != figures[1]


def _row(tick: SweepStats) -> list[str]:
    counts = (tick.arrived, tick.announced, tick.backlog, tick.reminded, tick.escalated, tick.emails, tick.refused)
    return [f"{tick.minutes / 60:.2f}", *(f"{count:,}" for count in counts), f"{tick.seconds:.0f}"]


def _summary(ticks: Sequence[SweepStats], result: FloodResult) -> str:
    return "\n".join(
        [
            f"Received {result.taken:,}, in the table {result.kept:,}.",
            f"Longest time until a lead's first e-mail: {result.announced_after.total_seconds() / 60:.0f} minutes.",
            f"Largest backlog: {max(tick.backlog for tick in ticks):,}. Sweeps that Lambda killed: {ticks[-1].kills}.",
            f"Promises broken by the software: {result.broken:,}.",
        ]
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the simulation's options."""
    group = parser.add_argument_group("flood")
    group.add_argument("--leads", type=int, default=100_000, metavar="N", help="leads in one hour")
    group.add_argument("--quota", choices=QUOTAS, default="production", help="SES's quota")
    group.add_argument("--hours", type=float, default=27, metavar="N", help="simulated hours")


def simulate(arguments: argparse.Namespace) -> str:
    """Simulate the flood from a Tuesday at 10:00 on, and return the report."""
    os.environ.update(variables())
    practice = facts.deployed_copy(compiled_folder()).practice
    flood = Flood(arguments.leads, tuesday_at_ten(practice), QUOTAS[arguments.quota])
    ticks = list(flood.run(arguments.hours))
    return report(ticks, flood.result())
