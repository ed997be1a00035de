"""The time of a cold start's imports (`-X importtime`), added up by package."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Mapping

from benchmarks import cold
from benchmarks.cold import Benchmark
from benchmarks.runtime import PackagedHandler
from benchmarks.tables import table

ROUNDS = 5

LINE = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*([\w.]+)")

OTHER_PACKAGES = frozenset({"dateutil", "jmespath", "markupsafe", "six", "typing_extensions", "typing_inspection"})

NAMED = (
    "leads",
    "boto3",
    "botocore",
    "s3transfer",
    "urllib3",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "phonenumbers",
    "jinja2",
    "awslambdaric",
)

Totals = Mapping[str, tuple[int, float]]
"""Modules and their own seconds, for each package."""


async def measure(bench: Benchmark, handler: PackagedHandler) -> list[Totals]:
    """Measure some cold starts with `-X importtime`, which slows them down a little."""
    return [_totals((await cold.start(bench, handler, PYTHONPROFILEIMPORTTIME="1"))[1]) for _ in range(ROUNDS)]


def _totals(log: str) -> Totals:
    totals: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for line in LINE.finditer(log):
        modules, seconds = totals[_package(line[2])]
        totals[_package(line[2])] = modules + 1, seconds + int(line[1]) / 1e6
    return totals


def _package(module: str) -> str:
    top = module.partition(".")[0]
    if top in OTHER_PACKAGES:
        return "their other requirements"
    return top if top in NAMED else "Python's library"


def report(rounds: list[Totals]) -> str:
    """Return the table, the slowest package first."""
    packages = {package for totals in rounds for package in totals}
    rows = []
    for package in packages:
        found = [totals[package] for totals in rounds if package in totals]
        rows.append((statistics.median(seconds for _, seconds in found) * 1000, found[0][0], package))
    lines = [[package, str(modules), f"{ms:.0f}"] for ms, modules, package in sorted(rows, reverse=True)]
    total = [["all", str(sum(row[1] for row in rows)), f"{sum(row[0] for row in rows):.0f}"]]
    return table(["import", "modules", "ms"], lines + total)
