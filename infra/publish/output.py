"""What a publish tells whoever runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from infra.publish.publishing import Step
from infra.publish.release import File, addresses

MOST = 30
"""Lines of a list that somebody reads."""


def what_changes(step: Step) -> Iterator[str]:
    """A line for each file that changes, and one for the functions."""
    lines = [
        *(_line("added", path, step.plan.files) for path in step.plan.added),
        *(_line("changed", path, step.plan.files) for path in step.plan.changed),
        *(_line("removed", path, {}) for path in step.plan.removed),
    ]
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"  and {len(lines) - MOST} more"
    if step.outdated:
        yield "  changed  the functions: their pages, the practice's facts or their code"


def _line(what: str, path: str, files: Mapping[str, File]) -> str:
    size = f"{_bytes(files[path].size):>10}" if path in files else " " * 10
    return f"  {what:<8}{size}  {addresses(path)[0]}"


def in_short(step: Step) -> str:
    """The same in one line."""
    counts = {"added": step.plan.added, "changed": step.plan.changed, "removed": step.plan.removed}
    told = [f"{len(paths)} {what}" for what, paths in counts.items() if paths]
    return f"{', '.join(told) or 'no file changes'}; {_bytes(step.plan.size)} to upload"


def _bytes(size: int) -> str:
    return f"{size:,} B" if size < 1000 else f"{size / 1000:,.1f} kB"


def moment(at: dt.datetime) -> str:
    """A moment on this machine's clock."""
    here = at.astimezone()
    return f"{here:%B} {here.day}, {here:%Y, %H:%M}"
