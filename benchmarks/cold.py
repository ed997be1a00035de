"""Cold start: INIT, from the process's start until it asks for work, and INVOKE, its first lead."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aws import AwsStub, Table
from benchmarks.functions import CAPTURE, processor
from benchmarks.runtime import MeasuredCall, PackagedHandler, Worker
from benchmarks.submissions import SUCCESS, submission, waking
from benchmarks.tables import Series, percentile, ratios, samples, spread, table, target_met

TARGETS = {"constant": 0.95, "powertools": 0.85, "fastapi+mangum": 0.6}
"""Highest ratios of CPU time, INIT and INVOKE."""

MAX_WOKEN_TO_WARM = 1.5

WARM_UP, WARM_CALLS = 20, 10


@dataclass(frozen=True)
class Benchmark:
    """What every handler runs with: a Python, the runtime client and the stub of AWS."""

    python: Path
    runtime: Path
    aws: AwsStub
    port: int
    roots: Path
    """Certificates that the handlers trust: botocore's own, and the stub's."""

    def worker(self, handler: PackagedHandler, **variables: str) -> Worker:
        """Return a process that is not started yet."""
        address = f"https://127.0.0.1:{self.port}"
        connection = {
            "PYTHONPATH": f"{handler.directory}:{self.runtime}",
            "AWS_ENDPOINT_URL_DYNAMODB": address,
            "AWS_ENDPOINT_URL_SESV2": address,
            "AWS_CA_BUNDLE": str(self.roots),
        }
        return Worker(self.python, handler, connection | variables)


@dataclass(frozen=True)
class ColdStart:
    """The figures of one cold start: CPU seconds, seconds since the process's start, bytes."""

    init: float
    invoke: float
    both: float
    deployed: float
    """INIT, and INVOKE divided by the function's share of a processor."""
    ready: float
    stored: float
    answered: float
    memory: int


async def take(worker: Worker) -> MeasuredCall:
    """Send the process one lead. Raises RuntimeError if it was not stored."""
    call = await worker.call(submission())
    if call.response["statusCode"] != SUCCESS:
        raise RuntimeError(f"{worker.handler.name} answered {call.response['statusCode']}\n{worker.log()}")
    return call


async def start(bench: Benchmark, handler: PackagedHandler, **variables: str) -> tuple[ColdStart, str]:
    """Start a process, send it one lead and end it; return the figures and the log."""
    bench.aws.reset(Table.of_leads())
    async with bench.worker(handler, **variables) as worker:
        await worker.idle()
        began, init = worker.started, worker.cpu_seconds()
        first = await take(worker)
        calls = dict(reversed(bench.aws.calls))  # the first call of each operation
        return ColdStart(
            init=init,
            invoke=first.cpu,
            both=init + first.cpu,
            deployed=init + first.cpu / processor(CAPTURE),
            ready=worker.api.first_poll - began,
            stored=calls["PutItem"] - began,
            answered=first.answered - began,
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


def report(starts: Mapping[str, Sequence[ColdStart]]) -> str:
    """Return the tables of figures and of ratios."""
    return f"{_figures(starts)}\n\n{_ratios({name: samples(results) for name, results in starts.items()})}"


def _figures(starts: Mapping[str, Sequence[ColdStart]]) -> str:
    def middle(results: Sequence[ColdStart], name: str) -> str:
        return f"{statistics.median(getattr(start, name) for start in results) * 1000:.0f}"

    rows = [
        [
            name,
            *(
                middle(results, figure)
                for figure in ("init", "invoke", "both", "deployed", "ready", "stored", "answered")
            ),
            f"{percentile([start.answered for start in results], 95) * 1000:.0f}",
            f"{statistics.median(start.memory for start in results) / 2**20:.0f}",
        ]
        for name, results in starts.items()
    ]
    cpu = ["INIT CPU ms", "INVOKE CPU ms", "both", f"INVOKE at {processor(CAPTURE):.2f} of a processor"]
    return table(["cold start", *cpu, "ready ms", "stored ms", "answered ms", "p95 ms", "peak MiB"], rows)


def _ratios(figures: Mapping[str, Series]) -> str:
    rows = []
    for name in figures:
        if name != "ours":
            kinds = ("init", "invoke", "both", "deployed", "answered")
            by_kind = {kind: ratios(figures["ours"][kind], figures[name][kind]) for kind in kinds}
            target = target_met(statistics.median(by_kind["both"]), TARGETS[name]) if name in TARGETS else ""
            rows.append([f"ours / {name}", *map(spread, by_kind.values()), target])
    head = ["ratio, round by round", "INIT", "INVOKE", "CPU, both", "as deployed", "by the clock", "target of both"]
    return table(head, rows)


@dataclass(frozen=True)
class Wakening:
    """CPU seconds of the calls of a process that the page woke, and of a first lead in one that it did not."""

    waking: float
    woken: float
    warm: float
    cold: float
    woken_to_warm: float
    cold_to_warm: float


async def measure_woken(bench: Benchmark, handler: PackagedHandler, rounds: int) -> list[Wakening]:
    """Wake a process each round, and send it leads by turns with another, which is not woken."""
    return [await _wake(bench, handler) for _ in range(rounds)]


async def _wake(bench: Benchmark, handler: PackagedHandler) -> Wakening:
    bench.aws.reset(Table.of_leads())
    async with bench.worker(handler) as other, bench.worker(handler) as worker:
        cold = (await take(other)).cpu
        awake = (await worker.call(waking())).cpu
        woken = (await take(worker)).cpu
        later = []
        for _ in range(WARM_UP + WARM_CALLS):
            await take(
                other
            )  # alone, a process would find its own data in the processor's cache, as no visitor's call does
            later.append((await take(worker)).cpu)
    warm = statistics.median(later[WARM_UP:])
    return Wakening(awake, woken, warm, cold, woken / warm, cold / warm)


def report_woken(wakenings: Mapping[str, Sequence[Wakening]]) -> str:
    """Return the table of what waking saves."""
    rows = []
    for name, rounds in wakenings.items():
        ms = {kind: f"{statistics.median(values) * 1000:.1f}" for kind, values in samples(rounds).items()}
        for kind, label in (("woken", "woken by GET /api/promise"), ("cold", "not woken")):
            by_round = samples(rounds)[f"{kind}_to_warm"]
            target = target_met(statistics.median(by_round), MAX_WOKEN_TO_WARM) if kind == "woken" else ""
            rows.append([f"{name}, {label}", ms[kind], ms["warm"], spread(by_round), target])
    return table(["INVOKE of the first lead", "CPU ms", "a warm call's", "ratio, round by round", "target"], rows)
