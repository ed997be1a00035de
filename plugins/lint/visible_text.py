"""The text that a reader sees or hears of HTML, by block and by attribute.

A tag, an entity or a citation inside a word does not split it here, as it does not on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

BLOCK = re.compile(
    r"address|article|aside|audio|blockquote|body|button|caption|center|col(?:group)?|d[dlt]|desc|details|dialog|dir|div"
    r"|fieldset|fig(?:caption|ure)|footer|form|g|h[1-6r]|head(?:er)?|hgroup|html|iframe|input|legend|li|listing|main|math"
    r"|menu|nav|noscript|object|[ou]l|opt(?:group|ion)|p|plaintext|pre|script|search|section|select|style|summary|svg"
    r"|t(?:able|body|d|emplate|ext|extarea|foot|h|head|itle|r)|video|xmp"
)
"""Elements that end the word before them. All others, also unknown ones, are inline."""

TEXT_ATTRIBUTES = frozenset(("abbr", "alt", "content", "label", "placeholder", "summary", "title", "value"))
"""Attributes that are shown or read aloud, besides those of ARIA."""

CITATIONS = re.compile(r'<sup>(?:<a href="#r\d+"[^>]*>\d+</a>(?:,&nbsp;)?)+</sup>')
"""How plugins/markdown/citations.py renders [@key]."""

GENERATED = re.compile(r"^Table: ")
"""What table_wrapper.py and chart.py put before the editor's words."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[str]] = [[]]
        self.labels: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end(tag)
        for name, value in attrs:
            if value and (name in TEXT_ATTRIBUTES or name.startswith("aria-")):
                self.labels.append(GENERATED.sub("", value))

    def handle_endtag(self, tag: str) -> None:
        self._end(tag)

    def handle_data(self, data: str) -> None:
        self.blocks[-1].append(data)

    def _end(self, tag: str) -> None:
        if tag == "br":
            self.blocks[-1].append("\n")  # a phrase continues in the next line
        elif BLOCK.fullmatch(tag):
            self.blocks.append([])


def texts(html: str) -> Iterator[str]:
    """Yield the text of each block and of each attribute that a reader gets."""
    reader = _Reader()
    reader.feed(CITATIONS.sub("", html))
    reader.close()
    yield from filter(str.strip, map("".join, reader.blocks))
    yield from reader.labels
