"""The sweep's own time and memory for each lead, with more and more leads stored."""

from __future__ import annotations

import copy
import datetime as dt
import statistics
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.aws import LEADS_TABLE, Table
from benchmarks.cold import Benchmark
from benchmarks.expressions import Item
from benchmarks.runtime import PackagedHandler
from benchmarks.submissions import submission
from benchmarks.tables import table

MAX_DUE = 10_000
STORED = (1_000, 10_000, 100_000)

SHARDS = 8

EVENT: dict[str, Any] = {"source": "aws.scheduler"}


@dataclass(frozen=True)
class SweepResult:
    """The figures of one sweep over a backlog: seconds, bytes, counts."""

    stored: int
    due: int
    seconds: float
    cpu: float
    before: int
    after: int
    calls: int
    emails: int


async def measure(bench: Benchmark, capture: PackagedHandler) -> list[SweepResult]:
    """Measure every size once, each with a process and a table of its own."""
    sample = await _sample(bench, capture)
    sweep = PackagedHandler("sweep", capture.directory, "leads.handlers.sweep.handler")
    return [await _sweep(bench, sweep, sample, stored) for stored in STORED]


class _FirstWrites(Table):
    """Keeps each item as it was first written."""

    def put(self, item: Item) -> None:
        if item["reference"]["S"] not in self.items:
            super().put(item)


async def _sample(bench: Benchmark, capture: PackagedHandler) -> Item:
    """Return a lead as capture stores it, before its first e-mail."""
    table = _FirstWrites(LEADS_TABLE)
    bench.aws.reset(table)
    async with bench.worker(capture) as worker:
        await worker.invoke(submission())
    return next(item for item in table.items.values() if "fingerprint" in item)


async def _sweep(bench: Benchmark, handler: PackagedHandler, sample: Item, stored: int) -> SweepResult:
    due = min(stored, MAX_DUE)
    table = _filled(sample, stored, due)
    bench.aws.reset(table)
    async with bench.worker(handler) as worker:
        worker.timeout_seconds = 600.0
        await worker.invoke(EVENT)  # an empty batch first: imports and connections are not a cost of the leads
        _make_due(table, due)
        await worker.idle()
        bench.aws.calls.clear()
        cpu, before = worker.cpu_seconds(), worker.peak_memory()
        began = time.perf_counter()
        ended, result = await worker.invoke(EVENT)
        if result != {"due": due, "sent": due}:
            raise RuntimeError(f"{due} leads were due, and the sweep returned {result}\n{worker.log()[-2000:]}")
        await worker.idle()
        emails = sum(operation == "SendEmail" for operation, _ in bench.aws.calls)
        calls, used = len(bench.aws.calls) - emails, worker.cpu_seconds() - cpu
        return SweepResult(stored, due, ended - began, used, before, worker.peak_memory(), calls, emails)


def _filled(sample: Item, stored: int, due: int) -> Table:
    """Return a table with leads of three years, the first `due` of them open; the digests are marked as sent."""
    table, now = Table.of_leads(), dt.datetime.now(dt.UTC)
    for number in range(stored):
        age = dt.timedelta(days=40 + number % 1000) if number >= due else dt.timedelta(minutes=10)
        table.put(_lead(sample, number, now - age, is_open=number < due))
    for day in range(-1, 2):
        digest = f"digest {(now + dt.timedelta(days=day)).date()}"
        table.put({"reference": {"S": digest}, "until": {"N": "99999999999"}})
    return table


def _lead(sample: Item, number: int, received_at: dt.datetime, *, is_open: bool) -> Item:
    item = copy.deepcopy(sample) | {
        "reference": {"S": f"{number:014}"},
        "fingerprint": {"S": f"{number:052}"},
        "received_at": {"S": _text(received_at)},
        "look_at": {"S": _text(received_at)},
    }
    if is_open:
        return item | {"next_at": {"S": "9999-12-31T00:00:00.000000Z"}, "shard": {"S": str(number % SHARDS)}}
    closed = {"status": {"S": "contacted"}, "list": {"S": f"closed {received_at.date()}"}}
    return {name: value for name, value in item.items() if name not in {"next_at", "shard"}} | closed


def _make_due(table: Table, due: int) -> None:
    moment = _text(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5))
    for number in range(due):
        table.put(table.items[f"{number:014}"] | {"next_at": {"S": moment}})


def _text(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def report(results: list[SweepResult]) -> str:
    """Return a table with a row for each size."""
    rows = [
        [
            f"{swept.stored:,}",
            f"{swept.due:,}",
            f"{swept.cpu / swept.due * 1000:.2f}",
            f"{(swept.after - swept.before) / swept.due / 1024:.2f}",
            f"{swept.after / 2**20:.0f}",
            f"{swept.calls / swept.due:.2f}",
            str(swept.emails),
            f"{swept.due / swept.seconds:.0f}",
        ]
        for swept in results
    ]
    head = ["stored", "due", "own ms a lead", "KiB a lead", "peak MiB", "calls a lead", "e-mails", "leads a second"]
    times = [swept.cpu / swept.due for swept in results]
    flat = max(times) / statistics.median(times)
    return f"{table(head, rows)}\n\nSlowest over median own time a lead: {flat:.2f} (1 is flat)."
