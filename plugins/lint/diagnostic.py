"""One mistake that a check found, in words for whoever can correct it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Diagnostic:
    """Where a mistake is, what is wrong and what to write instead."""

    path: str
    line: int
    message: str
    is_warning: bool = False
    awaits_review: bool = False
    """Whether it keeps this one page as it is live, and no other."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' if self.is_warning else ''}{self.message}"
