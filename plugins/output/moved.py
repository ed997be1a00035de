"""Old addresses: a page at each one says where its text is now, or that it was taken away.

The page's root element carries what the server must answer: 301 with the new address, or 410. So a release has
its old addresses among its files, and a rollback brings them back (docs/decisions/0013-old-addresses.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.contents import Content
from pelican.generators import ArticlesGenerator
from pelican.writers import Writer

from plugins.lint import front_matter

GONE_FILE = "gone.txt"
"""The file under content/ with the addresses of texts that were taken away, each as "Gone: /address/"."""

ADDRESS = re.compile(r"/(?:[a-z0-9_-][a-z0-9._-]*/)*(?:[a-z0-9_-][a-z0-9._-]*/|[a-z0-9_-][a-z0-9._-]*\.html)")
"""What an old address may be: the edge writes all others in small letters and with a slash at the end."""

MARK = re.compile(rb'\s*<!doctype html>\s*<html [^>]*\bdata-(moved-to|gone)="([^"]*)"')


@dataclass(frozen=True)
class OldAddress:
    """What a page at an old address tells the server to answer."""

    moved_to: str = ""
    """The address to which the text has moved; "" if it was taken away."""

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return 301 if self.moved_to else 410

    @property
    def metadata(self) -> Mapping[str, str]:
        """The facts as metadata of a stored file, which the edge turns into status and location."""
        return {"moved-to": self.moved_to} if self.moved_to else {"gone": "1"}


def read(page: bytes) -> OldAddress | None:
    """Return what a built page at an old address tells the server, and None for any other file."""
    mark = MARK.match(page)
    return OldAddress(mark[2].decode() if mark[1] == b"moved-to" else "") if mark else None


def path_of(address: str) -> str:
    """Return the path of an address's file in the output folder."""
    return f"{address}index.html".lstrip("/") if address.endswith("/") else address.lstrip("/")


def gone(content: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, key and value of each entry in content/gone.txt; what follows a # is a note."""
    file = content / GONE_FILE
    lines = file.read_text(encoding="utf-8-sig").splitlines() if file.exists() else []
    for number, line in enumerate(lines, 1):
        key, _, value = line.partition("#")[0].partition(":")
        if key.strip() or value.strip():
            yield number, key.strip(), value.strip()


def _moves(contents: Iterable[Content]) -> Iterator[tuple[str, OldAddress]]:
    for content in contents:
        for _, address in front_matter.old_addresses(Path(content.source_path).read_text(encoding="utf-8-sig")):
            yield address, OldAddress(f"/{content.url}")


def _write(generator: ArticlesGenerator, writer: Writer) -> None:
    context = generator.context
    moves = [*_moves([*context["articles"], *context["pages"]])]
    taken_away = [(address, OldAddress()) for _, _, address in gone(Path(generator.settings["PATH"]))]
    for address, old in [*moves, *taken_away]:
        file = Path(generator.settings["OUTPUT_PATH"], path_of(address))
        # The checks report an address that is no old one; a page that readers have is never replaced.
        if ADDRESS.fullmatch(address) and not file.exists():
            _write_page(generator, file, old, context)


def _write_page(generator: ArticlesGenerator, file: Path, old: OldAddress, context: Mapping[str, Any]) -> None:
    template = generator.get_template("moved" if old.moved_to else "gone")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template.render({**context, "moved_to": old.moved_to}), encoding="utf-8")


def register() -> None:
    signals.article_writer_finalized.connect(_write)
