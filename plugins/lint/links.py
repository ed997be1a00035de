"""Links of the built site that lead nowhere or to an id that is used twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
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


def broken_links(output: Path) -> Iterator[BrokenLink]:
    """Yield each link of the built pages that leads nowhere, and each id used twice."""
    pages = {f"/{path.relative_to(output).as_posix()}": _read(path) for path in sorted(output.rglob("*.html"))}
    for name, page in pages.items():
        address = name.removesuffix("index.html")
        for target in dict.fromkeys(page.targets):
            reason = _reason(name, target, pages, output)
            if reason:
                yield BrokenLink(address, target, reason)
        for place, times in Counter(page.ids).items():
            if times > 1:
                yield BrokenLink(address, f"#{place}", f"leads to {times} places on the page")


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _reason(name: str, target: str, pages: Mapping[str, _Page], output: Path) -> str | None:
    parts = urlsplit(urljoin(name, target))
    if parts.scheme or parts.netloc or parts.path.startswith(FUNCTION_PATHS):
        return None
    path = unquote(parts.path) + ("index.html" if parts.path.endswith("/") else "")
    if not (output / path.lstrip("/")).is_file():
        return "leads nowhere: there is no such page or file"
    if parts.fragment and path in pages and unquote(parts.fragment) not in pages[path].ids:
        return "leads nowhere: the page has no such place"
    return None
