"""Builds of the site in `make serve`, and the events by which open pages learn of a new one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock

from infra import site

STALE_PAGE = "This page is older than your files:"
FIX_BEFORE_PUBLISHING = "This is how your files look now. Correct this before readers get them:"


@dataclass(frozen=True)
class Build:
    """One successful build, in a folder of its own, so that no request is answered from half a site."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def compiled(self) -> Path:
        return self.folder / "compiled"


@dataclass(frozen=True)
class BuildEvent:
    """The state of the site as an open page needs it: the current build, and the mistakes in the files."""

    build: str
    """The current build's name."""
    problem: str = ""
    """Mistakes of the current build, or of a newer one that failed."""


class Builds:
    """Builds the site again and again; the last successful build is current."""

    def __init__(self, folder: Path, store_facts: Callable[[Path], None]) -> None:
        self._folder = folder
        self._store_facts = store_facts
        """Brings what a build has compiled to the functions."""
        self._kept: list[Build] = []
        self._event = BuildEvent("")
        self._changed = Condition()
        self._building = Lock()

    @property
    def current(self) -> Build:
        return self._kept[-1]

    @property
    def problem(self) -> str:
        """Return what open pages show on top."""
        return self._event.problem

    def build(self) -> str:
        """Make a new build current and return its mistakes.

        Raises site.BuildError if the build fails; the current one then stays.
        """
        with self._building:
            return self._build(Build(self._folder / str(time.time_ns())))

    def _build(self, build: Build) -> str:
        try:
            # Before the first there is no good build to go on showing, so its mistakes are shown above the page.
            is_first = not self._kept
            mistakes = site.build(tolerant=is_first, OUTPUT_PATH=build.output, COMPILED_PATH=build.compiled)
            self._store_facts(build.compiled)
        except site.BuildError as error:
            shutil.rmtree(build.folder, ignore_errors=True)
            self._send(BuildEvent(self._event.build, f"{STALE_PAGE}\n{error}"))
            raise
        self._make_current(build, mistakes)
        return mistakes

    def _make_current(self, build: Build, mistakes: str) -> None:
        self._kept.append(build)
        self._send(BuildEvent(build.name, mistakes and f"{FIX_BEFORE_PUBLISHING}\n{mistakes}"))
        # The build before stays until the next one: a page that is just loading may still need its files.
        for old in self._kept[:-2]:
            shutil.rmtree(old.folder)
        del self._kept[:-2]

    def _send(self, event: BuildEvent) -> None:
        with self._changed:
            self._event = event
            self._changed.notify_all()

    def wait_for_event(self, known: BuildEvent | None, seconds: float) -> BuildEvent:
        """Return the latest event as soon as it is not the known one, or when so many seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: self._event != known, timeout=seconds)
            return self._event
