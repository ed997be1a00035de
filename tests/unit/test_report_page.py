"""The page of the report: it names no person and loads nothing."""

from __future__ import annotations

import re

import html5lib
import pytest
from leads.cli import report_page

from tests.support.reports import A_FEW, page_of, report_of

# --- The page ---


def test_the_page_is_well_formed() -> None:
    html5lib.HTMLParser(strict=True).parse(page_of(*A_FEW))


def test_the_page_names_no_person() -> None:
    text = page_of(*A_FEW)
    assert not any(word in text for word in ("Ada", "Hopper", "5550187", "555-0187", A_FEW[0].reference))


def test_the_page_loads_nothing() -> None:
    assert not re.search(r"<script|<link|<img|src=|href=|@import|https?://|url\((?!#)", page_of(*A_FEW))


def test_the_page_forbids_itself_to_load_anything() -> None:
    assert "default-src 'none'" in page_of(*A_FEW)


def test_the_page_shows_the_share_of_kept_promises() -> None:
    assert "50\u00a0%" in page_of(*A_FEW)


def test_a_report_without_requests_is_a_page_too() -> None:
    assert "<dd>0</dd>" in page_of()


def test_the_bars_of_a_week_begin_at_the_bottom() -> None:
    (column,) = report_page._columns(report_of(*A_FEW, weeks=1).weeks)
    assert max(segment.start + segment.length for segment in column.segments) == pytest.approx(100, abs=0.02)


def test_the_longest_bar_fills_its_space() -> None:
    (week,) = report_of(*A_FEW, weeks=1).weeks
    assert sum(segment.length for segment in report_page._segments(week, 3)) == pytest.approx(100, abs=0.02)


@pytest.mark.parametrize("weeks", [1, 12, 52, 520])
def test_labels_do_not_crowd_however_many_weeks_there_are(weeks: int) -> None:
    columns = report_page._columns(report_of(weeks=weeks).weeks)
    assert 1 <= sum(bool(column.label) for column in columns) <= report_page.MAX_LABELS


def test_the_current_week_always_has_its_label() -> None:
    assert report_page._columns(report_of(weeks=11).weeks)[-1].label == "Nov 16"
