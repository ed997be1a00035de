"""The way from one release to another, in an order in which the live site works at every moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from hashlib import sha256
from secrets import token_hex
from typing import TypeVar

from infra.facts import FactsTable, ReleaseFacts
from infra.publish.bucket import Bucket, OvertakenError
from infra.publish.distribution import Distribution
from infra.publish.release import (
    PUBLISH_LOCK_DURATION,
    PUBLISH_LOCK_MARGIN,
    File,
    Live,
    Plan,
    PublishLock,
    Release,
    plan,
)
from infra.publish.site_files import BuiltSite

T = TypeVar("T")

WORKERS = 8

Progress = Callable[[int], None]
"""Called with the number of bytes of each uploaded file."""

Source = Callable[[str, File], str]
"""Brings a file to its path in the bucket and returns its version's id."""


class PublishError(Exception):
    """Publishing cannot go on. The text says what happened and what to do."""


@dataclass(frozen=True)
class Cloud:
    """The three services that a publish writes to."""

    bucket: Bucket
    table: FactsTable
    distribution: Distribution


@dataclass(frozen=True)
class Publisher:
    """Identity of this publisher, and a check whether another publisher still runs."""

    name: str
    is_alive: Callable[[str], bool]


@dataclass(frozen=True)
class Transition:
    """A planned transition from the live release to another one."""

    live: Live
    etag: str
    plan: Plan
    source: Source
    facts: ReleaseFacts
    """The facts that belong to the new release."""
    facts_before: ReleaseFacts | None
    """The facts that the functions read now."""
    records_facts: bool = False
    """True if the bucket does not keep the facts yet."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each article's source, by its path under content/."""
    new_texts: Mapping[str, bytes] = field(default_factory=dict)
    """The sources that the bucket does not keep yet, by their SHA-256."""
    previous: str = ""
    puts_back: str = ""

    @property
    def is_empty(self) -> bool:
        """True if nothing has to be changed. A rollback changes what the next one puts back."""
        facts_stay = not (self.changes_facts or self.records_facts)
        return self.plan.is_empty and facts_stay and not self.puts_back and self.live.underway is None

    @property
    def changes_facts(self) -> bool:
        """True if the functions read other facts now."""
        return self.facts != self.facts_before


@dataclass(frozen=True)
class Snapshot:
    """The state of bucket and table before anything is changed."""

    live: Live
    etag: str
    facts: ReleaseFacts | None
    """The facts that the functions read."""


def inspect(cloud: Cloud) -> Snapshot:
    """Read what is live, in two requests, however large the site is."""
    live, etag = cloud.bucket.live()
    return Snapshot(live, etag, cloud.table.facts())  # after the ETag: a publish in between is noticed by it


def plan_publish(
    cloud: Cloud,
    snapshot: Snapshot,
    site: BuiltSite,
    facts: ReleaseFacts,
    now: dt.datetime,
    *,
    texts: Mapping[str, bytes] | None = None,
    everything: bool = False,
) -> Transition:
    """Return the transition that publishes this site and its facts; with `everything`, it uploads each file again.

    `texts` has the source of each article of the site, by its path under content/.
    """
    live = snapshot.live
    sources = {path: (sha256(body).hexdigest(), body) for path, body in (texts or {}).items()}
    kept = frozenset(live.release.texts.values())
    return Transition(
        live=live,
        etag=snapshot.etag,
        plan=plan(live.release, site.files, _doubtful_paths(cloud.bucket, snapshot, everything=everything), now),
        source=lambda path, file: cloud.bucket.put(path, file, site.content[path]),
        facts=facts,
        facts_before=snapshot.facts,
        records_facts=everything or facts.sha256 != live.release.facts,
        texts={path: name for path, (name, _) in sources.items()},
        new_texts={name: body for name, body in sources.values() if everything or name not in kept},
        previous=live.release.id,
    )


def _doubtful_paths(bucket: Bucket, snapshot: Snapshot, *, everything: bool) -> frozenset[str]:
    if everything or not snapshot.etag:  # the bucket may have files of which no record knows
        return snapshot.live.doubtful | snapshot.live.release.files.keys() | bucket.paths()
    return snapshot.live.doubtful


def plan_rollback(cloud: Cloud, now: dt.datetime) -> Transition:
    """Return the transition that puts the previous release back.

    After an interrupted publish, that is the release which was live until then. Raises PublishError if there is no
    previous release, or the bucket does not keep it any more.
    """
    snapshot = inspect(cloud)
    live = snapshot.live
    target = _target_release(cloud.bucket, live)
    wanted = plan(live.release, target.files, live.doubtful, now)
    _ensure_kept(cloud.bucket, wanted)
    return Transition(
        live=live,
        etag=snapshot.etag,
        plan=wanted,
        source=lambda path, file: cloud.bucket.restore(path, file.version),
        facts=_kept_facts(cloud.bucket, target),
        facts_before=snapshot.facts,
        texts=target.texts,
        previous=target.previous,
        puts_back=target.id,
    )


def _target_release(bucket: Bucket, live: Live) -> Release:
    if live.underway and not live.underway.puts_back:
        target = live.release if live.release.id else None
    else:
        name = live.underway.puts_back if live.underway else live.release.previous
        target = bucket.release(name) if name else None
    if target is None:
        raise PublishError("There is no earlier release to put back. `make publish` publishes what is here.")
    return target


def _ensure_kept(bucket: Bucket, wanted: Plan) -> None:
    paths = (path for paths in wanted.uploads for path in paths)
    kept = _map_concurrently(lambda path: bucket.has(path, wanted.files[path].version), paths)
    if lost := sorted(path for path, is_kept in kept.items() if not is_kept):
        raise _lost_error(lost[0])


def _kept_facts(bucket: Bucket, target: Release) -> ReleaseFacts:
    facts = bucket.facts(target.facts)
    if facts is None:
        raise _lost_error("facts")
    return facts


def _lost_error(what: str) -> PublishError:
    return PublishError(
        f"The earlier release cannot be put back: the bucket does not keep its {what} any more. "
        "Take the earlier state from git and run `make publish`."
    )


def carry_out(
    transition: Transition, cloud: Cloud, publisher: Publisher, clock: Callable[[], dt.datetime], progress: Progress
) -> Release:
    """Execute the transition and return the release that is live then.

    Raises PublishError if another publish is under way. If it is interrupted at any point, the live site works, and
    the next `make publish` or `make rollback` knows from the lock which paths may be half done.
    """
    _ensure_alone(transition.live.underway, publisher, clock())
    name = f"{clock():%Y%m%dT%H%M%SZ}-{token_hex(4)}"
    transition = _acquire_lock(transition, cloud.bucket, publisher, clock())
    release = _apply(transition, cloud, name, clock, progress)
    cloud.bucket.put_release(release)
    _write(cloud.bucket, Live(release=release), transition.etag)
    return release


def _ensure_alone(underway: PublishLock | None, publisher: Publisher, now: dt.datetime) -> None:
    if underway and now < underway.until and publisher.is_alive(underway.owner):
        raise PublishError(
            f"{underway.owner} is publishing at this moment. Wait for the end of that; if it was interrupted, "
            f"run this again after {underway.until.astimezone():%H:%M %Z}."
        )


def _acquire_lock(transition: Transition, bucket: Bucket, publisher: Publisher, now: dt.datetime) -> Transition:
    """Write the lock with every path that may change: a later publish treats these as doubtful."""
    touches = {*transition.plan.added, *transition.plan.changed, *transition.plan.removed, *transition.live.doubtful}
    underway = PublishLock(
        owner=publisher.name,
        until=now + PUBLISH_LOCK_DURATION,
        touches=frozenset(touches),
        puts_back=transition.puts_back,
    )
    live = transition.live.model_copy(update={"underway": underway})
    return replace(transition, live=live, etag=_write(bucket, live, transition.etag))


def _write(bucket: Bucket, live: Live, etag: str) -> str:
    try:
        return bucket.set_live(live, etag)
    except OvertakenError:
        raise PublishError("Another publish began a moment ago. Run this again when that is done.") from None


def _apply(
    transition: Transition, cloud: Cloud, name: str, clock: Callable[[], dt.datetime], progress: Progress
) -> Release:
    """Bring assets, facts and pages, remove old ones, invalidate caches; return the release as the bucket has it.

    A rollback brings the facts last: until then pages may offer what the facts before have and the others lack.
    """
    assets, new, known = transition.plan.uploads
    versions = _upload(assets, transition, clock, progress)
    for text, body in transition.new_texts.items():
        cloud.bucket.put_text(text, body)
    if not transition.puts_back:
        _bring_facts(transition, cloud, clock())
    versions |= _upload(new, transition, clock, progress)
    versions |= _upload(known, transition, clock, progress)
    _remove(transition, cloud.bucket, clock)
    _ensure_in_time(transition, clock())
    if transition.plan.pages:
        cloud.distribution.invalidate(transition.plan.pages, name)
    if transition.puts_back:
        _bring_facts(transition, cloud, clock())
    return _release(transition, name, clock(), versions)


def _upload(
    paths: Iterable[str], transition: Transition, clock: Callable[[], dt.datetime], progress: Progress
) -> dict[str, str]:
    """Upload these files, several at a time; return the id of each one's version."""

    def upload(path: str) -> str:
        _ensure_in_time(transition, clock())
        version = transition.source(path, transition.plan.files[path])
        progress(transition.plan.files[path].size)
        return version

    return _map_concurrently(upload, paths)


def _remove(transition: Transition, bucket: Bucket, clock: Callable[[], dt.datetime]) -> None:
    def remove(path: str) -> None:
        _ensure_in_time(transition, clock())
        bucket.remove(path)

    _map_concurrently(remove, transition.plan.removed)


def _ensure_in_time(transition: Transition, now: dt.datetime) -> None:
    if transition.live.underway and now > transition.live.underway.until - PUBLISH_LOCK_MARGIN:
        raise PublishError("This took so long that another publish may have begun. Run it again.")


def _bring_facts(transition: Transition, cloud: Cloud, now: dt.datetime) -> None:
    _ensure_in_time(transition, now)
    if transition.records_facts:
        cloud.bucket.put_facts(transition.facts)
    if transition.changes_facts:
        cloud.table.put(transition.facts.item)


def _release(transition: Transition, name: str, at: dt.datetime, versions: Mapping[str, str]) -> Release:
    """Return the release with the id of each file's version, uploaded now or before."""
    live = transition.live.release
    retired = {path: each.file.version for path, each in live.retired.items() if each.file}
    known = {**retired, **{path: file.version for path, file in live.files.items()}, **versions}
    return Release(
        id=name,
        at=at,
        files={path: file.model_copy(update={"version": known[path]}) for path, file in transition.plan.files.items()},
        retired=transition.plan.retired,
        facts=transition.facts.sha256,
        texts=transition.texts,
        previous=transition.previous,
    )


def _map_concurrently(work: Callable[[str], T], paths: Iterable[str]) -> dict[str, T]:
    """Return the result of `work` for each path, several at a time. After a failure nothing new is begun."""
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = {pool.submit(work, path): path for path in paths}
        try:
            return {futures[future]: future.result() for future in as_completed(futures)}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
