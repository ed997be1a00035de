"""The commands `make publish` and `make rollback`."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leads.domain.people import People, StaffedPractice
from leads.settings import COMPILED
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from infra import site, stack
from infra.facts import FactsTable, ReleaseFacts
from infra.publish import distribution, output, preflight, unreviewed
from infra.publish.bucket import Bucket
from infra.publish.distribution import MAX_ATTEMPTS, Distribution, Fetch
from infra.publish.publishing import (
    Cloud,
    Publisher,
    PublishError,
    Snapshot,
    Transition,
    carry_out,
    inspect,
    plan_publish,
    plan_rollback,
)
from infra.publish.release import Release, addresses
from infra.publish.site_files import BuiltSite
from plugins.lint import practice_file
from plugins.lint.diagnostic import print_annotations, print_findings

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
OUTPUT = ROOT / "output"

ONLY_HERE = ("LOCAL", "SITE_URL")
"""Variables with which `make serve` builds a site that works on this machine only."""

AGAIN = "The live site works as it is. Run `make {command}` again to complete what was begun."


class UnreviewedError(PublishError):
    """Everything is published except the articles whose last change awaits its review."""


def publish(*, dry_run: bool, everything: bool, fetch: Fetch = distribution.fetch) -> None:
    """Build the site and publish it. With `everything`, upload each file again.

    Articles whose last change awaits its review keep their live text; UnreviewedError is raised when all else is
    published. Raises PublishError, site.BuildError or stack.StackError if it fails.
    """
    practice = ensure_publishable()
    stack_outputs = stack.outputs(stack.name())
    cloud = cloud_of(stack_outputs)
    waiting = unreviewed.awaiting(CONTENT)
    with ThreadPoolExecutor(1) as meanwhile:
        snapshot = meanwhile.submit(inspect, cloud)
        if waiting:
            print_findings(unreviewed.messages(CONTENT, waiting))
        built = build_reviewed(waiting, cloud.bucket, snapshot.result) if waiting else build(CONTENT)
    ensure_nothing_lost(snapshot.result(), built)
    for note in people_notes(practice, cloud.table.people()):
        print(note)
    transition = plan_publish(
        cloud, snapshot.result(), built.site, built.facts, now(), texts=built.texts, everything=everything
    )
    execute(transition, cloud, stack_outputs["SiteAddress"], dry_run=dry_run, fetch=fetch)
    if waiting:
        raise UnreviewedError(f"Not published, for its last change was not reviewed: {', '.join(sorted(waiting))}.")


def rollback(*, dry_run: bool, fetch: Fetch = distribution.fetch) -> None:
    """Put back the release that was live before. Raises PublishError or stack.StackError."""
    stack_outputs = stack.outputs(stack.name())
    cloud = cloud_of(stack_outputs)
    execute(plan_rollback(cloud, now()), cloud, stack_outputs["SiteAddress"], dry_run=dry_run, fetch=fetch)


def ensure_publishable() -> StaffedPractice:
    """Return the practice of the file. Raises PublishError with every reason why this may not be published."""
    try:
        practice = practice_file.read(ROOT / preflight.PRACTICE)
    except practice_file.PracticeFileError as mistakes:
        raise PublishError(str(mistakes).replace(f"{ROOT}/", "")) from None
    if found := [*preflight.reasons(practice, ROOT)]:
        raise PublishError("\n".join(found))
    return practice


@dataclass(frozen=True)
class BuiltRelease:
    """What a build makes for a release."""

    site: BuiltSite
    texts: Mapping[str, bytes]
    """The source of each article in the site, by its path under content/."""
    facts: ReleaseFacts


def ensure_nothing_lost(snapshot: Snapshot, built: BuiltRelease) -> None:
    """Raise PublishError if an address, or a choice in the form, that is live would be lost."""
    lost = [*preflight.of_lost_addresses(snapshot.live.release.files, built.site.content)]
    if snapshot.facts:
        lost += preflight.of_lost_choices(snapshot.facts.values, built.facts.values)
    if lost:
        raise PublishError("\n".join(lost))


def people_notes(practice: StaffedPractice, live: People | None) -> Iterator[str]:
    """Yield what to know if the people of the practice file are not those who get the requests.

    No name is in it: the log of a publish on GitHub is public.
    """
    if live is None:
        yield "Note: it is not stored who gets the requests, so requests wait. `make staff` stores it."
    elif live != practice.people:
        yield (
            "Note: [staff] or [notify] in the practice file differ from what is live. A publish does not change who "
            "gets the requests; `make staff` does."
        )


def build_reviewed(waiting: Mapping[str, str], bucket: Bucket, inspect: Callable[[], Snapshot]) -> BuiltRelease:
    """Build the site with the live text of each waiting article.

    Returns and raises what `build` does.
    """
    live = inspect().live.release

    def text(path: str) -> bytes | None:
        if path in live.texts:
            return bucket.text(live.texts[path])
        if f"{waiting[path]}/index.html" in _pages(live):
            raise PublishError(
                f"{CONTENT.name}/{path}: its page is live from a file of another name. Give the file its old name, or "
                "have the change reviewed first."
            )
        return None

    with unreviewed.as_live(CONTENT, waiting, text) as content:
        return build(content)


def build(content: Path) -> BuiltRelease:
    """Build the site with all checks. Raises site.BuildError or PublishError."""
    for name in ONLY_HERE:
        os.environ.pop(name, None)
    site.build(PATH=content, OUTPUT_PATH=OUTPUT, COMPILED_PATH=COMPILED)
    built = BuiltSite.read(OUTPUT)
    if found := [*preflight.of_paths(built.content)]:
        raise PublishError("\n".join(found))
    return BuiltRelease(built, unreviewed.texts(content, built.content), ReleaseFacts.compiled(COMPILED))


def cloud_of(stack_outputs: Mapping[str, str]) -> Cloud:
    """Return clients of the stack's bucket, table of facts and distribution."""
    return Cloud(
        Bucket(stack_outputs["SiteBucket"], stack.client("s3")),
        FactsTable(stack_outputs["FactsTable"], stack.client("dynamodb")),
        Distribution(stack_outputs["DistributionId"], stack.client("cloudfront")),
    )


def execute(transition: Transition, cloud: Cloud, address: str, *, dry_run: bool, fetch: Fetch) -> None:
    """Print what will change, change it, check the live page and print the result. Raises PublishError."""
    if transition.is_empty:
        check(transition.live.release, address, fetch, attempts=1)
        print(f"Nothing to publish: {live_line(transition.live.release, address)}")
        return
    print_changes(transition, address)
    if dry_run:
        print("DRY_RUN: nothing was changed.")
        return
    with progress_bar(transition.plan.size) as progress:
        release = carry_out(transition, cloud, this_process(), now, progress)
    check(release, address, fetch, attempts=MAX_ATTEMPTS, changed=transition.plan.pages)
    print(f"Live: {live_line(release, address)}")


def print_changes(transition: Transition, address: str) -> None:
    """Print what will change."""
    if transition.live.underway:
        print(
            f"A publish by {transition.live.underway.owner} was interrupted. "
            "What it may have left half done is done again."
        )
    print(f"What changes on {address}:")
    print("\n".join([*output.change_lines(transition), f"  {output.summary(transition)}"]))


def live_line(release: Release, address: str) -> str:
    """Return one line that says what is live."""
    pages = len(_pages(release))
    return f"{address} has {pages} pages, as of {output.moment(release.at)} (release {release.id})."


def check(release: Release, address: str, fetch: Fetch, *, attempts: int, changed: tuple[str, ...] = ()) -> None:
    """Fetch one page as visitors do, the first that changed or the home page, and compare it.

    Raises PublishError if it is not the published one after so many attempts.
    """
    known = _pages(release)
    pages = [path for path in (*changed, "index.html") if path in known]
    if not pages:
        return
    url = address + addresses(pages[0])[0]
    if problem := distribution.page_problem(url, release.files[pages[0]].sha256, fetch, attempts=attempts):
        raise PublishError(
            f"Everything is in the bucket, but visitors do not get it at {url}: {problem}. If the address is new, its "
            "DNS record may be missing (`make deploy` names it); otherwise run `make publish FULL=1`."
        )


def _pages(release: Release) -> frozenset[str]:
    """Return the paths of the pages that answer with themselves: all but those at old addresses."""
    return frozenset(path for path, file in release.files.items() if path.endswith(".html") and not file.metadata)


@contextmanager
def progress_bar(size: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, and nothing elsewhere; yields the function that adds bytes to it."""
    columns = (TextColumn("  uploading"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=size)
        yield lambda arrived: progress.advance(task, arrived)


def this_process() -> Publisher:
    """Return this process as a publisher.

    A publisher of another machine always counts as alive: it cannot be asked.
    """
    machine = socket.gethostname()

    def is_alive(owner: str) -> bool:
        where, _, number = owner.rpartition(", process ")
        return not where.endswith(f"@{machine}") or (int(number) != os.getpid() and _runs(int(number)))

    return Publisher(f"{_user()}@{machine}, process {os.getpid()}", is_alive)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def now() -> dt.datetime:
    """Return the present moment, UTC."""
    return dt.datetime.now(dt.UTC)


def is_set(variable: str) -> bool:
    """Return True if a variable of make is on: DRY_RUN=1."""
    return os.environ.get(variable, "") not in {"", "0", "no", "false"}


def main(arguments: list[str]) -> None:
    """Run one of the two commands; exit with 1 and a sentence if it fails."""
    command = arguments[0] if arguments else "publish"
    try:
        with stack.translate_aws_errors():
            if command == "rollback":
                rollback(dry_run=is_set("DRY_RUN"))
            else:
                publish(dry_run=is_set("DRY_RUN"), everything=is_set("FULL"))
    except site.BuildError as error:
        print_annotations(str(error))
        sys.exit(f"{error}\nNothing was published.".strip())
    except (PublishError, stack.StackError) as error:
        print_annotations(str(error))
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(f"\n{AGAIN.format(command=command)}")


if __name__ == "__main__":
    main(sys.argv[1:])
