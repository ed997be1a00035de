"""Why this is not to be published: asked before anything is built or sent."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from leads.domain.practice import Practice

PRACTICE = Path("content/practice.toml")


def reasons(practice: Practice, root: Path) -> Iterator[str]:
    """A sentence for each reason that the practice file gives."""
    if practice.sample:
        yield (
            f"{PRACTICE} describes a practice that does not exist. Write your own facts into it, and take out the "
            "line `sample = true`."
        )
    status = _status(root)
    if status is None:
        yield f"Whether {PRACTICE} is saved in git cannot be told here. Publish from the project's own git folder."
    elif status:
        yield (
            f"{PRACTICE} has changes that are not saved in git. Save them first: "
            f"git commit -m 'Practice file' {PRACTICE}"
        )


def _status(root: Path) -> str | None:
    """What git has to say about the file: nothing if it is saved; None where there is no git."""
    command = ["git", "-C", str(root), "status", "--porcelain", "--ignored", "--", str(PRACTICE)]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 -- our own
    except (OSError, subprocess.CalledProcessError):
        return None


def of_paths(paths: Iterable[str]) -> Iterator[str]:
    """A sentence for each built file that is not for readers. The build leaves drafts out; this is a second lock."""
    for path in paths:
        if path.startswith(("drafts/", "styleguide/")):
            yield f"output/{path} is not for readers. Look at DRAFT_SAVE_AS and DIRECT_TEMPLATES in pelicanconf.py."
