"""The site as it was last built without a mistake, and the news for open pages when that changes."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock

from infra import site
from infra.local import cloud

OLDER = "This page is older than your files:"
NOT_YET = "This is how your files look now. Correct this before readers get them:"


@dataclass(frozen=True)
class Edition:
    """One build that went well, in a folder of its own: nobody ever sees half a site."""

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
class News:
    """What an open page must know: which edition is current, and what is wrong with it or with a newer one."""

    edition: str
    problem: str = ""


class Editions:
    """Builds one edition after another; the last good one is current."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._published: list[Edition] = []
        self._news = News("")
        self._changed = Condition()
        self._building = Lock()

    @property
    def current(self) -> Edition:
        return self._published[-1]

    def build(self) -> str:
        """Publish a new edition and return its mistakes. Raises site.BuildError, and then the current one stays."""
        with self._building:
            return self._build(Edition(self._folder / str(time.time_ns())))

    def _build(self, edition: Edition) -> str:
        try:
            # Before the first there is no good edition to go on showing: then the mistakes stand above what there is.
            is_first = not self._published
            mistakes = site.build(tolerant=is_first, OUTPUT_PATH=edition.output, COMPILED_PATH=edition.compiled)
        except site.BuildError as error:
            shutil.rmtree(edition.folder, ignore_errors=True)
            self._announce(News(self._news.edition, f"{OLDER}\n{error}"))
            raise
        self._publish(edition, mistakes)
        return mistakes

    def _publish(self, edition: Edition, mistakes: str) -> None:
        self._published.append(edition)
        os.environ["LEADS_COMPILED"] = str(edition.compiled)  # the handlers read it at each request
        cloud.announce()
        self._announce(News(edition.name, mistakes and f"{NOT_YET}\n{mistakes}"))
        # The one before stays for a moment: a page on its way may still need its files.
        for old in self._published[:-2]:
            shutil.rmtree(old.folder)
        del self._published[:-2]

    def _announce(self, news: News) -> None:
        with self._changed:
            self._news = news
            self._changed.notify_all()

    def news(self, known: News | None, seconds: float) -> News:
        """The news, at once if it is not what is known, else as soon as it changes or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._news != known, timeout=seconds)
            return self._news
