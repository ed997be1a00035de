"""Hashes that name a package by everything that goes into it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from infra.package import folders, interpreter


def files(directory: Path) -> list[Path]:
    """Return every file in the directory, in the same order on any machine."""
    return sorted(path for path in directory.rglob("*") if path.is_file())


def of_tools() -> str:
    """Return a hash of what every package is made with: the Python, the locked libraries and this code."""
    return of("", Path(__file__).parent, ())


def of(note: str, folder: Path, sources: Iterable[Path]) -> str:
    """Return a hash of the note, of the sources' names and contents, and of what `of_tools` covers.

    Names count as they are below `folder`, so that the place of a copy of the project does not matter.
    """
    tools = sorted(Path(__file__).parent.glob("*.py"))
    hashed = hashlib.sha256(f"{interpreter.full_version(str(interpreter.python()))}\0{note}\0".encode())
    for path in (folders.LOCK, *tools, *sources):
        name = path.relative_to(folder) if path.is_relative_to(folder) else path.name
        hashed.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return hashed.hexdigest()[:16]
