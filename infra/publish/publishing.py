"""From one release to another, in an order in which the live site works at every moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from hashlib import sha256
from secrets import token_hex
from typing import TypeVar

from infra.publish.bucket import Bucket, OvertakenError
from infra.publish.distribution import Distribution
from infra.publish.functions import Code, Functions
from infra.publish.release import LEASE, SAFETY, File, Live, Plan, Release, Underway, plan

T = TypeVar("T")

WORKERS = 8

Progress = Callable[[int], None]
"""Told how many bytes have arrived."""

Source = Callable[[str, File], str]
"""Brings a file to its path in the bucket; the version's name."""


class PublishError(Exception):
    """Nothing more is done. The text says what happened and what to do."""


@dataclass(frozen=True)
class Cloud:
    """The three services that a publish writes to."""

    bucket: Bucket
    functions: Functions
    distribution: Distribution


@dataclass(frozen=True)
class Publisher:
    """Who publishes: a process on a machine, and whether another one of them still lives."""

    name: str
    is_alive: Callable[[str], bool]


@dataclass(frozen=True)
class Step:
    """One way from what is live to what is to be live, worked out but not gone."""

    live: Live
    mark: str
    plan: Plan
    source: Source
    code: Code | None = None
    """The code to bring to the functions, if they run another."""
    outdated: tuple[str, ...] = ()
    """The functions that run another."""
    keep_code: str = ""
    """The code that belongs to the release."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each article's source, by its path under content/."""
    new_texts: Mapping[str, bytes] = field(default_factory=dict)
    """The sources that the bucket does not keep yet, by their SHA-256."""
    previous: str = ""
    puts_back: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything is as it should be already."""
        return self.plan.is_empty and not self.outdated and self.live.underway is None


@dataclass(frozen=True)
class Seen:
    """What the cloud says before anything is done."""

    live: Live
    mark: str
    running: Mapping[str, str]
    """The functions' code, by each function's name."""

    def outdated(self, code: Code | None) -> tuple[str, ...]:
        """The functions that run another code."""
        return tuple(name for name, sha256 in self.running.items() if code and sha256 != code.sha256)


def look(cloud: Cloud) -> Seen:
    """Ask what is live: one request, and one for each function, however large the site."""
    live, mark = cloud.bucket.live()
    return Seen(live, mark, _each(cloud.functions.running, cloud.functions.names))


def publishing(
    cloud: Cloud,
    seen: Seen,
    content: Mapping[str, bytes],
    files: Mapping[str, File],
    code: Code,
    now: dt.datetime,
    *,
    texts: Mapping[str, bytes] | None = None,
    everything: bool = False,
) -> Step:
    """What it takes to publish these files and this code; everything anew if nothing may be taken for granted.

    `texts` has the source of each article among the files, by its path under content/.
    """
    live = seen.live
    sources = {path: (sha256(body).hexdigest(), body) for path, body in (texts or {}).items()}
    kept = frozenset(live.release.texts.values())
    doubtful = live.doubtful
    if everything or not seen.mark:
        doubtful |= live.release.files.keys() | cloud.bucket.paths()
    return Step(
        live=live,
        mark=seen.mark,
        plan=plan(live.release, files, doubtful, now),
        source=lambda path, file: cloud.bucket.put(path, file, content[path]),
        code=code,
        outdated=seen.outdated(code),
        keep_code=code.sha256,
        texts={path: name for path, (name, _) in sources.items()},
        new_texts={name: body for name, body in sources.values() if everything or name not in kept},
        previous=live.release.id,
    )


def rolling_back(cloud: Cloud, now: dt.datetime) -> Step:
    """What it takes to put the release before back. Raises PublishError if there is none, or not any more.

    After a publish that was interrupted, that is the release which was live until then.
    """
    seen = look(cloud)
    live = seen.live
    goal = _goal(cloud.bucket, live)
    wanted = plan(live.release, goal.files, live.doubtful, now)
    _ensure_kept(cloud.bucket, wanted)
    code = _code_to_put_back(seen, goal)
    return Step(
        live=live,
        mark=seen.mark,
        plan=wanted,
        source=lambda path, file: cloud.bucket.put_back(path, file.version),
        code=code,
        outdated=seen.outdated(code),
        keep_code=goal.code,
        texts=goal.texts,
        previous=goal.previous,
        puts_back=goal.id,
    )


def _goal(bucket: Bucket, live: Live) -> Release:
    if live.underway and not live.underway.puts_back:
        goal = live.release if live.release.id else None
    else:
        name = live.underway.puts_back if live.underway else live.release.previous
        goal = bucket.release(name) if name else None
    if goal is None:
        raise PublishError("There is no earlier release to put back. `make publish` publishes what is here.")
    return goal


def _ensure_kept(bucket: Bucket, wanted: Plan) -> None:
    paths = (path for paths in wanted.uploads for path in paths)
    kept = _each(lambda path: bucket.has(path, wanted.files[path].version), paths)
    lost = sorted(path for path, there in kept.items() if not there)
    if lost:
        raise PublishError(
            f"The earlier release cannot be put back: the bucket does not keep its {lost[0]} any more. "
            "Take the earlier state from git and run `make publish`."
        )


def _code_to_put_back(seen: Seen, goal: Release) -> Code | None:
    """The goal's code, unless the functions run something that no publish has brought there: that stays."""
    begun = {seen.live.underway.code} if seen.live.underway else set()
    ours = {seen.live.release.code, goal.code, *begun}
    running = set(seen.running.values())
    return Code(goal.code) if goal.code and running <= ours and running != {goal.code} else None


def carry_out(
    step: Step, cloud: Cloud, publisher: Publisher, clock: Callable[[], dt.datetime], progress: Progress
) -> Release:
    """Go the way. The release that is live then. Raises PublishError if somebody else is on their way.

    Interrupted anywhere, the live site works, and the next `make publish` or `make rollback` knows what may be
    half done.
    """
    _ensure_alone(step.live.underway, publisher, clock())
    name = f"{clock():%Y%m%dT%H%M%SZ}-{token_hex(4)}"
    step = _begin(step, cloud.bucket, publisher, clock())
    release = _work(step, cloud, name, clock, progress)
    cloud.bucket.keep(release)
    _write(cloud.bucket, Live(release=release), step.mark)
    return release


def _ensure_alone(underway: Underway | None, publisher: Publisher, now: dt.datetime) -> None:
    if underway and now < underway.until and publisher.is_alive(underway.owner):
        raise PublishError(
            f"{underway.owner} is publishing at this moment. Wait for the end of that; if it was interrupted, "
            f"run this again after {underway.until.astimezone():%H:%M}."
        )


def _begin(step: Step, bucket: Bucket, publisher: Publisher, now: dt.datetime) -> Step:
    """Write down what will be touched. From here on, whoever comes next takes none of it for granted."""
    touches = {*step.plan.added, *step.plan.changed, *step.plan.removed, *step.live.doubtful}
    underway = Underway(
        owner=publisher.name,
        until=now + LEASE,
        touches=frozenset(touches),
        code=step.keep_code,
        puts_back=step.puts_back,
    )
    live = step.live.model_copy(update={"underway": underway})
    return replace(step, live=live, mark=_write(bucket, live, step.mark))


def _write(bucket: Bucket, live: Live, mark: str) -> str:
    try:
        return bucket.set_live(live, mark)
    except OvertakenError:
        raise PublishError("Somebody else began to publish a moment ago. Run this again when that is done.") from None


def _work(step: Step, cloud: Cloud, name: str, clock: Callable[[], dt.datetime], progress: Progress) -> Release:
    """Files, functions, pages, removals; then caches forget. The release as the bucket has it."""

    def bring(path: str) -> str:
        _ensure_in_time(step, clock())
        version = step.source(path, step.plan.files[path])
        progress(step.plan.files[path].size)
        return version

    def remove(path: str) -> None:
        _ensure_in_time(step, clock())
        cloud.bucket.remove(path)

    assets, new, known = step.plan.uploads
    versions = _each(bring, assets)
    for text, body in step.new_texts.items():
        cloud.bucket.put_text(text, body)
    _bring_code(step, cloud)
    versions |= _each(bring, new)
    versions |= _each(bring, known)
    _each(remove, step.plan.removed)
    _ensure_in_time(step, clock())
    if step.plan.pages:
        cloud.distribution.invalidate(step.plan.pages, name)
    return _release(step, name, clock(), versions)


def _ensure_in_time(step: Step, now: dt.datetime) -> None:
    if step.live.underway and now > step.live.underway.until - SAFETY:
        raise PublishError("This took so long that somebody else may have begun to publish. Run it again.")


def _bring_code(step: Step, cloud: Cloud) -> None:
    if step.code is None:
        return
    if step.code.body and (step.outdated or step.code.sha256 != step.live.release.code):
        cloud.bucket.put_code(step.code.key, step.code.body)
    for name in step.outdated:
        cloud.functions.update(name, step.code)


def _release(step: Step, name: str, at: dt.datetime, versions: Mapping[str, str]) -> Release:
    """Each file is known by the version that the bucket has now: brought just now, or there already."""
    live = step.live.release
    retired = {path: each.file.version for path, each in live.retired.items() if each.file}
    known = {**retired, **{path: file.version for path, file in live.files.items()}, **versions}
    return Release(
        id=name,
        at=at,
        files={path: file.model_copy(update={"version": known[path]}) for path, file in step.plan.files.items()},
        retired=step.plan.retired,
        code=step.keep_code,
        texts=step.texts,
        previous=step.previous,
    )


def _each(work: Callable[[str], T], paths: Iterable[str]) -> dict[str, T]:
    """What the work makes of each path, several at a time. After a failure nothing new is begun."""
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = {pool.submit(work, path): path for path in paths}
        try:
            return {futures[future]: future.result() for future in as_completed(futures)}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
