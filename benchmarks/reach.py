"""What a visitor and the staff wait for, beside its targets: one table of all parts that were measured."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import cold, latency, warm
from benchmarks.record import Results
from benchmarks.tables import percentile, ratios, samples, table

MAX_LINES = 48_829
"""Lines of functions, infra and tests before the sweep became the only sender."""


@dataclass(frozen=True)
class Figure:
    """One row: a figure, its target, and how both are written."""

    name: str
    value: float
    target: float
    form: str = "{:.2f} times"

    @property
    def row(self) -> list[str]:
        """Return the row's cells."""
        limit = self.form.format(self.target)
        return [
            self.name,
            self.form.format(self.value),
            f"at most {limit}",
            "met" if self.value <= self.target else "**missed**",
        ]


def figures(results: Results, lines: int) -> Iterator[Figure]:
    """Yield each figure whose part was measured, and the lines of code."""
    parts: dict[str, Callable[[Results], Iterator[Figure]]] = {
        "warm": _warm,
        "cold": _cold,
        "woken": _woken,
        "latency": _latency,
    }
    for part, yields in parts.items():
        if part in results:
            yield from yields(results)
    yield Figure("lines of functions, infra and tests", lines, MAX_LINES - 1, "{:,.0f}")


def _warm(results: Results) -> Iterator[Figure]:
    ours, constant = (samples(results["warm"][name]) for name in ("ours", "constant"))
    calls = len(warm.rule(results["warm"]["ours"]))
    own = statistics.median(ratios(ours["cpu"], constant["cpu"]))
    yield Figure("AWS calls before the answer, as a rule", calls, warm.MAX_CALLS, "{:.0f}")
    yield Figure("modelled warm wait", statistics.median(ours["wait"]) * 1000, warm.MAX_WAIT * 1000, "{:.0f} ms")
    yield Figure("warm own CPU, of the constant handler's", own, warm.MAX_RATIO_TO_CONSTANT)


def _cold(results: Results) -> Iterator[Figure]:
    ours, constant = (samples(results["cold"][name])["both"] for name in ("ours", "constant"))
    name = "cold CPU, INIT and INVOKE, of the constant handler's"
    yield Figure(name, statistics.median(ratios(ours, constant)), cold.TARGETS["constant"])


def _woken(results: Results) -> Iterator[Figure]:
    by_round = samples(results["woken"]["ours"])["woken_to_warm"]
    yield Figure("INVOKE of a woken POST, of a warm call's", statistics.median(by_round), cold.MAX_WOKEN_TO_WARM)


def _latency(results: Results) -> Iterator[Figure]:
    for case, limit in latency.TARGETS.items():
        delays = samples(results["latency"][case])["seconds"]
        yield Figure(f"stored to handed to SES, simulated, p99, {case}", percentile(delays, 99), limit, "{:.0f} s")


def report(results: Results, lines: int) -> str:
    """Return the table in Markdown."""
    return table(["figure", "measured", "target", ""], [figure.row for figure in figures(results, lines)])
