"""The article itself: what it must say, what it must not, and how long and how hard it may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugins import citations

ROOT = Path(__file__).parents[1]
ARTICLE = (ROOT / "content/articles/ketamine-treatment-resistant-depression.md").read_text(encoding="utf-8")
TEXT = ARTICLE.partition("\n\n")[2]
BODY = TEXT.partition("## Questions people ask")[0]
CHART = re.search(r"```chart\n(.*?)```", BODY, re.DOTALL)

FIGURES = {
    "rush2006": ("3,671", "36.8%", "30.6%", "13.7%", "13.0%"),
    "dean2021": ("296", "46.5%", "25.9%", "very low"),
    "anand2023": ("365", "55.4%", "41.2%"),
    "ekstrand2022": ("186", "63%", "46%", "70%", "12 months"),
    "jelovac2025": ("62", "no significant difference"),
    "daly2019": ("26.7%", "45.3%"),
    "wilkinson2018": ("167", "within a day"),
    "feder2021": ("30 people", "67%", "20%"),
    "abdallah2022": ("158", "no significant effect"),
    "schnurr2024": ("suggests against", "trauma-focused"),
    "fda2023": ("October 10, 2023", "any psychiatric disorder"),
    "spravato": ("March 2019", "January 2025", "2020", "61% to 84%", "48% to 61%", "40 minutes", "two hours"),
}
"""What the practice has checked in each source."""


def plain(markdown: str) -> str:
    """What is read of it, without tables, charts, headings and Markdown's signs."""
    text = re.sub(
        r"```.*?```|<!--.*?-->|^(?:#|\|).*?$", "", citations.without(markdown), flags=re.DOTALL | re.MULTILINE
    )
    return re.sub(r"^(?:!!!|\?\?\?) \S+|\]\([^)]*\)|[\[\]*\"]|^ *[-:] ", " ", text, flags=re.MULTILINE)


def syllables(word: str) -> int:
    """As many as there are groups of vowels; a final e is silent."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e(?:d|s)?$", "", letters))))


def grade(text: str) -> float:
    """The school year that the text asks for, by the formula of Flesch and Kincaid."""
    words = text.split()
    sentences = [each for each in re.split(r"[.:?!](?:\s|$)|\n\s*\n", text) if each.strip()]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_it_is_as_long_as_a_tired_person_can_read() -> None:
    assert 900 <= len(plain(BODY).split()) <= 1300


def test_an_eighth_grader_can_read_it() -> None:
    assert grade(plain(TEXT)) <= 8


def test_the_measure_of_reading_tells_easy_from_hard() -> None:
    hard = "Glutamatergic neurotransmission necessitates extraordinarily sophisticated methodological considerations."
    assert grade("You may feel low. You are not to blame.") < 3
    assert grade(hard) > 15


@pytest.mark.parametrize(("key", "figures"), FIGURES.items())
def test_a_source_stands_beside_each_of_its_figures(key: str, figures: tuple[str, ...]) -> None:
    said = " ".join(each for each in re.split(r"\n\s*\n|\n\|", TEXT) if key in citations.keys(each))
    assert [figure for figure in figures if figure not in " ".join(said.split())] == []


def test_trials_that_lean_opposite_ways_are_both_cited() -> None:
    assert {"anand2023", "ekstrand2022"} <= set(citations.keys(BODY))


def test_twelve_to_sixteen_references() -> None:
    assert 12 <= len(set(citations.keys(TEXT))) <= 16


def test_six_questions_and_eight_words() -> None:
    assert TEXT.count("\n???") == 6
    assert TEXT.count("\n:   ") == 8


def test_the_order_is_the_agreed_one() -> None:
    headings = re.findall(r"^## .*\{ #(\w+) \}$", TEXT, re.MULTILINE)
    order = ["trd", "how", "research", "given", "conditions", "risks", "next", "talk", "questions", "words"]
    assert headings == order
    assert TEXT.lstrip().startswith('!!! key-points "In four points"')


@pytest.mark.parametrize(
    "said",
    [
        "Compare bars only within a pair",
        "A response is not recovery",
        "could tell which drug",
        "The ECT trial was open",
        "left out people with psychotic depression",
        "do not predict what will happen for any one person",
        "KARMA-Dep 2 (2025, 62 people), found no significant difference",
    ],
)
def test_the_chart_says_how_not_to_read_it(said: str) -> None:
    assert CHART is not None
    assert said in CHART[1]


@pytest.mark.parametrize(
    "said",
    [
        "Neither medicine is a cure",
        "Nothing shows that ketamine or esketamine prevents suicide",
        "An appointment is not emergency care",
        "Keep your other care going",
        "do not drive until the next day",
        "do not drive for 24 hours",
        "within one business day",
        "We provide this treatment",
    ],
)
def test_what_must_not_be_left_out_is_there(said: str) -> None:
    assert said in " ".join(TEXT.split())


@pytest.mark.parametrize(
    "unwanted",
    [r"\bmg\b|milligram", r"[$€£]\s?\d", r"our (?:success|patients|results)", r"\b67 ?%.*remission", r"\bresets?\b"],
)
def test_no_dose_no_price_no_praise(unwanted: str) -> None:
    assert not re.search(unwanted, TEXT, re.IGNORECASE)
