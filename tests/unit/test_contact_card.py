"""The contact card: a neutral name and the practice's numbers, as phones read them."""

from __future__ import annotations

import pytest

from plugins.output.contact_card import contact_card
from tests.support.factories import practice

PRACTICE = practice()


def named(name: str) -> str:
    return contact_card(PRACTICE.model_copy(update={"caller_name": name}))


def calling_from(number: str | None) -> list[str]:
    """Return the card's lines with numbers, where calls come from this one."""
    call = PRACTICE.call.model_copy(update={"number": number})
    card = contact_card(PRACTICE.model_copy(update={"call": call, "phone": "+1 312-555-0142"}))
    return [line for line in card.splitlines() if line.startswith("TEL")]


def test_the_card_is_a_whole_vcard() -> None:
    assert named("Harbor Light").splitlines()[:5] == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Harbor Light;;;;",
        "FN:Harbor Light",
        "ORG:Harbor Light",
    ]


def test_each_line_ends_as_the_standard_says() -> None:
    assert named("Harbor Light").endswith("\r\nEND:VCARD\r\n")


def test_a_practice_with_one_number_has_it_once() -> None:
    assert calling_from(None) == ["TEL;TYPE=WORK,VOICE:+13125550142"]


def test_the_number_that_calls_comes_before_the_one_to_call() -> None:
    assert calling_from("+1 312-555-0199") == ["TEL;TYPE=WORK,VOICE:+13125550199", "TEL;TYPE=WORK,VOICE:+13125550142"]


@pytest.mark.parametrize(
    ("name", "escaped"), [("A, B", r"A\, B"), ("A; B", r"A\; B"), ("A \\ B", r"A \\ B"), ("A: B", "A: B")]
)
def test_what_has_a_meaning_in_a_card_is_escaped(name: str, escaped: str) -> None:
    assert f"\r\nFN:{escaped}\r\n" in named(name)


def test_a_long_line_is_folded() -> None:
    assert max(len(line.encode()) for line in named("ü" * 200).splitlines()) <= 75


def test_a_folded_line_is_whole_once_it_is_unfolded() -> None:
    assert f"\r\nFN:{'ü' * 200}\r\n" in named("ü" * 200).replace("\r\n ", "")


@pytest.mark.parametrize("telling", ["http", PRACTICE.name, PRACTICE.tagline])
def test_the_card_says_nothing_of_what_is_treated(telling: str) -> None:
    assert telling not in named("Harbor Light")
