"""Refused words and uncited claims in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugins.lint import claims
from plugins.lint.paragraphs import Paragraph

REFUSED_WORDS = ["cure", "Cured", "MIRACLE", "rewires", "safe and effective", "last resort"]


@given(st.sampled_from(REFUSED_WORDS), st.text(" .,;()", max_size=3))
def test_a_refused_word_is_found_in_any_case_and_between_any_signs(word: str, signs: str) -> None:
    assert [each.word for each in claims.refused(f"x {signs}{word}{signs} y")] == [word]


def test_a_word_that_a_hyphen_splits_is_found_once() -> None:
    assert [(match.word, match.line) for match in claims.refused("a cure\na mir-\nacle")] == [
        ("cure", 0),
        ("miracle", 1),
    ]


def test_a_text_is_compared_as_it_looks() -> None:
    assert claims.normalized("c\u00far\u00ade\u2013\uff21ll\u00a0\u0441") == "cure-All c"


def test_letters_are_all_that_two_spellings_share() -> None:
    assert claims.letters("Game-Changer 2!") == claims.letters("game changer") == "gamechanger"


def test_a_match_gives_the_letters_around_it() -> None:
    (match,) = claims.refused("It is a Cure, he said.")
    assert match.context == ("itisa", "cure", "hesaid")


@given(st.sampled_from(["**mir**acle", "mir&#97;cle", "mira<!-- -->cle", "mir`acle`"]))
def test_markdown_s_own_signs_do_not_split_a_word(written: str) -> None:
    assert [match.word for match in claims.refused_as_written(f"a {written} b")] == ["miracle"]


def test_a_line_names_each_word_once_with_its_remedy() -> None:
    assert list(claims.refused_in_line("A cure, a <b>cu</b>re and a victim")) == [
        ("cure", claims.NO_CERTAINTY),
        ("victim", claims.PERSON_FIRST),
    ]


def test_a_claim_needs_a_citation_in_its_paragraph() -> None:
    assert claims.uncited(Paragraph(1, "It helped 3% of people.")) == (10, "3%")
    assert claims.uncited(Paragraph(1, "It helped 3% of people [@ada].")) is None
    assert claims.uncited(Paragraph(1, "## What 3% of trials show", is_title=True)) is None
