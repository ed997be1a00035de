"""What a release is, and what lies between two of them. Nothing here asks a disk, a network or the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from plugins.media import assets

ASSET_RETENTION = dt.timedelta(days=90)
"""How long an asset stays after the last page that refers to it. Caches keep pages for an hour, but a tab stays open
for days, and feed readers and networks show old pictures for weeks. As long as the bucket keeps old versions."""

PUBLISH_LOCK_DURATION = dt.timedelta(minutes=15)
"""After which a publish that did not say that it is done counts as dead."""

PUBLISH_LOCK_MARGIN = dt.timedelta(minutes=2)
"""By so much a publish stops before its lease ends: a last request may take that long, and clocks differ."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class File(_Record):
    """One file of the site."""

    sha256: str
    size: int
    content_type: str
    cache_control: str
    version: str = ""
    """The bucket's name for exactly this content at this path; empty until it is there."""

    def same_content(self, other: File) -> bool:
        """Whether a reader gets the same, whatever the bucket calls it."""
        return self.model_copy(update={"version": other.version}) == other


class Retired(_Record):
    """An asset that no page refers to any more."""

    since: dt.datetime
    file: File | None = None
    """None where it is not certain what is there."""


class Release(_Record):
    """The site as it is or was live."""

    id: str = ""
    at: dt.datetime = dt.datetime.min.replace(tzinfo=dt.UTC)
    files: Mapping[str, File] = {}
    retired: Mapping[str, Retired] = {}
    code: str = ""
    """The functions' code that belongs to it, by its SHA-256 as Lambda writes it."""
    texts: Mapping[str, str] = {}
    """The SHA-256 of each article's source, by its path under content/: what is built while a change is reviewed."""
    previous: str = ""
    """The release that a rollback puts back."""


class PublishLock(_Record):
    """A publish that has begun."""

    owner: str
    until: dt.datetime
    touches: frozenset[str]
    code: str = ""
    puts_back: str = ""
    """The release's id, if it is a rollback."""


class Live(_Record):
    """What is live, and what is being done to it."""

    release: Release = Release()
    underway: PublishLock | None = None

    @property
    def doubtful(self) -> frozenset[str]:
        """Paths at which the bucket may have something else than the release says."""
        return self.underway.touches if self.underway else frozenset()


def is_asset(path: str) -> bool:
    """Whether a file has its content's hash in its name. What has not is called a page here."""
    return path.startswith(f"{assets.FOLDER}/")


@dataclass(frozen=True)
class Plan:
    """What must be done so that `files` are live."""

    files: Mapping[str, File]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    """Pages that are no more, and assets that were kept long enough."""
    retired: Mapping[str, Retired]

    @property
    def uploads(self) -> tuple[tuple[str, ...], ...]:
        """What to upload, in this order: no page ever refers to a file, and hardly to a page, that is not there."""
        new = [path for path in self.added if not is_asset(path)]
        known = [path for path in self.changed if not is_asset(path)]
        files = [path for path in (*self.added, *self.changed) if is_asset(path)]
        return tuple(files), tuple(new), tuple(known)

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages among them all, for which caches have an older answer."""
        return tuple(path for path in (*self.added, *self.changed, *self.removed) if not is_asset(path))

    @property
    def size(self) -> int:
        """Bytes to upload."""
        return sum(self.files[path].size for path in (*self.added, *self.changed))

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.pages)


def plan(live: Release, files: Mapping[str, File], doubtful: frozenset[str], now: dt.datetime) -> Plan:
    """What must be done so that these files are live, and nothing that is there already.

    `doubtful` are paths at which anything or nothing may be: they are written or removed anew.
    """
    there = {**{path: each.file for path, each in live.retired.items()}, **live.files}
    uploads = [path for path in sorted(files) if path in doubtful or not _is_live(there.get(path), files[path])]
    gone = sorted((live.files.keys() | doubtful) - files.keys())
    leaving = {path: Retired(since=now, file=_known_file(live, path, doubtful)) for path in gone if is_asset(path)}
    retired = {path: each for path, each in {**leaving, **live.retired}.items() if path not in files}
    over = {path for path, each in retired.items() if now - each.since > ASSET_RETENTION}
    return Plan(
        files=files,
        added=tuple(path for path in uploads if path not in live.files),
        changed=tuple(path for path in uploads if path in live.files),
        removed=tuple(path for path in gone if not is_asset(path)) + tuple(sorted(over)),
        retired={path: _mark_doubtful(each, path in doubtful) for path, each in retired.items() if path not in over},
    )


def _is_live(found: File | None, wanted: File) -> bool:
    return found is not None and found.same_content(wanted)


def _known_file(live: Release, path: str, doubtful: Iterable[str]) -> File | None:
    return None if path in doubtful else live.files.get(path)


def _mark_doubtful(retired: Retired, doubt: bool) -> Retired:
    return retired.model_copy(update={"file": None}) if doubt else retired


def addresses(path: str) -> tuple[str, ...]:
    """The addresses under which a cache may keep a page: what the visitor typed, and the file behind it."""
    folder = path.removesuffix("index.html")
    return (f"/{path}",) if folder == path else (f"/{folder}", f"/{path}")
