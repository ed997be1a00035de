"""Questions to the person at the terminal."""

from __future__ import annotations

from infra.stack import StackError


def answer(question: str) -> str:
    """Return what is typed after the question. Raises StackError where there is no terminal."""
    try:
        return input(question).strip()
    except EOFError:
        raise StackError("There is no terminal to ask on. YES=1 says yes, except where data is at risk.") from None


def is_yes(question: str) -> bool:
    """Return True if the answer is yes. Raises StackError where there is no terminal."""
    return answer(f"{question} [y/N] ").lower() in {"y", "yes"}
