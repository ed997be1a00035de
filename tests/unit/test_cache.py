"""Files that are kept between builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.media.cache import cached


def test_a_file_is_made_once_and_then_read(tmp_path: Path) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"picture"

    assert cached(tmp_path / "new", ("title", 1), make) == cached(tmp_path / "new", ("title", 1), make) == b"picture"
    assert len(made) == 1


def test_another_key_is_another_file(tmp_path: Path) -> None:
    assert cached(tmp_path, ("title", 1), lambda: b"one") == b"one"
    assert cached(tmp_path, ("title", 2), lambda: b"two") == b"two"


def test_a_failure_leaves_nothing_that_a_later_build_would_read(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cached(tmp_path, "x", fail)
    assert cached(tmp_path, "x", lambda: b"whole") == b"whole"
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"whole"]
