"""Tests of the list of all texts with their state, and of what is said about a saved one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from infra.local import articles
from infra.local.articles import LEFT_OUT, OLDER, SKIPPED, WAITS_FOR_OTHERS, ContentState, ListedText
from infra.local.builds import FIX_BEFORE_PUBLISHING, STALE_PAGE, Build
from tests.support.factories import practice
from tests.support.small_site import ARTICLE, PAGE

NOW = dt.datetime(2026, 11, 26, 16, tzinfo=dt.UTC)
SLEEP = "content/articles/sleep.md"


@pytest.fixture
def state(build: Build, tmp_path: Path) -> ContentState:
    """Return the state of one article and one page, which the present build has."""
    (build.compiled / "practice.json").write_text(practice().model_dump_json(), encoding="utf-8")
    made = ContentState(tmp_path / "content", build, "", NOW)
    write(made, "articles/sleep.md", ARTICLE)
    write(made, "pages/privacy.md", PAGE)
    for slug in ("sleep", "privacy"):
        (build.output / slug).mkdir()
        (build.output / slug / "index.html").write_text("", encoding="utf-8")
    return made


def write(state: ContentState, name: str, text: str, encoding: str = "utf-8") -> None:
    path = state.content / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)


def with_problem(state: ContentState, headline: str, source: str = SLEEP) -> ContentState:
    """Return the state after a build that found a mistake in one file."""
    return ContentState(state.content, state.build, f"{headline}\n{source}:3: a mistake.", NOW)


def sleep(state: ContentState, text: str = ARTICLE) -> ListedText:
    """Return the article as it is listed with this text."""
    write(state, "articles/sleep.md", text)
    return state.text(state.content / "articles" / "sleep.md")


def test_articles_come_before_pages_with_title_file_and_address(state: ContentState) -> None:
    assert list(state.texts()) == [
        ListedText("Sleep & low mood", SLEEP, "/sleep/", "public"),
        ListedText("Privacy", "content/pages/privacy.md", "/privacy/", "public"),
    ]


SCHEDULED = ARTICLE.replace("Date: 2026-11-16", "Date: 2026-11-30")
DRAFT = ARTICLE.replace("Slug", "Status: draft\nSlug")
OVERDUE = ARTICLE.replace("Next_review: 2027-11-16", "Next_review: 2026-11-25")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SCHEDULED, "scheduled for November 30, 2026, 9:00 AM Central Time"),
        (DRAFT, "draft"),
        (OVERDUE, "public, review overdue"),
        (OVERDUE.replace("Slug", "Status: draft\nSlug"), "draft"),
        (ARTICLE.replace("Modified: 2026-11-17", "Modified: 2026-11-20"), "public, changed after its review"),
    ],
)
def test_each_state_has_its_words(state: ContentState, text: str, words: str) -> None:
    assert sleep(state, text).state == words


def test_a_draft_with_mistakes_is_shown_and_says_so(state: ContentState) -> None:
    assert sleep(with_problem(state, FIX_BEFORE_PUBLISHING), DRAFT).state == "draft, with mistakes"


def test_a_file_with_mistakes_that_the_build_left_out_has_no_address(state: ContentState) -> None:
    listed = sleep(state, ARTICLE.replace("Slug: sleep", "Slug: new").replace("Date: 2026", "Date: x"))
    assert (listed.address, listed.state) == ("", LEFT_OUT)


def test_a_file_whose_facts_cannot_be_read_has_its_name_for_a_title(state: ContentState) -> None:
    listed = sleep(state, "No facts at all.\n")
    assert (listed.title, listed.state) == ("sleep.md", LEFT_OUT)


def test_a_file_in_another_encoding_is_left_out(state: ContentState) -> None:
    write(state, "articles/latin.md", ARTICLE.replace("Slug: sleep", "Slug: latin").replace("low", "löw"), "latin-1")
    assert state.text(state.content / "articles" / "latin.md").state == LEFT_OUT


def test_after_a_failed_build_a_file_with_mistakes_is_shown_as_it_was(state: ContentState) -> None:
    listed = sleep(with_problem(state, STALE_PAGE))
    assert (listed.address, listed.state) == ("/sleep/", OLDER)


def test_a_new_file_waits_for_the_mistakes_of_others(state: ContentState) -> None:
    failed = with_problem(state, STALE_PAGE, "content/articles/other.md")
    assert sleep(failed, ARTICLE.replace("Slug: sleep", "Slug: new")).state == WAITS_FOR_OTHERS


def test_a_skipped_file_has_no_address_even_if_its_page_is_still_there(state: ContentState) -> None:
    listed = sleep(state, ARTICLE.replace("Slug", "Status: skip\nSlug"))
    assert (listed.address, listed.state) == ("", SKIPPED)


@pytest.mark.parametrize(
    ("path", "is_text"),
    [
        ("content/articles/2026/sleep.md", True),
        ("content/pages/privacy.md", True),
        ("content/practice.toml", False),
        ("theme/articles/x.md", False),
    ],
)
def test_texts_are_in_two_folders(path: str, is_text: bool) -> None:
    assert articles.is_text(Path(path)) is is_text
