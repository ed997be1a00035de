"""The report of a scenario: each row says whether a step was executed or only checked, and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

REHEARSED = "rehearsed"
CHECKED = "only checked"


@dataclass(frozen=True)
class ReportRow:
    """One step of the scenario."""

    step: str
    outcome: str
    how: str = REHEARSED


class ScenarioError(Exception):
    """A requirement of the scenario is not met. The text says which."""


def require(condition: object, problem: str) -> None:
    """Raise ScenarioError unless the condition holds."""
    if not condition:
        raise ScenarioError(problem)


def table(report_rows: Sequence[ReportRow]) -> Table:
    """Return the table of all rows, those that were only checked in yellow."""
    drawn = Table("step", "how", "outcome", title="What was rehearsed, and what was only checked")
    for report_row in report_rows:
        drawn.add_row(
            report_row.step, report_row.how, report_row.outcome, style="" if report_row.how == REHEARSED else "yellow"
        )
    return drawn
