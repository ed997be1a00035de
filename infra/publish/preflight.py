"""Checks before anything is built or uploaded."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from leads.domain.practice import Practice

from infra.publish.release import addresses
from plugins.lint import front_matter
from plugins.lint.front_matter import FrontMatter, PersonFrontMatter
from plugins.output import moved

CONTENT = Path("content")
PRACTICE = CONTENT / "practice.toml"

NOTICES = {
    "privacy_practices": ("a Notice of Privacy Practices", "/notice-of-privacy-practices/"),
    "good_faith_estimate": ("a notice of the right to a good-faith estimate", "/good-faith-estimate/"),
}
"""Keys of [notices] that a practice's site needs, each with its name and the address of the usual page."""


def reasons(practice: Practice, root: Path) -> Iterator[str]:
    """Yield a sentence for each reason in the practice file and in the texts not to publish."""
    if practice.sample:
        yield (
            f"{PRACTICE} describes a practice that does not exist. Write your own facts into it, and remove the "
            "line `sample = true`."
        )
    yield from _samples(root)
    yield from _missing_notices(practice)
    status = _status(root)
    if status is None:
        yield f"Git does not say whether {PRACTICE} is saved. Publish from the project's own git folder."
    elif status:
        yield (
            f"{PRACTICE} has changes that are not saved in git. Save them first: "
            f"git commit -m 'Practice file' {PRACTICE}"
        )


def _missing_notices(practice: Practice) -> Iterator[str]:
    for key, (name, address) in NOTICES.items():
        if getattr(practice.notices, key) is None:
            yield (
                f"{PRACTICE} names no page with {name}, which the law asks most practices to show. Write the page and, "
                f'under [notices], {key} = "{address}". If you need none, write {key} = "none: " with the reason '
                "after it."
            )


def _samples(root: Path) -> Iterator[str]:
    for path in sorted((root / CONTENT).rglob("*.md")):
        text = front_matter.read(path)
        if text and text.sample and text.status == "published":
            line = front_matter.line_of("sample", path.read_text(encoding="utf-8-sig"))
            yield f"{path.relative_to(root).as_posix()}:{line}: {_sample(text)}, and remove this line."


def _sample(text: FrontMatter) -> str:
    if isinstance(text, PersonFrontMatter):
        return (
            f"{text.name} is a sample and does not exist. Delete the file, or write a person of your practice into it"
        )
    return f"“{getattr(text, 'title', '')}” is an example. Write your own"


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


def of_lost_addresses(live: Iterable[str], built: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each page that is live and that the built files no longer have.

    Links, bookmarks and pins lead to it for years. `live` and `built` are paths of files.
    """
    for path in sorted({path for path in live if path.endswith(".html")} - {*built}):
        address = addresses(path)[0]
        yield (
            f"{address} is live and would be lost. If its text has a new address, write the line “Was: {address}” "
            f"above that text, below its Slug. If it is gone on purpose, write the line “Gone: {address}” into "
            f"{CONTENT / moved.GONE_FILE}."
        )


SENT = {"best_times": "BEST_TIMES", "consent_versions": "CONSENT_VERSIONS"}
"""Lists in the facts of what a form may send, by the constants of functions/leads/domain/lead.py."""


def of_lost_choices(live: Mapping[str, Any], built: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each choice of the form that is live and that the built facts no longer have.

    Pages that visitors have open send it for weeks. `live` and `built` are the practice in the facts.
    """
    kept = {condition["key"] for condition in built["conditions"]}
    for condition in live["conditions"]:
        if condition["key"] not in kept:
            yield (
                f"{PRACTICE}: the condition “{condition['key']}” was live, and pages that visitors have open still "
                f"send it. Write it again, with a line that takes it out of the form:\n{_retired(condition)}"
            )
    for name, constant in SENT.items():
        for key in sorted({*live.get(name, ())} - {*built[name]}):
            yield (
                f"functions/leads/domain/lead.py: {constant} lacks “{key}”, which was live, and pages that visitors "
                "have open still send it. Publish from the newest state of the project, or keep it in that list."
            )


def _retired(condition: Mapping[str, Any]) -> str:
    """Return the condition as the practice file has one that the form no longer offers."""
    values = {**condition, "retired": True}
    shown = {key: value for key, value in values.items() if value is not False}
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in shown.items())
    return "\n".join(["[[conditions]]", *lines])
