"""The report as one HTML file: no script, nothing from anywhere else, good on paper.

Every length is a share of 100, worked out here; the template only prints.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from leads import rendering
from leads.domain import duration
from leads.domain.practice import Practice
from leads.domain.report import Group, Report

MAX_LABELS = 8
"""Names under the columns of a chart; with more of them they would meet on a phone."""

NONE = "\u2013"
"""Shown where there is no number."""


@dataclass(frozen=True)
class Segment:
    """One part of a bar."""

    kind: str
    """kept, late or open: how it is filled."""
    start: float
    length: float


@dataclass(frozen=True)
class TableRow:
    """One line of a table, with its bar."""

    name: str
    segments: Sequence[Segment]
    numbers: Sequence[str]


@dataclass(frozen=True)
class Section:
    """One table."""

    title: str
    headings: Sequence[str]
    rows: Sequence[TableRow]
    note: str = ""


@dataclass(frozen=True)
class Column:
    """One column of the chart of weeks."""

    left: float
    width: float
    segments: Sequence[Segment]
    """From the top: SVG counts downwards."""
    total: int
    top: float
    label: str
    label_at: float
    anchor: str
    """Alignment of the label at that place."""

    @property
    def middle(self) -> float:
        """Return the position of its number."""
        return round(self.left + self.width / 2, 2)


def page(report: Report, practice: Practice) -> str:
    """Return the whole page."""
    everyone = report.everyone
    return rendering.render(
        "cli/report.html",
        practice=practice,
        report=report,
        period=f"{_day(report.since)} to {_day(report.until)}",
        kept=_percent(everyone),
        median=_time(everyone.wait.median),
        ninetieth=_time(everyone.wait.ninetieth),
        columns=_columns(report.weeks),
        is_crowded=len(report.weeks) > 2 * MAX_LABELS,
        sections=_sections(report),
    )


HEADINGS = ("Requests", "In time", "Median wait", "9 of 10 within")


def _sections(report: Report) -> list[Section]:
    weeks = [_row(_week(group), group, report.weeks) for group in report.weeks]

    def rows(groups: Sequence[Group]) -> list[TableRow]:
        return [_row(group.name, group, groups) for group in groups]

    several = "A request for several conditions counts in each."
    return [
        Section("Week by week", ("Week of", *HEADINGS), weeks),
        Section("How long people waited", ("Waited", "Calls"), _wait_rows(report.waits)),
        Section("By urgency", ("Urgency", *HEADINGS), rows(report.urgency)),
        Section("By article", ("Article", *HEADINGS), rows(report.articles)),
        Section("By network", ("Came from", *HEADINGS), rows(report.networks)),
        Section("By condition", ("Would like to talk about", *HEADINGS), rows(report.conditions), several),
    ]


def _row(name: str, group: Group, groups: Sequence[Group]) -> TableRow:
    numbers = (str(group.requests), _percent(group), _time(group.wait.median), _time(group.wait.ninetieth))
    return TableRow(name, _segments(group, _most(groups)), numbers)


def _wait_rows(waits: Sequence[tuple[str, int]]) -> list[TableRow]:
    most = max((count for _, count in waits), default=0) or 1
    return [TableRow(name, [Segment("kept", 0, _share(count, most))], [str(count)]) for name, count in waits]


def _columns(weeks: Sequence[Group]) -> list[Column]:
    return [_column(week, number, len(weeks), _most(weeks)) for number, week in enumerate(weeks)]


def _column(week: Group, number: int, weeks: int, most: int) -> Column:
    slot = 100 / weeks
    left, width, to_come = (number + 0.14) * slot, 0.72 * slot, weeks - 1 - number
    sticks_out = to_come == 0 and weeks > MAX_LABELS  # a label wider than its column, at the edge
    return Column(
        left=round(left, 2),
        width=round(width, 2),
        segments=[_from_the_top(segment) for segment in _segments(week, most)],
        total=week.requests,
        top=round(100 - _share(week.requests, most), 2),
        label=_week(week) if to_come % ceil(weeks / MAX_LABELS) == 0 else "",
        label_at=round(left + (width if sticks_out else width / 2), 2),
        anchor="end" if sticks_out else "middle",
    )


def _from_the_top(segment: Segment) -> Segment:
    return Segment(segment.kind, round(100 - segment.start - segment.length, 2), segment.length)


def _segments(group: Group, most: int) -> list[Segment]:
    """Return the group's bar: called in time, too late, still to be called; without empty parts."""
    parts = (("kept", group.promises.kept), ("late", group.promises.broken), ("open", group.undecided))
    segments, before = [], 0
    for kind, count in parts:
        if count:
            segments.append(Segment(kind, _share(before, most), _share(count, most)))
        before += count
    return segments


def _most(groups: Sequence[Group]) -> int:
    return max((group.requests for group in groups), default=0) or 1


def _share(count: int, most: int) -> float:
    return round(100 * count / most, 2)


def _percent(group: Group) -> str:
    return NONE if group.promises.percent is None else _unbroken(f"{group.promises.percent} %")


def _time(time: dt.timedelta | None) -> str:
    return NONE if time is None else _unbroken(duration.in_words(time))


def _unbroken(text: str) -> str:
    """No line ends between a number and its unit."""
    return re.sub(r"(?<=\d) ", "\u00a0", text)


def _day(day: dt.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _week(group: Group) -> str:
    monday = dt.date.fromisoformat(group.name)
    return f"{monday:%b} {monday.day}"
