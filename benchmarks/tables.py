"""Statistics and Markdown tables of the reports."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

Series = Mapping[str, Sequence[float]]
"""The samples of each figure, one a round."""


def samples(rounds: Sequence[Any]) -> dict[str, list[float]]:
    """Return the values of each field of dataclasses, one a round."""
    return {field.name: [getattr(each, field.name) for each in rounds] for field in fields(rounds[0])}


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return the ratio of each round, in which a disturbance of the machine affects both."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many percent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: Sequence[float]) -> str:
    """Return the median and the middle half's limits as text."""
    low, middle, high = (percentile(values, percent) for percent in (25, 50, 75))
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def target_met(value: float, limit: float) -> str:
    """Return the target and whether it is met, as text."""
    return f"at most {limit:g}: {'met' if value <= limit else 'MISSED'}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table with aligned columns."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
