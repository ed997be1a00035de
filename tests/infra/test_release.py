"""Tests of the plan between two releases, and of its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.publish.release import ASSET_RETENTION, File, Plan, Release, Retired, addresses, is_asset, plan
from infra.publish.site_files import BuiltSite

NOW = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)

PAGES = st.dictionaries(st.sampled_from(["index.html", "a/index.html", "b/index.html"]), st.sampled_from([b"1", b"2"]))
ASSETS = st.sets(st.sampled_from(["assets/a.1.js", "assets/b.1.js"])).map(lambda paths: dict.fromkeys(paths, b"js"))
SITES = st.builds(lambda pages, assets: {**pages, **assets}, PAGES, ASSETS)
PATHS = st.sets(st.sampled_from(["index.html", "a/index.html", "z/index.html", "assets/a.1.js", "assets/z.1.js"]))

Content = Mapping[str, bytes]


def release(content: Content, retired: Mapping[str, Retired] | None = None) -> Release:
    files = {path: file.model_copy(update={"version": "v"}) for path, file in BuiltSite(content).files.items()}
    return Release(id="x", files=files, retired=retired or {})


def planned(live: Content, target: Content, doubtful: frozenset[str] = frozenset()) -> Plan:
    return plan(release(live), BuiltSite(target).files, doubtful, NOW)


def carried_out(wanted: Plan, there: Content, target: Content) -> Content:
    """Return what the bucket has afterwards."""
    uploads = {path for paths in wanted.uploads for path in paths}
    after = {**there, **{path: target[path] for path in uploads}}
    return {path: body for path, body in after.items() if path not in wanted.removed}


@given(SITES, SITES, PATHS)
def test_whatever_was_there_visitors_get_the_wanted_pages_and_no_others(
    live: Content, target: Content, doubtful: set[str]
) -> None:
    there = {**live, **dict.fromkeys(doubtful, b"anything")}
    after = carried_out(planned(live, target, frozenset(doubtful)), there, target)
    assert {path: body for path, body in after.items() if path in target or not is_asset(path)} == target


@given(SITES, SITES, PATHS)
def test_a_doubtful_path_is_never_taken_for_something_that_is_there(
    live: Content, target: Content, doubtful: set[str]
) -> None:
    after = carried_out(
        planned(live, target, frozenset(doubtful)), {**live, **dict.fromkeys(doubtful, b"half")}, target
    )
    assert [path for path in target if after[path] == b"half"] == []


@given(SITES, SITES)
def test_nothing_is_uploaded_that_is_there(live: Content, target: Content) -> None:
    wanted = planned(live, target)
    assert [path for paths in wanted.uploads for path in paths if live.get(path) == target[path]] == []


@given(SITES)
def test_between_a_site_and_itself_there_is_nothing(site: Content) -> None:
    assert planned(site, site).is_empty


@given(SITES, SITES)
def test_no_asset_is_removed_the_day_its_last_page_changes(live: Content, target: Content) -> None:
    assert [path for path in planned(live, target).removed if is_asset(path)] == []


@given(SITES, SITES)
def test_only_pages_are_forgotten_by_caches(live: Content, target: Content) -> None:
    assert [path for path in planned(live, target).pages if is_asset(path)] == []


@pytest.mark.parametrize(
    ("age", "removed"), [(ASSET_RETENTION, ()), (ASSET_RETENTION + dt.timedelta(seconds=1), ("assets/a.1.js",))]
)
def test_an_asset_without_pages_stays_for_ninety_days(age: dt.timedelta, removed: tuple[str, ...]) -> None:
    old = {"assets/a.1.js": Retired(since=NOW - age)}
    assert plan(release({}, old), {}, frozenset(), NOW).removed == removed


def test_an_asset_that_is_not_needed_any_more_is_no_reason_to_publish() -> None:
    old = {"assets/a.1.js": Retired(since=NOW - 2 * ASSET_RETENTION)}
    assert plan(release({}, old), {}, frozenset(), NOW).is_empty


def test_an_asset_keeps_the_day_on_which_it_was_retired() -> None:
    since = NOW - dt.timedelta(days=30)
    old = {"assets/a.1.js": Retired(since=since)}
    assert plan(release({}, old), {}, frozenset(), NOW).retired["assets/a.1.js"].since == since


def test_a_file_whose_cache_header_has_changed_is_uploaded_again() -> None:
    files = BuiltSite({"index.html": b"1"}).files
    other = {"index.html": files["index.html"].model_copy(update={"cache_control": "no-store"})}
    assert plan(release({"index.html": b"1"}), other, frozenset(), NOW).changed == ("index.html",)


def test_a_release_is_read_as_it_was_written() -> None:
    file = File(sha256="0" * 64, size=1, content_type="text/plain", cache_control="no-cache", version="v")
    written = Release(id="x", at=NOW, files={"a": file}, retired={"b": Retired(since=NOW, file=file)}, previous="w")
    assert Release.model_validate_json(written.model_dump_json()) == written


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.html", ("/", "/index.html")),
        ("sleep/index.html", ("/sleep/", "/sleep/index.html")),
        ("404.html", ("/404.html",)),
        ("feed.xml", ("/feed.xml",)),
    ],
)
def test_a_page_has_the_address_that_visitors_type_and_that_of_its_file(path: str, expected: tuple[str, ...]) -> None:
    assert addresses(path) == expected
