"""The diagnostic: one mistake in the content, with its file, line and remedy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One mistake in the content; its message ends with what to write instead."""

    path: str
    line: int
    message: str
    is_warning: bool = False
    awaits_review: bool = False
    """Whether only this page stays as it is live, while all others are published."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' if self.is_warning else ''}{self.message}"
