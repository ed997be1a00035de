"""Checks before anything is built or uploaded."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from leads.domain.practice import Practice

from plugins.lint import front_matter
from plugins.lint.front_matter import PersonFrontMatter

PRACTICE = Path("content/practice.toml")
PEOPLE = Path("content/people")


def reasons(practice: Practice, root: Path) -> Iterator[str]:
    """Yield a sentence for each reason in the practice file, or in a person's file, not to publish."""
    if practice.sample:
        yield (
            f"{PRACTICE} describes a practice that does not exist. Write your own facts into it, and remove the "
            "line `sample = true`."
        )
    yield from _sample_people(root)
    status = _status(root)
    if status is None:
        yield f"Git does not say whether {PRACTICE} is saved. Publish from the project's own git folder."
    elif status:
        yield (
            f"{PRACTICE} has changes that are not saved in git. Save them first: "
            f"git commit -m 'Practice file' {PRACTICE}"
        )


def _sample_people(root: Path) -> Iterator[str]:
    for file in sorted((root / PEOPLE).rglob("*.md")):
        person = front_matter.read(file)
        if isinstance(person, PersonFrontMatter) and person.sample and person.status == "published":
            yield (
                f"{file.relative_to(root).as_posix()}: {person.name} is a sample and does not exist. Write a person of "
                "your practice into the file, and remove the line “Sample: true”, or delete the file."
            )


def _status(root: Path) -> str | None:
    """Return git's status of the file: "" if it is committed, None without git or outside of a repository."""
    command = ["git", "-C", str(root), "status", "--porcelain", "--ignored", "--", str(PRACTICE)]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 -- our own
    except (OSError, subprocess.CalledProcessError):
        return None


def of_paths(paths: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each built file that is not for readers.

    The build leaves drafts out already; this catches a changed setting.
    """
    for path in paths:
        if path.startswith(("drafts/", "styleguide/")):
            yield f"output/{path} is not for readers. Look at DRAFT_SAVE_AS and DIRECT_TEMPLATES in pelicanconf.py."
