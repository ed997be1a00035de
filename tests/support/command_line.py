"""Runs the `leads` command line in this process, on a table in memory."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from leads.cli import commands, target

from tests.support import deployed
from tests.support.deployed import Clinic

DONE, FAILED, USAGE, NOT_FOUND, TOO_LATE = range(5)


@dataclass(frozen=True)
class Ended:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


class TypedInput(io.StringIO):
    """Standard input of a person who types these answers."""

    def isatty(self) -> bool:
        return True


@contextmanager
def clinic(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """Deploy the functions; no local system runs beside them."""
    monkeypatch.setattr(target, "LOCAL", folder / "local.json")
    with deployed.table() as dynamodb, deployed.clinic(folder / "compiled", dynamodb) as running:
        yield running


@contextmanager
def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clinic: Clinic) -> Iterator[Run]:
    """Return a function that runs one command in a wide window without colours. Restore the environment."""
    before = dict(os.environ)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: str, answers: str | None = None) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO() if answers is None else TypedInput(answers))
        with pytest.raises(SystemExit) as ended:
            commands.main(arguments, clinic.wiring)
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    try:
        yield run
    finally:
        os.environ.clear()
        os.environ.update(before)
