"""The keys by which articles name people."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from plugins.lint import person_keys
from plugins.lint.editorial import SourceFile
from tests.support.factories import SAMPLE
from tests.support.small_site import ADA, ARTICLE, MAX

TODAY = dt.date(2026, 11, 20)


def source(name: str, text: str) -> SourceFile:
    return SourceFile(Path("content", name), text, "", Path("content"), {}, SAMPLE, TODAY)


PEOPLE = (source("people/ada.md", ADA), source("people/max.md", MAX))


def found(article: str, people: tuple[SourceFile, ...] = PEOPLE) -> list[str]:
    return [str(each) for each in person_keys.diagnostics([source("articles/sleep.md", article), *people])]


def test_known_keys_are_accepted() -> None:
    assert found(ARTICLE) == []


@pytest.mark.parametrize(("role", "key", "line"), [("Author", "ada-example", 6), ("Reviewer", "max-example", 7)])
def test_an_unknown_key_is_reported_with_those_that_are_known(role: str, key: str, line: int) -> None:
    (diagnostic,) = found(ARTICLE.replace(f"{role}: {key}", f"{role}: eve"))
    assert diagnostic == (
        f"content/articles/sleep.md:{line}: {role}: no person has the key “eve”. Write one of: ada-example, "
        "max-example. A new person needs a file in content/people first."
    )


def test_a_name_instead_of_a_key_gets_the_line_to_write() -> None:
    assert found(ARTICLE.replace("Reviewer: max-example", "Reviewer: Dr. Max Example")) == [
        "content/articles/sleep.md:7: Reviewer: no person has the key “Dr. Max Example”. Write “Reviewer: max-example”."
    ]


def test_without_people_the_file_of_a_person_comes_first() -> None:
    assert [each.split("”. ")[1] for each in found(ARTICLE, ())] == [
        "Write the person's file in content/people first."
    ] * 2


def test_a_line_that_is_missing_has_a_message_of_its_own() -> None:
    assert found(ARTICLE.replace("Author: ada-example\n", "")) == []


def test_one_key_belongs_to_one_person() -> None:
    second = source("people/zoe.md", ADA.replace("Ada Example", "Zoe Example"))
    assert found(ARTICLE, (*PEOPLE, second)) == [
        "content/people/zoe.md:1: Key: “ada-example” belongs to Ada Example. Write another."
    ]
