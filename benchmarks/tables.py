"""Numbers to tables."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

Series = Mapping[str, Sequence[float]]
"""For each handler, one figure a round."""


def ratios(series: Series, of: str, to: str) -> list[float]:
    """Round by round: what disturbs the machine disturbs both."""
    return [ours / theirs for ours, theirs in zip(series[of], series[to], strict=True)]


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many percent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: Sequence[float]) -> str:
    """The median, and between what half of the values lie."""
    low, middle, high = (percentile(values, percent) for percent in (25, 50, 75))
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def target_met(value: float, most: float) -> str:
    """Whether a target is met."""
    return f"at most {most:g}: {'met' if value <= most else 'MISSED'}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is also readable as it stands."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
