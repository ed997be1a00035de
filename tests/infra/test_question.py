"""Tests of questions to the person at the terminal."""

from __future__ import annotations

import pytest

from infra.deploy import question
from infra.stack import StackError


@pytest.mark.parametrize(("typed", "yes"), [("y", True), (" Yes ", True), ("", False), ("n", False)])
def test_only_a_yes_is_a_yes(typed: str, yes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: typed)
    assert question.is_yes("Do this?") is yes


def test_without_a_terminal_it_says_how_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: (_ for _ in ()).throw(EOFError))
    with pytest.raises(StackError, match="YES=1 says yes"):
        question.answer("Do this?")
