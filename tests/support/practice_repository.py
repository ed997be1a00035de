"""A git repository in which the practice file is committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support import factories


def committed(folder: Path) -> Path:
    """Make the folder a git repository with one commit that has the practice file, and return the folder."""
    (folder / "content").mkdir()
    factories.write_practice(folder / "content")
    _git(folder, "init", "--quiet")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "First")
    return folder


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)
