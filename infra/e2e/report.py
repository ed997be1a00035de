"""The table of a rehearsal: each row says what was done, and whether it was done or only looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

REHEARSED = "rehearsed"
CHECKED = "only checked"


@dataclass(frozen=True)
class ReportRow:
    """What was done or looked at, how, and what came of it."""

    step: str
    outcome: str
    how: str = REHEARSED


class ScenarioError(Exception):
    """Something did not go as it must. The text says what."""


def require(right: object, problem: str) -> None:
    """Raise RehearsalError unless this is right."""
    if not right:
        raise ScenarioError(problem)


def table(report_rows: Sequence[ReportRow]) -> Table:
    """All rows, what was only checked in yellow."""
    drawn = Table("step", "how", "outcome", title="What was rehearsed, and what was only checked")
    for report_row in report_rows:
        drawn.add_row(
            report_row.step, report_row.how, report_row.outcome, style="" if report_row.how == REHEARSED else "yellow"
        )
    return drawn
