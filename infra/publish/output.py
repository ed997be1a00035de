"""The lines that `make publish` prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from infra.publish.publishing import Transition
from infra.publish.release import File, addresses

MAX_LINES = 30
"""Lines of a list that are printed; a number replaces the rest."""


def change_lines(transition: Transition) -> Iterator[str]:
    """Yield a line for each file that changes, and one for the facts."""
    lines = [
        *(_line("added", path, transition.plan.files) for path in transition.plan.added),
        *(_line("changed", path, transition.plan.files) for path in transition.plan.changed),
        *(_line("removed", path, {}) for path in transition.plan.removed),
    ]
    yield from lines[:MAX_LINES]
    if len(lines) > MAX_LINES:
        yield f"  and {len(lines) - MAX_LINES} more"
    if transition.changes_facts:
        yield "  changed  what the functions know of the practice, or the frame of their pages"


def _line(what: str, path: str, files: Mapping[str, File]) -> str:
    size = f"{_bytes(files[path].size):>10}" if path in files else " " * 10
    return f"  {what:<8}{size}  {addresses(path)[0]}"


def summary(transition: Transition) -> str:
    """Return the counts of changed files and the bytes to upload, in one line."""
    counts = {"added": transition.plan.added, "changed": transition.plan.changed, "removed": transition.plan.removed}
    parts = [f"{len(paths)} {what}" for what, paths in counts.items() if paths]
    return f"{', '.join(parts) or 'no file changes'}; {_bytes(transition.plan.size)} to upload"


def _bytes(size: int) -> str:
    return f"{size:,} B" if size < 1000 else f"{size / 1000:,.1f} kB"


def moment(at: dt.datetime) -> str:
    """Return the moment in this machine's time zone, in words and with the zone."""
    here = at.astimezone()
    return f"{here:%B} {here.day}, {here:%Y, %H:%M %Z}"
