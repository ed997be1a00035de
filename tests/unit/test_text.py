"""Text that is safe to show beside ours."""

from __future__ import annotations

import pytest
from leads.domain import text
from leads.domain.text import DIRECTIONS


@pytest.mark.parametrize(
    ("typed", "visible"),
    [
        ("Zoë 李小龍 👩‍👩‍👧", "Zoë 李小龍 👩‍👩‍👧"),
        ("Ada\x1b[2J\x9bB", "Ada\ufffd[2J\ufffdB"),
        ("a\nb\tc\0d", "a\ufffdb\ufffdc\ufffdd"),
        ("\u202eadA", "\ufffdadA"),
        ("\ud800", "\ufffd"),
    ],
    ids=ascii,
)
def test_control_and_direction_characters_are_replaced(typed: str, visible: str) -> None:
    assert text.visible(typed) == visible


@pytest.mark.parametrize("direction", sorted(DIRECTIONS), ids=ascii)
def test_isolated_text_holds_no_direction_of_its_own(direction: str) -> None:
    assert text.isolated(f"a{direction}b") == "\u2068a\ufffdb\u2069"


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\0", "\x7f", "\x85", "\u2028", "\u2029", "\udfff"], ids=ascii)
def test_a_control_character_is_found(character: str) -> None:
    assert text.has_control(f"a{character}b")


def test_ordinary_text_has_none() -> None:
    assert not text.has_control("Zoë O'Brien \u200d \u202e")
