"""The line from which a word on the page comes."""

from __future__ import annotations

from leads.domain.practice import Practice

from plugins.lint.claims import letters
from plugins.lint.paragraphs import split_paragraphs
from plugins.lint.source_lines import SourceLines
from tests.support.factories import practice

PRACTICE: Practice = practice(name="Lakeside")


def source_lines(text: str) -> SourceLines:
    return SourceLines(list(split_paragraphs(f"Title: x\n\n{text}")), PRACTICE)


def context(before: str, word: str, after: str) -> tuple[str, str, str]:
    return letters(before), letters(word), letters(after)


def test_a_word_is_found_in_its_own_line_among_others_like_it() -> None:
    lines = source_lines("The first cure here.\n\nThe second\ncure there.")
    assert {each.line for each in lines.find(context("The first", "cure", "here"))} == {3}
    assert {each.line for each in lines.find(context("The second", "cure", "there"))} == {6}


def test_markup_between_the_letters_does_not_matter() -> None:
    lines = source_lines("It is [no **mir**acle](/x) [@ada]<!-- note -->, says {{ practice.name }}.")
    assert [each.line for each in lines.find(context("It is no", "miracle", "says Lakeside"))] == [3]


def test_a_word_in_the_middle_of_another_is_not_it() -> None:
    assert source_lines("Be secure.").find(context("", "cure", "")) == []


def test_a_word_that_is_not_certain_has_the_line_where_its_paragraph_begins() -> None:
    lines = source_lines("Nothing.\n\nThe very long beginning of a paragraph.")
    assert lines.nearest(context("The very long beginning of a paragraph", "cure", "")) == 5


def test_a_word_that_is_nowhere_has_the_first_line() -> None:
    assert source_lines("Nothing.\n\nAt all.").nearest(context("", "cure", "")) == 3
    assert SourceLines([], PRACTICE).nearest(context("", "cure", "")) == 1
