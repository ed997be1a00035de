"""The lines above an article or a page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from plugins.lint import front_matter
from plugins.lint.front_matter import (
    EXAMPLES,
    ArticleFrontMatter,
    FrontMatter,
    HomeFrontMatter,
    PageFrontMatter,
    PersonFrontMatter,
)

TODAY = dt.date(2026, 11, 20)
MODELS = (ArticleFrontMatter, HomeFrontMatter, PageFrontMatter, PersonFrontMatter)


def example(model: type[FrontMatter]) -> str:
    """Return front matter that has every key of the model, with its own example."""
    return "".join(f"{key.capitalize()}: {EXAMPLES[key]}\n" for key in EXAMPLES if key in model.model_fields)


ARTICLE = example(ArticleFrontMatter)


def test_every_key_has_an_example() -> None:
    assert set(EXAMPLES) == {key for model in MODELS for key in model.model_fields}


@pytest.mark.parametrize("model", MODELS)
def test_every_example_is_accepted(model: type[FrontMatter]) -> None:
    assert list(front_matter.mistakes(model, example(model), TODAY)) == []


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("content/articles/sleep.md", ArticleFrontMatter),
        ("content/articles/2026/sleep.md", ArticleFrontMatter),
        ("content/pages/privacy.md", PageFrontMatter),
        ("content/other.md", PageFrontMatter),
        ("content/people/ada.md", PersonFrontMatter),
        ("content/home.md", HomeFrontMatter),
        ("content/pages/home.md", PageFrontMatter),
        ("/people/content/home.md", HomeFrontMatter),
        ("/articles/content/pages/privacy.md", PageFrontMatter),
    ],
)
def test_the_folder_decides_what_is_asked_for(path: str, model: type[FrontMatter]) -> None:
    assert front_matter.model_of(Path(path)) is model


@pytest.mark.parametrize(
    ("path", "text", "address"),
    [
        ("content/articles/sleep.md", "Slug: sleep-well", "/sleep-well/"),
        ("content/pages/privacy.md", "Slug: privacy", "/privacy/"),
        ("content/people/ada.md", "Key: ada-example", "/people/ada-example/"),
        ("content/home.md", "Title: Welcome", "/"),
    ],
)
def test_a_file_s_page_has_its_address(path: str, text: str, address: str) -> None:
    assert front_matter.address_of(Path(path), text) == address


PERSON = example(PersonFrontMatter)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("Key: ada-example", "Key: Ada", "key: “Ada” cannot be used here. Write it like “Key: ada-example”."),
        ("Name: Ada Example\n", "", "name: this is missing. Write a line like “Name: Ada Example”."),
        ("Role: Psychiatric nurse practitioner", "Role:", "role: “” cannot be used here. Write it like “Role: Psych"),
        ("Sample: true", "Sample: a bit", "sample: “a bit” cannot be used here. Write it like “Sample: true”."),
        ("Photo:", "Foto:", "foto: there is no such key. Write “Photo”."),
    ],
)
def test_a_mistake_about_a_person_says_what_to_write(old: str, new: str, mistake: str) -> None:
    found = front_matter.mistakes(PersonFrontMatter, PERSON.replace(old, new), TODAY)
    assert [f"{key}: {message}" for key, message in found if f"{key}: {message}".startswith(mistake)]


@pytest.mark.parametrize("line", ["Credentials: PMHNP-BC", "Photo: images/ada-example.jpg", "Home: no", "Sample: true"])
def test_a_person_may_have_no_credentials_and_no_photo(line: str) -> None:
    assert list(front_matter.mistakes(PersonFrontMatter, PERSON.replace(f"{line}\n", ""), TODAY)) == []


@pytest.mark.parametrize("key", ["Author_credentials", "Reviewer_credentials"])
def test_the_old_lines_of_credentials_are_not_needed_any_more(key: str) -> None:
    found = dict(front_matter.mistakes(ArticleFrontMatter, f"{ARTICLE}{key}: MD\n", TODAY))
    assert found == {key.lower(): "credentials are in the person's file in content/people now. Remove the line."}


def test_a_value_may_go_on_in_an_indented_line() -> None:
    assert front_matter.values("Title: Sleep\n    and mood\nSlug: sleep\n\nText: no key") == {
        "title": "Sleep and mood",
        "slug": "sleep",
    }


def test_the_line_of_a_key_that_is_missing_is_the_first() -> None:
    text = "---\nTitle: x\nSlug: y\n---\nText"
    assert [front_matter.line_of(key, text) for key in ("title", "slug", "date")] == [2, 3, 1]


def test_the_first_of_two_lines_counts_and_the_second_is_a_duplicate() -> None:
    text = "Title: one\nSlug: x\nTITLE: two\n"
    assert front_matter.values(text)["title"] == "one"
    assert list(front_matter.duplicates(text)) == [(3, "title")]


def test_old_addresses_may_stand_on_lines_of_their_own_or_between_commas() -> None:
    text = "Title: x\nWas: /a/, /b/\nSlug: y\nWas: /c/\n"
    assert list(front_matter.old_addresses(text)) == [(2, "/a/"), (2, "/b/"), (4, "/c/")]


def test_every_line_of_old_addresses_counts_and_none_is_a_duplicate() -> None:
    text = "Was: /a/\nWas: /b/\n"
    assert (front_matter.values(text)["was"], list(front_matter.duplicates(text))) == ("/a/ /b/", [])


def test_the_text_begins_below_the_front_matter() -> None:
    assert front_matter.line_count("Title: x\nSlug: y\n\nText") == 3


@pytest.mark.parametrize(
    ("modified", "exception", "awaits"),
    [("2026-11-16 23:59", "", False), ("2026-11-17 00:00", "", True), ("2026-11-17 00:00", "spelling", False)],
)
def test_a_change_on_a_day_after_the_review_awaits_the_next(
    tmp_path: Path, modified: str, exception: str, awaits: bool
) -> None:
    text = ARTICLE.replace("Modified: 2026-11-16 09:00", f"Modified: {modified}")
    text = text if exception else text.replace("Review_not_needed: spelling\n", "")
    path = tmp_path / "articles" / "sleep.md"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    article = front_matter.read(path)
    assert isinstance(article, ArticleFrontMatter)
    assert article.awaits_review is awaits


def test_a_file_with_a_mistake_has_no_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("Title: x\n\nText", encoding="utf-8")
    assert front_matter.read(path) is None
