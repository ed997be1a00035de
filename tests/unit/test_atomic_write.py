"""Files that appear whole or not at all."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

import pytest
from leads.cli.atomic_write import atomic_write


def test_a_file_appears_when_its_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"

    with atomic_write(path) as file:
        file.write("whole")
        assert not path.exists()

    assert [path.read_text(encoding="utf-8"), *tmp_path.iterdir()] == ["whole", path]


def test_after_an_error_nothing_is_left(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), atomic_write(tmp_path / "leads.csv") as file:
        file.write("half")
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_after_an_error_the_older_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("older", encoding="utf-8")

    with pytest.raises(ZeroDivisionError), atomic_write(path):
        raise ZeroDivisionError

    assert path.read_text(encoding="utf-8") == "older"


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "leads.csv"):
        pass

    assert stat.S_IMODE((tmp_path / "leads.csv").stat().st_mode) == 0o600
