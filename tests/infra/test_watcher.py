"""Tests of the background work of `make serve`: sweeps, and a new build or a new start when a file is saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from watchfiles import Change

from infra import site
from infra.local import watcher
from infra.local.builds import Build, Builds
from tests.support.factories import practice
from tests.support.small_site import ARTICLE


class FakeBuilds(Builds):
    """Builds that only count, or fail with `error`."""

    def __init__(self, error: str = "", mistakes: str = "", shown: Build | None = None) -> None:
        self.count = 0
        self._error, self._mistakes = error, mistakes
        self._shown = shown or Build(Path("none"))

    @property
    def current(self) -> Build:
        return self._shown

    @property
    def problem(self) -> str:
        return self._mistakes

    def build(self) -> str:
        self.count += 1
        if self._error:
            raise site.BuildError(self._error)
        return self._mistakes


@pytest.fixture
def save(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that says which files are saved, one moment each, while they are watched."""

    def save(*paths: str) -> None:
        def watched(*_: Path, **__: object) -> Iterator[set[tuple[Change, str]]]:
            yield from ({(Change.modified, str(site.ROOT / path))} for path in paths)

        monkeypatch.setattr(watcher, "watch", watched)

    return save


def watch(builds: FakeBuilds) -> list[str]:
    """Watch until there are no more changes; return what was called besides builds."""
    called: list[str] = []
    watcher.watch_sources(builds, lambda: called.append("restart"), Event())
    return called


def test_each_saved_source_is_built(save: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    save("content/practice.toml", "theme/templates/base.html")
    builds = FakeBuilds()
    assert (watch(builds), builds.count) == ([], 2)
    lines = capsys.readouterr().out.splitlines()
    saved = ["content/practice.toml.", "theme/templates/base.html."]
    assert [re.sub(r"[\d.]+ s: ", "", line) for line in lines] == [
        f"The site is built anew after {name}" for name in saved
    ]


@pytest.fixture
def project(tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder with an article that is in the present build."""
    monkeypatch.setattr(site, "ROOT", tmp_path)
    (build.compiled / "practice.json").write_text(practice().model_dump_json(), encoding="utf-8")
    (build.output / "sleep").mkdir()
    (build.output / "sleep" / "index.html").write_text("", encoding="utf-8")
    (tmp_path / "content" / "articles").mkdir(parents=True)
    return tmp_path


DRAFT = ARTICLE.replace("Slug", "Status: draft\nSlug")
OUTCOMES = {
    "a public article": ("sleep.md", ARTICLE, "is on the page after 0.0 s."),
    "a draft that is shown": ("sleep.md", DRAFT, "is on the page after 0.0 s (draft)."),
    "a file with mistakes": (
        "sleep.md",
        ARTICLE.replace("Slug: sleep", "Slug: Sleep!"),
        "is not on the page: left out because of mistakes.",
    ),
    "a page of before": (
        "sleep.md",
        ARTICLE.replace("Date: 2026", "Date: x"),
        "is not on the page: shown as it was before its mistakes.",
    ),
    "a skipped file": (
        "sleep.md",
        ARTICLE.replace("Slug", "Status: skip\nSlug"),
        "is not on the page: left out: its Status is skip.",
    ),
    "a file of another kind": ("sleep.docx", "", "is not on the page: only files whose names end in .md are read."),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_text_is_said_to_be_on_the_page_only_if_it_is(
    kind: str, project: Path, build: Build, save: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    name, text, said = OUTCOMES[kind]
    (project / "content" / "articles" / name).write_text(text, encoding="utf-8")
    save(f"content/articles/{name}")
    watch(FakeBuilds(shown=build))
    assert capsys.readouterr().out == f"content/articles/{name} {said}\n"


def test_a_text_that_was_removed_is_gone(
    project: Path, build: Build, save: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    save("content/articles/gone.md")
    watch(FakeBuilds(shown=build))
    assert capsys.readouterr().out == "The site is built anew after 0.0 s: content/articles/gone.md is gone.\n"


def test_changed_code_asks_for_a_restart_and_ends_the_watch(save: Callable[..., None]) -> None:
    save("functions/leads/log.py", "content/practice.toml")
    builds = FakeBuilds()
    assert (watch(builds), builds.count) == (["restart"], 0)


def test_the_sites_settings_are_read_by_each_build(save: Callable[..., None]) -> None:
    save("pelicanconf.py")
    builds = FakeBuilds()
    assert (watch(builds), builds.count) == ([], 1)


def test_a_failed_build_is_reported_and_the_watch_goes_on(
    save: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    save("content/practice.toml", "content/practice.toml")
    builds = FakeBuilds(error="content/practice.toml:3: name: this is missing.")
    watch(builds)
    assert builds.count == 2
    assert "name: this is missing.\nThe site stays as it was." in capsys.readouterr().err


def test_mistakes_that_the_page_shows_are_printed(
    save: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    save("content/articles/sleep.md")
    watch(FakeBuilds(mistakes="content/articles/sleep.md:3: a mistake."))
    assert capsys.readouterr().err == "content/articles/sleep.md:3: a mistake.\nThe page shows this on top.\n"


def test_without_mistakes_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    watcher.print_mistakes("")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("path", "is_source"),
    [("content/practice.toml", True), ("functions/leads/compiled/shell.html", False), ("theme/a.css.swp", False)],
)
def test_what_a_build_writes_is_no_source(path: str, is_source: bool) -> None:
    assert watcher._SourceFilter()(Change.modified, str(site.ROOT / path)) is is_source


def test_sweeps_go_on_after_one_that_failed_until_they_are_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    stop, sweeps = Event(), 0

    def handler(event: object, context: object) -> None:
        nonlocal sweeps
        sweeps += 1
        if sweeps == 1:
            raise ValueError("a mistake")
        stop.set()

    watcher.run_sweeps(0, stop, handler)
    assert sweeps == 2
    assert "ValueError: a mistake" in capsys.readouterr().err
