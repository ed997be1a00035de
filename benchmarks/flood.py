"""100,000 leads in an hour through the real capture and sweep, on simulated time: `python -m benchmarks flood`.

No lead is called. The simulation checks the software's part of the promise: that the staff get an e-mail about every
lead, and a reminder, before the time by which the practice promised to call.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from leads.aws.dynamodb import from_item
from leads.domain.lead import Lead
from leads.domain.lifecycle import SWEEP_INTERVAL, Event
from leads.services import intake
from leads.settings import Settings
from leads.wiring import Wiring

from benchmarks.aws import Item
from benchmarks.simulation import Quota, SimulatedAws
from benchmarks.tables import table

HOUR = dt.timedelta(hours=1)

CONTAINERS = 10
"""Containers in which capture runs at the same time: 28 leads a second, a third of a second each."""

QUOTAS = {"sandbox": Quota(200, 1), "production": Quota(50_000, 14)}
"""SES's quotas in the sandbox, and those that AWS usually grants first outside of it (docs/costs.md)."""

COMPILED = Path(__file__).parents[1] / "functions" / "leads" / "compiled"

FORM_DATA = {
    "name": ["Jordan Example"],
    "phone": ["(312) 555-0187"],
    "best_time": ["morning"],
    "voicemail": ["yes"],
    "consent": ["2026-11"],
    "elapsed": ["42.5"],
}


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

    def __init__(self, settings: Settings, leads: int, begins: dt.datetime, quota: Quota) -> None:
        self.settings, self.practice = settings, settings.practice
        self.leads, self.begins = leads, begins
        self.simulated_aws = SimulatedAws(begins, quota)
        template = Lead.from_form(FORM_DATA, self.practice)
        wirings = [self.simulated_aws.wiring() for _ in range(CONTAINERS)]
        for number in range(leads):
            lead = template.model_copy(update={"name": f"Person {number}"})
            arrival = self._arrival(lead, wirings[number % CONTAINERS])
            self.simulated_aws.arrivals.append((begins + HOUR * number / leads, arrival))

    def _arrival(self, lead: Lead, wiring: Wiring) -> Callable[[], object]:
        leads = wiring.repository(self.settings)
        return lambda: intake.take(lead, lead.name, leads, self.practice, self.settings.key, wiring.clock())

    def run(self, hours: float) -> Iterator[SweepStats]:
        """Sweep every minute for so many hours; yield the counts after each sweep."""
        with self.simulated_aws.logged():
            for number in range(1, int(hours * HOUR / SWEEP_INTERVAL) + 1):
                self.simulated_aws.go_to(self.begins + number * SWEEP_INTERVAL)
                yield self._tick(self.simulated_aws.sweep())

    def _tick(self, seconds: float) -> SweepStats:
        simulated_aws, events = self.simulated_aws, self.simulated_aws.log.events
        return SweepStats(
            minutes=(simulated_aws.now - self.begins).total_seconds() / 60,
            arrived=self.leads - len(simulated_aws.arrivals),
            announced=events[Event.NOTIFIED],
            reminded=events[Event.REMINDED],
            escalated=events[Event.ESCALATED],
            emails=simulated_aws.ses_quotas.emails,
            refused=sum(simulated_aws.ses_quotas.refused.values()),
            seconds=seconds,
            kills=simulated_aws.kills,
        )

    def result(self) -> FloodResult:
        """Return the outcome for the leads in the table."""
        timelines = [
            _timeline(from_item(self.simulated_aws.table.items[name]))
            for name in self.simulated_aws.table.items
            if name[4:5] == "-"
        ]
        delays = [
            (timeline.get(Event.NOTIFIED, self.simulated_aws.now) - timeline[Event.RECEIVED]) for timeline in timelines
        ]
        return FloodResult(
            self.leads, len(timelines), max(delays), sum(not _is_kept(timeline) for timeline in timelines)
        )


Timeline = dict[str, dt.datetime]
"""The time of each first event of a lead, and its deadline under `""`."""


def _timeline(item: Item) -> Timeline:
    moments = [("", item["contact_by"]), *((entry["event"], entry["at"]) for entry in reversed(item["history"]))]
    return {event: dt.datetime.fromisoformat(at) for event, at in moments}


def _is_kept(timeline: Timeline) -> bool:
    moments = (timeline.get(event) for event in (Event.NOTIFIED, Event.REMINDED))
    return all(at is not None and at <= timeline[""] for at in moments)


def report(ticks: Sequence[SweepStats], result: FloodResult) -> str:
    """Return the counts for every quarter of an hour in which something changed, and the outcome."""
    head = ["hours", "arrived", "announced", "backlog", "reminded", "escalated", "e-mails", "refused", "sweep s"]
    pairs = zip([None, *ticks], ticks, strict=False)
    active = [tick for before, tick in pairs if before is None or _changed(before, tick)]
    shown = [tick for number, tick in enumerate(active, 1) if number % 3 == 0 or tick is active[-1]]
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


def variables(compiled: Path) -> dict[str, str]:
    """Return the functions' variables that the simulation needs."""
    return {
        "LEADS_TABLE": "leads",
        "LEADS_SECRET": "a secret that is long enough for a simulation",
        "LEADS_SENDER": "leads@example.com",
        "LEADS_COMPILED": str(compiled),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the simulation's options."""
    group = parser.add_argument_group("flood")
    group.add_argument("--leads", type=int, default=100_000, metavar="N", help="leads in one hour")
    group.add_argument("--quota", choices=QUOTAS, default="production", help="SES's quota")
    group.add_argument("--hours", type=float, default=27, metavar="N", help="simulated hours")


def simulate(arguments: argparse.Namespace) -> str:
    """Simulate the flood from a Tuesday at 10:00 on, and return the report."""
    os.environ.update(variables(COMPILED))
    settings = Settings.read()
    begins = dt.datetime(2026, 11, 17, 10, tzinfo=settings.practice.zone).astimezone(dt.UTC)
    flood = Flood(settings, arguments.leads, begins, QUOTAS[arguments.quota])
    ticks = list(flood.run(arguments.hours))
    return report(ticks, flood.result())
