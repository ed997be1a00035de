"""The table of a rehearsal: each row says what was done, and whether it was done or only looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

REHEARSED = "rehearsed"
CHECKED = "only checked"


@dataclass(frozen=True)
class Row:
    """What was done or looked at, how, and what came of it."""

    step: str
    outcome: str
    how: str = REHEARSED


class RehearsalError(Exception):
    """Something did not go as it must. The text says what."""


def ensure(right: object, problem: str) -> None:
    """Raise RehearsalError unless this is right."""
    if not right:
        raise RehearsalError(problem)


def table(rows: Sequence[Row]) -> Table:
    """All rows, what was only checked in yellow."""
    drawn = Table("step", "how", "outcome", title="What was rehearsed, and what was only checked")
    for row in rows:
        drawn.add_row(row.step, row.how, row.outcome, style="" if row.how == REHEARSED else "yellow")
    return drawn
