"""Cold start: from the process's start to the first lead stored and announced."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aws import AwsStub
from benchmarks.runtime import PackagedHandler, Worker
from benchmarks.submissions import submission
from benchmarks.tables import Series, percentile, ratios, spread, table, target_met

TARGETS = {"constant": 1.15, "powertools": 0.85, "fastapi+mangum": 0.6}

SUCCESS = 303


class Benchmark:
    """What every handler runs with: a Python, the runtime client and the stub of AWS."""

    def __init__(self, python: Path, runtime: Path, aws: AwsStub, port: int) -> None:
        self.python = python
        self.runtime = runtime
        self.aws = aws
        self.port = port

    def worker(self, handler: PackagedHandler, **variables: str) -> Worker:
        """Return a process that is not started yet."""
        path = f"{handler.directory}:{self.runtime}"
        return Worker(self.python, handler, self.port, **({"PYTHONPATH": path} | variables))


@dataclass(frozen=True)
class ColdStart:
    """The figures of one cold start: seconds since the process's start, CPU seconds, bytes."""

    ready: float
    stored: float
    announced: float
    answered: float
    cpu: float
    memory: int


async def start(bench: Benchmark, handler: PackagedHandler, **variables: str) -> tuple[ColdStart, str]:
    """Start a process, send it one lead and end it; return the figures and the log."""
    bench.aws.calls.clear()
    async with bench.worker(handler, **variables) as worker:
        moment, response = await worker.invoke(submission())
        began = worker.started
        calls = dict(reversed(bench.aws.calls))  # the first call of each operation
        if response["statusCode"] != SUCCESS or not {"PutItem", "SendEmail"} <= calls.keys():
            raise RuntimeError(f"{handler.name} did not store the lead: {response}\n{worker.log()}")
        return ColdStart(
            ready=worker.api.first_poll - began,
            stored=calls["PutItem"] - began,
            announced=calls["SendEmail"] - began,
            answered=moment - began,
            cpu=worker.cpu_seconds(),
            memory=worker.peak_memory(),
        ), worker.log()


async def measure(bench: Benchmark, handlers: Sequence[PackagedHandler], rounds: int) -> dict[str, list[ColdStart]]:
    """Start each handler once a round, in rotating order; a first, uncounted round warms the disk's cache."""
    starts: dict[str, list[ColdStart]] = defaultdict(list)
    for turn in range(-1, rounds):
        first = turn % len(handlers)
        for handler in [*handlers[first:], *handlers[:first]]:
            result, _ = await start(bench, handler)
            if turn >= 0:
                starts[handler.name].append(result)
    return starts


def report(starts: dict[str, list[ColdStart]]) -> str:
    """Return the tables of figures and of ratios."""
    wall: Series = {name: [start.answered for start in results] for name, results in starts.items()}
    cpu: Series = {name: [start.cpu for start in results] for name, results in starts.items()}
    return f"{_figures(starts)}\n\n{_ratios(wall, cpu)}"


def _figures(starts: dict[str, list[ColdStart]]) -> str:
    def middle(results: list[ColdStart], name: str) -> str:
        return f"{statistics.median(getattr(start, name) for start in results) * 1000:.0f}"

    moments = ("ready", "stored", "announced", "answered")
    rows = [
        [
            name,
            *(middle(results, moment) for moment in moments),
            f"{percentile([start.answered for start in results], 95) * 1000:.0f}",
            middle(results, "cpu"),
            f"{statistics.median(start.memory for start in results) / 2**20:.0f}",
        ]
        for name, results in starts.items()
    ]
    head = ["cold start", "ready ms", "stored ms", "announced ms", "answered ms", "p95 ms", "CPU ms", "peak MiB"]
    return table(head, rows)


def _ratios(wall: Series, cpu: Series) -> str:
    others = [name for name in wall if name != "ours"]
    rows = []
    for name in others:
        by_clock, by_cpu = ratios(wall, "ours", name), ratios(cpu, "ours", name)
        target = target_met(statistics.median(by_clock), TARGETS[name]) if name in TARGETS else ""
        rows.append([f"ours / {name}", spread(by_clock), spread(by_cpu), target])
    return table(["ratio, round by round", "by the clock", "by CPU time", "target"], rows)
