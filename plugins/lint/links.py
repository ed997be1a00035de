"""Links of the built site that lead nowhere or to an id that is used twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

FUNCTION_PATHS = ("/api/", "/staff/", "/local/")
"""Paths that a function answers, not a file."""


@dataclass(frozen=True)
class BrokenLink:
    """A link of a page, and the reason why it cannot be followed."""

    page: str
    target: str
    reason: str


@dataclass
class _Page(HTMLParser):
    """A page's ids and the targets of its links."""

    ids: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src", "action"}:
                self.targets.append(value or "")


Early = Callable[[str, str], bool]


def _never_early(page: str, target: str) -> bool:
    return False


@dataclass(frozen=True)
class _Site:
    output: Path
    pages: Mapping[str, _Page]
    own: re.Pattern[str]
    is_early: Early

    def reason(self, name: str, target: str) -> str | None:
        """Return why a link of the page of this name cannot be followed; None if it can."""
        parts = urlsplit(urljoin(name, self._inside(target)))
        if parts.scheme or parts.netloc or parts.path.startswith(FUNCTION_PATHS):
            return None
        if self.is_early(name.removesuffix("index.html"), parts.path):
            return "leads to a page that is not public yet"
        path = unquote(parts.path) + ("index.html" if parts.path.endswith("/") else "")
        if not (self.output / path.lstrip("/")).is_file():
            return "leads nowhere: there is no such page or file"
        if parts.fragment and path in self.pages and unquote(parts.fragment) not in self.pages[path].ids:
            return "leads nowhere: the page has no such place"
        return None

    def _inside(self, target: str) -> str:
        own = self.own.match(target)
        return (target[own.end() :] or "/") if own and own[0] else target


def broken_links(output: Path, own: Iterable[str] = (), is_early: Early = _never_early) -> Iterator[BrokenLink]:
    """Yield each link of the built pages that leads nowhere, and each id used twice.

    `own` are the site's addresses, without a slash at the end: a link that begins with one stays on the site.
    `is_early` takes the addresses of a page and of one that it links to, and says whether the first is public before
    the second.
    """
    pages = {f"/{path.relative_to(output).as_posix()}": _read(path) for path in sorted(output.rglob("*.html"))}
    site = _Site(output, pages, re.compile(rf"(?:{'|'.join(map(re.escape, own))})(?=[/?#]|$)"), is_early)
    for name, page in pages.items():
        address = name.removesuffix("index.html")
        for target in dict.fromkeys(page.targets):
            reason = site.reason(name, target)
            if reason:
                yield BrokenLink(address, target, reason)
        for place, times in Counter(page.ids).items():
            if times > 1:
                yield BrokenLink(address, f"#{place}", f"leads to {times} places on the page")


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
