"""Tests of the search for the Python that the functions run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.package import interpreter
from infra.package.interpreter import PackageError


@pytest.fixture
def no_other_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    interpreter.python.cache_clear()
    yield
    interpreter.python.cache_clear()


@pytest.mark.usefixtures("no_other_python")
def test_without_the_functions_python_one_sentence_says_what_to_do() -> None:
    with pytest.raises(PackageError, match=r"Install it, or name yours: PYTHON313=/path/to/python3\.13"):
        interpreter.python()


@pytest.mark.usefixtures("no_other_python")
def test_a_python_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON313", "/bin/true")
    with pytest.raises(PackageError, match="/bin/true is not one"):
        interpreter.python()
