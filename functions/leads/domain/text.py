"""What people typed, made fit to stand beside what the software says."""

from __future__ import annotations

import unicodedata

DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of all that follows on the line."""


def visible(text: str) -> str:
    """Return the text with nothing in it that steers a terminal or a line: that becomes a question mark."""
    return "".join("\ufffd" if character in DIRECTIONS or _controls(character) else character for character in text)


def _controls(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def isolated(text: str) -> str:
    """Return the visible text between U+2068 and U+2069, so that its direction ends with it.

    As characters, since Gmail and Outlook do not know HTML's `<bdi>`, and a plain text has no element at all.
    """
    return f"\u2068{visible(text)}\u2069"
