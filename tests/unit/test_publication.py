"""From when on a text is public, in words."""

from __future__ import annotations

import datetime as dt

import pytest

from plugins.lint import publication
from plugins.lint.front_matter import EXAMPLES, ArticleFrontMatter, PageFrontMatter
from tests.support.factories import practice

PRACTICE = practice()
NOW = dt.datetime(2026, 11, 26, 15, tzinfo=dt.UTC)


def article(date: str, status: str = "published") -> ArticleFrontMatter:
    facts = {key: value for key, value in EXAMPLES.items() if key in ArticleFrontMatter.model_fields}
    return ArticleFrontMatter.model_validate({**facts, "date": date, "status": status})


PAGE = {key: EXAMPLES[key] for key in ("title", "slug", "description", "modified")}


def test_an_article_is_public_from_its_date_on_in_the_practices_time() -> None:
    nine = article("2026-11-26 09:00")
    assert publication.public_from(nine, PRACTICE) == NOW
    assert publication.not_public(nine, NOW, PRACTICE) == ""
    assert publication.not_public(nine, NOW - dt.timedelta(seconds=1), PRACTICE).startswith("Scheduled for November 26")


def test_a_date_may_name_its_own_zone() -> None:
    assert publication.public_from(article("2026-11-26T15:00Z"), PRACTICE) == NOW


@pytest.mark.parametrize(("status", "words"), [("published", ""), ("draft", "Draft: not public")])
def test_a_page_has_no_date_and_is_public_unless_it_is_a_draft(status: str, words: str) -> None:
    page = PageFrontMatter.model_validate({**PAGE, "status": status})
    assert publication.not_public(page, NOW, PRACTICE) == words


def test_a_draft_is_not_scheduled_whatever_its_date() -> None:
    draft = article("2026-11-30 09:00", "draft")
    assert publication.not_public(draft, NOW, PRACTICE) == "Draft: not public"
    assert publication.scheduled_for(draft, NOW, PRACTICE) == ""


def test_a_moment_has_its_zone() -> None:
    moment = dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)
    assert publication.in_words(moment, PRACTICE) == "November 30, 2026, 9:00 AM Central Time"
