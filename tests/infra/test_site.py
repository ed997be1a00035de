"""Tests of the build in this process: every mistake ends it, also one that Pelican only logs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pelican
import pytest

from infra import site
from tests.support.factories import PRACTICE_TOML, write_practice


def pelican_that(act: Callable[[], None]) -> type:
    """Return a class in place of Pelican whose run does this."""

    class FakePelican:
        def __init__(self, settings: dict[str, object]) -> None:
            settings["MISTAKES"] = "content/articles/sleep.md:4: a change awaits its review."

        def run(self) -> None:
            act()

    return FakePelican


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], str]:
    """Return a function that builds with a run of Pelican that does this."""

    def build(act: Callable[[], None]) -> str:
        monkeypatch.setattr(pelican, "Pelican", pelican_that(act))
        return site.build()

    monkeypatch.setattr(site, "_settings", lambda _, **__: {})
    return build


Build = Callable[[Callable[[], None]], str]


def fail(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_what_a_site_is_built_with_all_the_same_is_returned(build: Build) -> None:
    assert build(lambda: None) == "content/articles/sleep.md:4: a change awaits its review."


def test_an_error_that_is_only_logged_ends_the_build(build: Build) -> None:
    with pytest.raises(site.BuildError, match=r"^Could not process sleep\.md$"):
        build(lambda: logging.getLogger().error("Could not process %s", "sleep.md"))


def test_a_warning_is_printed_and_ends_nothing(build: Build, capsys: pytest.CaptureFixture[str]) -> None:
    build(lambda: logging.getLogger().warning("No date"))
    assert capsys.readouterr().err == "Note: No date\n"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (SystemExit("content/practice.toml:3: name: this is missing."), r"^content/practice\.toml:3: name: this is"),
        (SystemExit(1), "^$"),
        (ValueError("no such theme"), "^ValueError: no such theme$"),
    ],
    ids=["a sentence", "a number", "an exception"],
)
def test_whatever_ends_pelican_is_an_error_of_the_build(build: Build, error: BaseException, text: str) -> None:
    with pytest.raises(site.BuildError, match=text):
        build(fail(error))


def test_no_handler_of_logs_stays_behind(build: Build) -> None:
    before = list(logging.getLogger().handlers)
    build(lambda: None)
    assert logging.getLogger().handlers == before


def test_a_mistake_in_the_practice_file_is_named_below_the_projects_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "content").mkdir()
    write_practice(tmp_path / "content", f'no_such_key = "x"\n{PRACTICE_TOML}')
    monkeypatch.setattr(site, "ROOT", tmp_path)
    with pytest.raises(site.BuildError, match=r"^content/practice\.toml:1: no_such_key"):
        site.practice()


# `make build`

FINDING = "content/articles/sleep.md:4: the article was changed after its last review."


def test_make_build_ends_with_what_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise site.BuildError(FINDING)

    monkeypatch.setattr(site, "build", refuse)
    with pytest.raises(SystemExit) as ended:
        site.main()
    assert ended.value.code == FINDING


def test_make_build_names_what_awaits_its_review_and_succeeds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(site, "build", lambda: FINDING)
    site.main()
    assert FINDING in capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("stops", [True, False])
def test_on_github_make_build_annotates_the_file(
    stops: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found() -> str:
        if stops:
            raise site.BuildError(FINDING)
        return FINDING

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(site, "build", found)
    with suppress(SystemExit):
        site.main()
    annotation = "::error file=content/articles/sleep.md,line=4::the article was changed after its last review."
    assert annotation in capsys.readouterr().err.splitlines()
