"""Tests of the lines that `make publish` prints."""

from __future__ import annotations

import datetime as dt

import pytest

from infra.publish import output
from tests.support.cdn import LATER_FACTS, SITE, PublishedStack


def test_a_long_list_is_cut(stack: PublishedStack) -> None:
    content = {f"{number}/index.html": b"x" for number in range(output.MAX_LINES + 5)}
    assert [*output.change_lines(stack.plan_publish(content))][output.MAX_LINES] == "  and 5 more"


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ({**SITE, "index.html": b"words", "new/index.html": b"x" * 1_500}, "1 added, 1 changed; 1.5 kB to upload"),
        ({path: body for path, body in SITE.items() if path != "feed.xml"}, "1 removed; 0 B to upload"),
        (SITE, "no file changes; 0 B to upload"),
    ],
    ids=["added and changed", "removed", "unchanged"],
)
def test_a_summary_counts_files_and_bytes(published: PublishedStack, site: dict[str, bytes], words: str) -> None:
    assert output.summary(published.plan_publish(site)) == words


def test_changed_facts_have_a_line(published: PublishedStack) -> None:
    (line,) = output.change_lines(published.plan_publish(SITE, LATER_FACTS))
    assert line == "  changed  what the functions know of the practice, or the frame of their pages"


def test_moments_are_printed_in_words_and_with_their_zone() -> None:
    at = dt.datetime(2026, 11, 4, 15, 0).astimezone()
    assert output.moment(at) == f"November 4, 2026, 15:00 {at.tzname()}"
