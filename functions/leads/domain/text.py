"""Typed text, made safe to show beside our own."""

from __future__ import annotations

import unicodedata

DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of everything after them on the line (Unicode UAX 9)."""

_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories: NUL, line breaks and tabs; half a character; Unicode's own line and paragraph breaks."""


def has_control(text: str) -> bool:
    """Return whether the text holds a control character, a line break or half a character."""
    return any(unicodedata.category(character) in _CONTROL for character in text)


def visible(text: str) -> str:
    """Return the text with U+FFFD in place of every control and direction character."""
    return "".join("\ufffd" if character in DIRECTIONS or has_control(character) else character for character in text)


def isolated(text: str) -> str:
    """Return the visible text between U+2068 and U+2069, so that its direction ends with it.

    As characters, because Gmail and Outlook ignore HTML's `<bdi>`, and plain text has no elements.
    """
    return f"\u2068{visible(text)}\u2069"
