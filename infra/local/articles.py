"""The list of all texts with their state: what is public, what is not, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leads.domain.practice import Practice

from infra.local.builds import STALE_PAGE, Build
from plugins.lint import front_matter, publication
from plugins.lint.front_matter import ArticleFrontMatter, FrontMatter

FOLDERS = ("articles", "pages")

PUBLIC = "public"
LEFT_OUT = "left out because of mistakes"
OLDER = "shown as it was before its mistakes"
WAITS_FOR_OTHERS = "not built yet, because of mistakes in other files"
SKIPPED = "left out: its Status is skip"


@dataclass(frozen=True)
class ListedText:
    """An article or a page, with its state in words."""

    title: str
    source: str
    """Its file, below the project's folder."""
    address: str
    """The address of its page; "" if the present build has none."""
    state: str


@dataclass(frozen=True)
class ContentState:
    """The sources as they are now, the build that is shown, and the mistakes of the last one."""

    content: Path
    build: Build
    problem: str
    """What open pages show on top: see BuildEvent."""
    now: dt.datetime

    def texts(self) -> Iterator[ListedText]:
        """Yield each article, then each page, in the order of the files' names."""
        for folder in FOLDERS:
            for file in sorted((self.content / folder).rglob("*.md")):
                yield self.text(file)

    def text(self, file: Path) -> ListedText:
        """Return one text with its state."""
        source = file.relative_to(self.content.parent).as_posix()
        written = file.read_text(encoding="utf-8-sig", errors="replace")
        values = front_matter.values(written)
        address = f"/{values['slug']}/" if self._has_page(values) else ""
        return ListedText(values.get("title", file.name), source, address, self._state(file, source, bool(address)))

    def _has_page(self, values: dict[str, str]) -> bool:
        slug = values.get("slug", "")
        is_shown = slug and values.get("status") != "skip"
        return bool(is_shown) and (self.build.output / slug / "index.html").is_file()

    def _state(self, file: Path, source: str, has_page: bool) -> str:
        has_mistakes = any(line.startswith(f"{source}:") for line in self.problem.splitlines())
        read = _read(file)
        if read and read.status == "skip":
            return SKIPPED
        is_older = self.problem.startswith(STALE_PAGE)
        if not has_page:
            return WAITS_FOR_OTHERS if read and is_older and not has_mistakes else LEFT_OUT
        if read is None or (is_older and has_mistakes):
            return OLDER
        return ", ".join(self._words(read, has_mistakes=has_mistakes))

    def _words(self, text: FrontMatter, *, has_mistakes: bool) -> Iterator[str]:
        practice = Practice.from_json((self.build.compiled / "practice.json").read_bytes())
        moment = publication.scheduled_for(text, self.now, practice)
        yield "draft" if text.status == "draft" else f"scheduled for {moment}" if moment else PUBLIC
        article = text if isinstance(text, ArticleFrontMatter) and text.status != "draft" else None
        if article and article.awaits_review:
            yield "changed after its review"
        elif has_mistakes:
            yield "with mistakes"
        if article and article.next_review < self.now.astimezone(practice.zone).date():
            yield "review overdue"


def is_text(path: Path) -> bool:
    """Return whether a path below the project's folder is that of an article or a page."""
    return any(path.is_relative_to(Path("content", folder)) for folder in FOLDERS)


def _read(file: Path) -> FrontMatter | None:
    try:
        return front_matter.read(file)
    except UnicodeDecodeError:
        return None
