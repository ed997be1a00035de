"""A warm call's own time, its calls of AWS before the answer, and how long a visitor would wait for them.

Own time is the CPU time of the process from one idle moment to the next. The response time less the stub's time would
also contain the wake-ups of two processes and the noise of other programs on the machine.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from benchmarks import cold
from benchmarks.aws import LATENCIES
from benchmarks.cold import Benchmark
from benchmarks.functions import CAPTURE, processor
from benchmarks.runtime import PackagedHandler, Worker
from benchmarks.tables import percentile, ratios, samples, spread, table, target_met

WARM_UP = 100

MAX_RATIO_TO_CONSTANT = 0.9
MAX_P99_TO_P50 = 3.0
MAX_CALLS = 1
MAX_WAIT = 0.015
"""Seconds."""


@dataclass(frozen=True)
class WarmCall:
    """Seconds of one call: CPU time of the process, by the clock, and the modelled wait on AWS."""

    cpu: float
    clock: float
    wait: float
    """Own time at the function's share of a processor, and what AWS's answers take before the visitor's."""
    operations: tuple[str, ...]
    """Calls of AWS before the answer."""


async def measure(bench: Benchmark, handlers: Sequence[PackagedHandler], calls: int) -> dict[str, list[WarmCall]]:
    """Measure one process of each handler, with one call each in turn."""
    measured: dict[str, list[WarmCall]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(bench.worker(handler)) for handler in handlers]
        for turn in range(-WARM_UP, calls):
            first = turn % len(workers)
            for worker in [*workers[first:], *workers[:first]]:
                call = await _call(bench, worker)
                if turn >= 0:
                    measured[worker.handler.name].append(call)
    return {handler.name: measured[handler.name] for handler in handlers}


async def _call(bench: Benchmark, worker: Worker) -> WarmCall:
    bench.aws.calls.clear()
    call = await cold.take(worker)
    operations = tuple(operation for operation, moment in bench.aws.calls if moment < call.answered)
    waits = sum(LATENCIES[operation] for operation in operations)
    return WarmCall(call.cpu, call.clock, call.cpu / processor(CAPTURE) + waits, operations)


def rule(calls: Sequence[WarmCall]) -> tuple[str, ...]:
    """Return the calls of AWS before the answer, as most calls make them."""
    return statistics.mode(call.operations for call in calls)


def report(measured: Mapping[str, Sequence[WarmCall]]) -> str:
    """Return the tables of figures and of ratios."""
    return f"{_figures(measured)}\n\n{_waits(measured)}\n\n{_ratios(measured)}"


def _figures(measured: Mapping[str, Sequence[WarmCall]]) -> str:
    rows = []
    for name, calls in measured.items():
        own, clock = ([percentile(samples(calls)[kind], part) for part in (50, 99)] for kind in ("cpu", "clock"))
        target = target_met(own[1] / own[0], MAX_P99_TO_P50) if name == "ours" else ""
        ms = [f"{seconds * 1000:.2f}" for seconds in (*own, *clock)]
        rows.append([name, *ms[:2], f"{own[1] / own[0]:.2f}", target, *ms[2:]])
    head = ["warm call", "own p50 ms", "own p99 ms", "p99 / p50", "target", "answered p50 ms", "answered p99 ms"]
    return table(head, rows)


def _waits(measured: Mapping[str, Sequence[WarmCall]]) -> str:
    rows = []
    for name, calls in measured.items():
        named = Counter(rule(calls))
        made = ", ".join(f"{times} {operation}" for operation, times in named.items())
        rows.append([name, f"{named.total()}: {made}", f"{percentile(samples(calls)['wait'], 50) * 1000:.0f}"])
    return table(["warm call", "calls of AWS before the answer", "modelled wait ms"], rows)


def _ratios(measured: Mapping[str, Sequence[WarmCall]]) -> str:
    rows = []
    for name in (name for name in measured if name != "ours"):
        by_call = ratios(samples(measured["ours"])["cpu"], samples(measured[name])["cpu"])
        target = target_met(statistics.median(by_call), MAX_RATIO_TO_CONSTANT) if name == "constant" else ""
        rows.append([f"ours / {name}", spread(by_call), target])
    return table(["ratio, call by call", "own time", "target"], rows)
