"""Tests of publish and rollback against moto: what visitors get at every moment, whatever is interrupted.

moto has no locks, so two publishes at the same instant are tested in sequence, by S3's conditional writes.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest

from infra.publish.publishing import PublishError, plan_rollback
from infra.publish.release import ASSET_RETENTION, PUBLISH_LOCK_DURATION, is_asset
from tests.support.cdn import (
    FACTS,
    LATER,
    LATER_FACTS,
    SITE,
    CloudServices,
    Killed,
    PublishedStack,
    hooked,
    missing,
    pages,
)

SHELL, LATER_SHELL = FACTS.shell.encode(), LATER_FACTS.shell.encode()


# What is live afterwards


def test_the_first_publish_brings_everything(stack: PublishedStack) -> None:
    stack.publish(SITE)
    assert stack.served() == SITE


def test_a_later_publish_brings_new_pages_and_takes_old_ones_away(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    assert published.pages() == pages(LATER)


@pytest.mark.parametrize(
    ("mark", "metadata"), [('moved-to="/new/"', {"moved-to": "/new/"}), ('gone="1"', {"gone": "1"})]
)
def test_a_rollback_brings_old_addresses_back(
    published: PublishedStack, mark: str, metadata: Mapping[str, str]
) -> None:
    published.publish({**LATER, "old/index.html": f"<!doctype html><html data-{mark}>".encode()})
    published.publish(SITE)
    published.roll_back()
    assert published.object("old/index.html")["Metadata"] == metadata


def test_assets_of_the_release_before_stay(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    assert published.served().keys() >= {"assets/look.1.css", "assets/old.1.png"}


def test_assets_are_removed_after_their_retention(published: PublishedStack) -> None:
    published.publish(LATER)
    published.pass_time(days=ASSET_RETENTION.days + 1)
    published.publish({**LATER, "index.html": b"words"})
    assert published.served().keys() & {"assets/look.1.css", "assets/old.1.png"} == set()


def test_an_asset_that_comes_back_within_that_time_is_not_uploaded_again(published: PublishedStack) -> None:
    published.publish(LATER)
    published.calls.begin()
    published.publish(SITE)
    written = {"index.html", "sleep/index.html", "old/index.html", "feed.xml"}
    records = {"live.json, begun", "the release's own record", "live.json, done"}
    assert published.calls.made.count("PutObject") == len(written) + len(records)


def test_only_what_has_changed_is_uploaded(published: PublishedStack) -> None:
    transition = published.plan_publish({**SITE, "index.html": b"words"})
    assert (transition.plan.added, transition.plan.changed, transition.plan.removed) == ((), ("index.html",), ())


def seen_when_facts_are_written(stack: PublishedStack, act: Callable[[], object]) -> list[tuple[bool, bool]]:
    """Return whether the later site's style and page were there when the facts were written."""
    seen: list[tuple[bool, bool]] = []

    def inspect(**_: object) -> None:
        served = stack.served()
        seen.append(("assets/look.2.css" in served, "new/index.html" in served))

    with hooked(stack.cloud.table.client, "before-call.dynamodb.PutItem", inspect):
        act()
    return seen


def test_assets_come_before_the_facts_that_name_them_and_these_before_the_pages(published: PublishedStack) -> None:
    assert seen_when_facts_are_written(published, lambda: published.publish(LATER, LATER_FACTS)) == [(True, False)]


def test_a_rollback_takes_the_later_pages_away_before_their_facts(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    assert seen_when_facts_are_written(published, published.roll_back) == [(True, False)]


def test_facts_that_are_live_already_are_not_written(published: PublishedStack) -> None:
    assert seen_when_facts_are_written(published, lambda: published.publish(LATER)) == []


def test_people_are_left_alone(published: PublishedStack) -> None:
    people = published.cloud.table.people()
    published.publish(LATER, LATER_FACTS)
    published.roll_back()
    assert published.cloud.table.people() == people


# Nothing to do, or nothing to be done


def test_an_unchanged_site_is_nothing_to_do(published: PublishedStack) -> None:
    assert published.plan_publish(SITE).is_empty


def test_changed_facts_alone_are_something_to_do(published: PublishedStack) -> None:
    assert not published.plan_publish(SITE, LATER_FACTS).is_empty


def test_facts_that_another_program_has_changed_are_written_again(published: PublishedStack) -> None:
    published.cloud.table.put(LATER_FACTS.item)
    published.publish(SITE)
    assert published.shell() == SHELL


def test_looking_for_changes_writes_nothing(published: PublishedStack) -> None:
    published.plan_publish(LATER, LATER_FACTS)
    assert published.calls.writes == []


def test_looking_for_changes_does_not_ask_for_each_file(published: PublishedStack) -> None:
    published.plan_publish(SITE)
    assert sorted(published.calls.made) == ["GetItem", "GetObject"]


def test_a_publish_of_everything_takes_nothing_for_granted(published: PublishedStack) -> None:
    published.cloud.bucket.put("index.html", published.plan_publish(SITE).plan.files["index.html"], SITE["index.html"])
    published.cloud.bucket.remove("assets/look.1.css")
    published.publish(SITE, everything=True)
    assert published.served() == SITE


def test_a_publish_of_everything_takes_strange_pages_away(published: PublishedStack) -> None:
    transition = published.plan_publish({**SITE, "strange.html": b"x"})
    published.cloud.bucket.put("strange.html", transition.plan.files["strange.html"], b"x")
    published.publish(SITE, everything=True)
    assert "strange.html" not in published.served()


# Killed after every single call


KILLS = range(18)
"""More calls than a publish of these sites makes, so that the last runs succeed."""


def _killed(stack: PublishedStack, act: Callable[[], object], lives: int) -> bool:
    """Return True if the process was killed before the act was done."""
    stack.calls.begin(lives)
    try:
        act()
    except Killed:
        return True
    finally:
        stack.calls.begin()
    return False


@dataclass(frozen=True)
class Interrupted:
    """The state after a killed publish, and after the next, successful one."""

    served: Mapping[str, bytes]
    shell: bytes
    completed: Mapping[str, bytes]
    completed_shell: bytes


@pytest.fixture(scope="module", params=KILLS)
def interrupted(services: CloudServices, request: pytest.FixtureRequest) -> Interrupted:
    stack = services.stack()
    stack.publish(SITE)
    _killed(stack, lambda: stack.publish(LATER, LATER_FACTS), request.param)
    served, shell = stack.served(), stack.shell()
    # The next one is killed too.
    _killed(stack, lambda: stack.publish(LATER, LATER_FACTS), request.param * 7 % 15)
    stack.publish(LATER, LATER_FACTS)
    return Interrupted(served, shell, stack.served(), stack.shell())


def test_wherever_it_is_killed_no_page_lacks_a_file_or_leads_nowhere(interrupted: Interrupted) -> None:
    assert missing(interrupted.served, [interrupted.shell]) == set()


def test_wherever_it_is_killed_every_page_is_whole(interrupted: Interrupted) -> None:
    strange = {path for path, body in interrupted.served.items() if body not in (SITE.get(path), LATER.get(path))}
    assert strange == set()


def test_wherever_it_is_killed_the_next_publish_completes_the_pages(interrupted: Interrupted) -> None:
    assert (pages(interrupted.completed), missing(interrupted.completed)) == (pages(LATER), set())


def test_wherever_it_is_killed_no_page_is_newer_than_the_facts(interrupted: Interrupted) -> None:
    newer = [path for path, body in interrupted.served.items() if not is_asset(path) and body != SITE.get(path)]
    assert not newer or interrupted.shell == LATER_SHELL


def test_wherever_it_is_killed_the_next_publish_completes_the_facts(interrupted: Interrupted) -> None:
    assert interrupted.completed_shell == LATER_SHELL


@pytest.mark.long
@pytest.mark.parametrize("lives", KILLS)
def test_wherever_it_is_killed_a_third_site_can_be_published(published: PublishedStack, lives: int) -> None:
    third = {**SITE, "third/index.html": b'<img src="/assets/new.1.png">', "assets/new.1.png": b"new"}
    _killed(published, lambda: published.publish(LATER, LATER_FACTS), lives)
    published.publish(third)
    assert (published.pages(), missing(published.served())) == (pages(third), set())


@pytest.mark.long
@pytest.mark.parametrize("lives", KILLS)
def test_wherever_a_publish_is_killed_a_rollback_undoes_it(published: PublishedStack, lives: int) -> None:
    if _killed(published, lambda: published.publish(LATER, LATER_FACTS), lives) and _has_begun(published):
        published.roll_back()
        assert (published.pages(), published.shell()) == (pages(SITE), SHELL)


@pytest.mark.parametrize("lives", KILLS)
def test_wherever_a_first_publish_is_killed_the_next_completes_it(stack: PublishedStack, lives: int) -> None:
    _killed(stack, lambda: stack.publish(SITE), lives)
    lacking = {path for path in missing(stack.served()) if is_asset(path)}  # new pages may lead to one another
    stack.publish(SITE)
    assert (lacking, stack.served()) == (set(), SITE)


@pytest.mark.parametrize("lives", KILLS)
def test_wherever_a_rollback_is_killed_no_page_lacks_a_file_and_the_next_completes_it(
    published: PublishedStack, lives: int
) -> None:
    published.publish(LATER, LATER_FACTS)
    killed = _killed(published, published.roll_back, lives)
    lacking = missing(published.served(), [published.shell()])
    if killed:
        published.roll_back()
    assert (lacking, published.pages(), published.shell()) == (set(), pages(SITE), SHELL)


def test_the_kills_are_more_than_the_calls(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    assert 10 < len(published.calls.made) < len(KILLS)


def _has_begun(stack: PublishedStack) -> bool:
    return stack.cloud.bucket.live()[0].underway is not None


def test_a_publish_that_was_killed_is_noticed_though_nothing_seems_to_have_changed(published: PublishedStack) -> None:
    assert _killed(published, lambda: published.publish(LATER), 10)
    assert not published.plan_publish(SITE).is_empty


# Rolling back


def test_a_rollback_gives_back_the_earlier_bytes(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    published.roll_back()
    assert published.pages() == pages(SITE)


def test_a_rollback_gives_back_the_earlier_headers(published: PublishedStack) -> None:
    published.publish({path: body for path, body in LATER.items() if path != "feed.xml"})
    published.roll_back()
    found = published.object("feed.xml")
    assert (found["ContentType"], found["CacheControl"]) == ("application/atom+xml; charset=utf-8", "no-cache")


def test_a_rollback_gives_back_an_asset_that_was_removed_meanwhile(published: PublishedStack) -> None:
    published.publish(LATER)
    published.pass_time(days=ASSET_RETENTION.days + 1)
    published.publish({**LATER, "index.html": b"words"})
    published.roll_back()
    published.roll_back()
    assert (published.pages(), missing(published.served())) == (pages(SITE), set())


def test_a_rollback_gives_back_the_earlier_facts(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    published.roll_back()
    assert published.cloud.table.facts() == FACTS


def test_a_release_whose_facts_are_gone_is_not_put_back_in_part(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    bucket = published.cloud.bucket
    bucket.client.delete_object(Bucket=bucket.name, Key=f"releases/facts/{FACTS.sha256}.json")
    with pytest.raises(PublishError, match="does not keep its facts"):
        published.roll_back()
    assert published.pages() == pages(LATER)


def test_a_second_rollback_goes_one_release_further_back(published: PublishedStack) -> None:
    published.publish({**SITE, "index.html": b"second"})
    published.publish({**SITE, "index.html": b"third"})
    published.roll_back()
    published.roll_back()
    assert published.pages() == pages(SITE)


def test_a_rollback_goes_behind_a_publish_of_everything_that_changed_nothing(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    published.publish(LATER, LATER_FACTS, everything=True)
    assert not plan_rollback(published.cloud, published.now).is_empty
    published.roll_back()
    published.roll_back()
    assert published.pages() == pages(SITE)


def test_after_a_rollback_a_publish_goes_forward_again(published: PublishedStack) -> None:
    published.publish(LATER, LATER_FACTS)
    published.roll_back()
    published.publish(LATER, LATER_FACTS)
    assert published.pages() == pages(LATER)


def test_a_first_release_cannot_be_rolled_back(published: PublishedStack) -> None:
    with pytest.raises(PublishError, match="no earlier release"):
        published.roll_back()


def test_a_release_that_the_bucket_does_not_keep_any_more_is_not_put_back_in_part(published: PublishedStack) -> None:
    published.publish(LATER)
    bucket = published.cloud.bucket
    record = bucket.release(bucket.live()[0].release.previous)
    assert record
    bucket.client.delete_object(
        Bucket=bucket.name, Key="site/old/index.html", VersionId=record.files["old/index.html"].version
    )
    with pytest.raises(PublishError, match=r"does not keep its old/index\.html"):
        published.roll_back()
    assert published.pages() == pages(LATER)


# Two at once


OTHER = {**SITE, "index.html": b"other"}


@pytest.mark.parametrize("begins", range(20))
def test_of_two_at_once_one_comes_through_and_the_other_changes_nothing(published: PublishedStack, begins: int) -> None:
    published.others_live = True
    calls = itertools.count()

    def interfere(**_: object) -> None:
        if next(calls) == begins:
            _unless_refused(lambda: published.carry_out(published.plan_publish(OTHER), "bob@desk, process 2"))

    transition = published.plan_publish(LATER, LATER_FACTS)
    with hooked(published.cloud.bucket.client, "before-call.s3", interfere):
        _unless_refused(lambda: published.carry_out(transition))
    assert published.pages() in (pages(LATER), pages(OTHER))


def _unless_refused(act: Callable[[], object]) -> None:
    with contextlib.suppress(PublishError):
        act()


def test_a_publish_that_another_process_is_at_work_on_is_left_alone(published: PublishedStack) -> None:
    _killed(published, lambda: published.publish(LATER), 10)
    published.others_live = True
    with pytest.raises(PublishError, match=r"ada@desk, process 1 is publishing at this moment"):
        published.carry_out(published.plan_publish(SITE), "bob@desk, process 2")


def test_a_publish_that_did_not_end_in_time_counts_as_interrupted(published: PublishedStack) -> None:
    _killed(published, lambda: published.publish(LATER), 10)
    published.others_live = True
    published.pass_time(seconds=PUBLISH_LOCK_DURATION.total_seconds() + 1)
    published.carry_out(published.plan_publish(LATER), "bob@desk, process 2")
    assert published.pages() == pages(LATER)


def test_a_publish_stops_before_another_one_may_begin(published: PublishedStack) -> None:
    transition = published.plan_publish(LATER)
    slow = replace(transition, source=lambda path, file: _late(published, path, transition.source(path, file)))
    with pytest.raises(PublishError, match="took so long"):
        published.carry_out(slow)
    assert "new/index.html" not in published.served()


def _late(stack: PublishedStack, path: str, version: str) -> str:
    stack.pass_time(seconds=PUBLISH_LOCK_DURATION.total_seconds())
    return version


def test_a_transition_is_refused_if_another_publish_came_between(published: PublishedStack) -> None:
    transition = published.plan_publish(LATER)
    published.publish({**SITE, "index.html": b"other"})
    with pytest.raises(PublishError, match="a moment ago"):
        published.carry_out(transition)
