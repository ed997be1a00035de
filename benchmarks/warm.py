"""A warm call's own time: the handler's CPU time, without waiting for DynamoDB and SES.

It is the CPU time of the process from one idle moment to the next. The response time less the stub's time would also
contain the wake-ups of two processes and the noise of other programs on the machine.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from benchmarks.cold import SUCCESS, Benchmark
from benchmarks.runtime import PackagedHandler, Worker
from benchmarks.submissions import submission
from benchmarks.tables import Series, percentile, ratios, spread, table, target_met

WARM_UP = 100

MAX_RATIO_TO_CONSTANT = 1.2
MAX_P99_TO_P50 = 3.0


@dataclass
class CallTimes:
    """Seconds of each call: CPU time of the process, and wall-clock time."""

    cpu: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)


async def measure(bench: Benchmark, handlers: Sequence[PackagedHandler], calls: int) -> dict[str, CallTimes]:
    """Measure one process of each handler, with one call each in turn."""
    measured: dict[str, CallTimes] = defaultdict(CallTimes)
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(bench.worker(handler)) for handler in handlers]
        for turn in range(-WARM_UP, calls):
            bench.aws.calls.clear()
            first = turn % len(workers)
            for worker in [*workers[first:], *workers[:first]]:
                cpu, clock = await _call(worker)
                if turn >= 0:
                    measured[worker.handler.name].cpu.append(cpu)
                    measured[worker.handler.name].clock.append(clock)
    return {handler.name: measured[handler.name] for handler in handlers}


async def _call(worker: Worker) -> tuple[float, float]:
    await worker.idle()
    event = submission()
    cpu, clock = worker.cpu_seconds(), time.perf_counter()
    moment, response = await worker.invoke(event)
    if response["statusCode"] != SUCCESS:
        raise RuntimeError(f"{worker.handler.name} did not store the lead: {response}\n{worker.log()}")
    await worker.idle()
    return worker.cpu_seconds() - cpu, moment - clock


def report(measured: dict[str, CallTimes]) -> str:
    """Return the tables of figures and of ratios."""
    cpu: Series = {name: calls.cpu for name, calls in measured.items()}
    return f"{_figures(measured)}\n\n{_ratios(cpu)}"


def _figures(measured: dict[str, CallTimes]) -> str:
    rows = []
    for name, calls in measured.items():
        p50, p99 = percentile(calls.cpu, 50), percentile(calls.cpu, 99)
        target = target_met(p99 / p50, MAX_P99_TO_P50) if name == "ours" else ""
        clock = (f"{percentile(calls.clock, percent) * 1000:.2f}" for percent in (50, 99))
        rows.append([name, f"{p50 * 1000:.2f}", f"{p99 * 1000:.2f}", f"{p99 / p50:.2f}", target, *clock])
    head = ["warm call", "own p50 ms", "own p99 ms", "p99 / p50", "target", "answered p50 ms", "answered p99 ms"]
    return table(head, rows)


def _ratios(cpu: Series) -> str:
    rows = []
    for name in (name for name in cpu if name != "ours"):
        by_call = ratios(cpu, "ours", name)
        target = target_met(statistics.median(by_call), MAX_RATIO_TO_CONSTANT) if name == "constant" else ""
        rows.append([f"ours / {name}", spread(by_call), target])
    return table(["ratio, call by call", "own time", "target"], rows)
