"""Tests of the builds of `make serve`: the last good site stays, and open pages learn of a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import site as builder
from infra.local.builds import FIX_BEFORE_PUBLISHING, BuildEvent, Builds


@pytest.fixture
def stored() -> list[Path]:
    """Return a list of the folders whose facts were stored."""
    return []


@pytest.fixture
def builds(tmp_path: Path, stored: list[Path], monkeypatch: pytest.MonkeyPatch) -> Builds:
    """Return builds that write a few files."""
    monkeypatch.setattr(builder, "build", _write)
    return Builds(tmp_path, stored.append)


def _write(*, tolerant: bool, **folders: Path) -> str:
    for folder in folders.values():
        folder.mkdir(parents=True)
    return "content/articles/sleep.md:3: a mistake." if tolerant else ""


def _refuse(*, tolerant: bool, **folders: Path) -> None:
    _write(tolerant=tolerant, **folders)
    raise builder.BuildError("content/practice.toml:3: name: this is missing.")


def fail_to_build(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "build", _refuse)
    with pytest.raises(builder.BuildError):
        builds.build()


def test_each_build_brings_its_facts_to_the_functions(builds: Builds, stored: list[Path]) -> None:
    builds.build()
    builds.build()
    assert stored == [build.compiled for build in builds._kept]


def test_a_failed_build_keeps_the_last_good_site(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    builds.build()
    good = builds.current
    fail_to_build(builds, monkeypatch)
    assert builds.current == good


def test_a_failed_build_is_an_event(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    builds.build()
    fail_to_build(builds, monkeypatch)
    problem = "This page is older than your files:\ncontent/practice.toml:3: name: this is missing."
    assert builds.wait_for_event(None, 0) == BuildEvent(builds.current.name, problem)


def test_the_first_build_shows_its_mistakes_above_what_there_is(builds: Builds) -> None:
    builds.build()
    problem = f"{FIX_BEFORE_PUBLISHING}\ncontent/articles/sleep.md:3: a mistake."
    assert builds.wait_for_event(None, 0) == BuildEvent(builds.current.name, problem)


def test_a_build_without_mistakes_clears_them(builds: Builds) -> None:
    builds.build()
    builds.build()
    assert builds.wait_for_event(None, 0) == BuildEvent(builds.current.name)


def test_a_failed_build_leaves_no_files(builds: Builds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    builds.build()
    fail_to_build(builds, monkeypatch)
    assert list(tmp_path.iterdir()) == [builds.current.folder]


def test_a_page_on_its_way_finds_the_files_of_the_build_before(builds: Builds) -> None:
    builds.build()
    before = builds.current
    builds.build()
    assert before.output.exists()


def test_old_builds_are_removed(builds: Builds, tmp_path: Path) -> None:
    for _ in range(5):
        builds.build()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_known_event_is_waited_for_no_longer_than_asked(builds: Builds) -> None:
    builds.build()
    known = builds.wait_for_event(None, 0)
    assert builds.wait_for_event(known, 0.01) == known
