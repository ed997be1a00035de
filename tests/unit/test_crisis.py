"""The crisis lines, in words."""

from __future__ import annotations

from leads.domain import crisis


def test_the_sentence_names_both_lines_and_where_they_answer() -> None:
    assert all(word in crisis.IN_WORDS for word in ("988", "911", "United States"))


def test_the_lines_are_those_of_one_country() -> None:
    assert crisis.COUNTRY == "US"
