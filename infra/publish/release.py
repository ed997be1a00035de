"""Releases and the difference between two of them; no disk, network or clock is used here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from plugins.media import assets

ASSET_RETENTION = dt.timedelta(days=90)
"""How long an asset stays after the last page that refers to it. Caches keep pages for an hour, but a tab stays open
for days, and feed readers and networks show old pictures for weeks. The bucket keeps old versions as long."""

PUBLISH_LOCK_DURATION = dt.timedelta(minutes=15)
"""After this a publish that has not removed its lock counts as interrupted."""

PUBLISH_LOCK_MARGIN = dt.timedelta(minutes=2)
"""A publish stops this long before its lock ends: a last request may take that long, and clocks differ."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class File(_Record):
    """One file of the site."""

    sha256: str
    size: int
    content_type: str
    cache_control: str
    metadata: Mapping[str, str] = {}
    """What the edge reads of a page at an old address: {"moved-to": "/new/"} or {"gone": "1"}."""
    version: str = ""
    """The id of the bucket's version with this content; "" until it is uploaded."""

    def same_content(self, other: File) -> bool:
        """Return True if a reader gets the same content and headers; the version's id may differ."""
        return self.model_copy(update={"version": other.version}) == other


class Retired(_Record):
    """An asset that no page refers to any more."""

    since: dt.datetime
    file: File | None = None
    """None if it is not certain what the bucket has at this path."""


class Release(_Record):
    """The site as it is live or was live."""

    id: str = ""
    at: dt.datetime = dt.datetime.min.replace(tzinfo=dt.UTC)
    files: Mapping[str, File] = {}
    retired: Mapping[str, Retired] = {}
    facts: str = ""
    """The SHA-256 of the facts that belong to it."""
    texts: Mapping[str, str] = {}
    """The SHA-256 of each article's source, by its path under content/; built while a change awaits review."""
    previous: str = ""
    """The release that a rollback puts back."""


class PublishLock(_Record):
    """The lock of a publish that has begun: who holds it, until when, and what it may change."""

    owner: str
    until: dt.datetime
    touches: frozenset[str]
    puts_back: str = ""
    """The id of the release that is put back, if this is a rollback."""


class Live(_Record):
    """The record of what is live, with the lock of a publish that is under way."""

    release: Release = Release()
    underway: PublishLock | None = None

    @property
    def doubtful(self) -> frozenset[str]:
        """Paths at which the bucket may have something else than the release records."""
        return self.underway.touches if self.underway else frozenset()


def is_asset(path: str) -> bool:
    """Return True if the file has its content's hash in its name. Any other file is called a page here."""
    return path.startswith(f"{assets.FOLDER}/")


@dataclass(frozen=True)
class Plan:
    """The changes that make `files` live."""

    files: Mapping[str, File]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    """Pages that no longer exist, and assets whose retention is over."""
    retired: Mapping[str, Retired]

    @property
    def uploads(self) -> tuple[tuple[str, ...], ...]:
        """Assets, new pages and changed pages, to be uploaded in this order.

        So no live page refers to an asset that is missing, and hardly any to a page that is missing.
        """
        new = [path for path in self.added if not is_asset(path)]
        known = [path for path in self.changed if not is_asset(path)]
        files = [path for path in (*self.added, *self.changed) if is_asset(path)]
        return tuple(files), tuple(new), tuple(known)

    @property
    def pages(self) -> tuple[str, ...]:
        """Every page that is added, changed or removed: caches may hold an older response for it."""
        return tuple(path for path in (*self.added, *self.changed, *self.removed) if not is_asset(path))

    @property
    def size(self) -> int:
        """Bytes to upload."""
        return sum(self.files[path].size for path in (*self.added, *self.changed))

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.pages)


def plan(live: Release, files: Mapping[str, File], doubtful: frozenset[str], now: dt.datetime) -> Plan:
    """Return the changes that make these files live, without those that are live already.

    `doubtful` are paths whose state in the bucket is not known: they are written or removed again.
    """
    known = {**{path: each.file for path, each in live.retired.items()}, **live.files}
    uploads = [path for path in sorted(files) if path in doubtful or not _is_live(known.get(path), files[path])]
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
    """Return the addresses under which a cache may keep a page: the visitor's, and the file's behind it."""
    folder = path.removesuffix("index.html")
    return (f"/{path}",) if folder == path else (f"/{folder}", f"/{path}")
