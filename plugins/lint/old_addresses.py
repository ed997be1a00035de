"""Checks of old addresses: `Was:` in the front matter, and `Gone:` in content/gone.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from plugins.lint import front_matter
from plugins.lint.diagnostic import Diagnostic
from plugins.output import moved

RESERVED = ("/api/", "/assets/", "/local/", "/staff/")
"""Paths that a function answers, or that hold files with other rules at the edge."""

FORM = "Write it in small letters, digits and hyphens, with a slash before and after it: /old-address/."


@dataclass(frozen=True)
class OldAddressLine:
    """A line of a file that names an old address."""

    path: Path
    line: int
    key: str
    address: str

    def diagnostic(self, message: str) -> Diagnostic:
        """Return a finding on this line."""
        return Diagnostic(str(self.path), self.line, f"{self.key}: {message}")


def diagnostics(sources: Iterable[tuple[Path, str]], content: Path, output: Path) -> Iterator[Diagnostic]:
    """Yield each finding about the old addresses of these texts (file and source) and of content/gone.txt.

    `output` is the folder of the built site: an old address must not be a page of it.
    """
    owners: dict[str, str] = {}
    for each in (*_moved(sources), *_gone(content)):
        message = _message(each, owners, output)
        if message:
            yield each.diagnostic(message)
        owners.setdefault(each.address, each.path.name)


def _moved(sources: Iterable[tuple[Path, str]]) -> Iterator[OldAddressLine]:
    for path, text in sources:
        yield from (OldAddressLine(path, line, "Was", address) for line, address in front_matter.old_addresses(text))


def _gone(content: Path) -> Iterator[OldAddressLine]:
    file = content / moved.GONE_FILE
    return (OldAddressLine(file, line, key, address) for line, key, address in moved.gone(content))


def _message(written: OldAddressLine, owners: dict[str, str], output: Path) -> str:
    address = written.address
    if written.key not in {"Was", "Gone"}:
        return "there is no such key here. Write a line like “Gone: /old-address/”."
    if not moved.ADDRESS.fullmatch(address):
        return f"“{address}” cannot be an old address. {FORM}"
    if address.startswith(RESERVED):
        return f"“{address}” belongs to the site itself. Remove it."
    if address in owners:
        return f"“{address}” is in {owners[address]} already. Keep one of them."
    file = output / moved.path_of(address)
    if file.is_file() and not moved.read(file.read_bytes()):
        return f"“{address}” is a page of the site. An old address must be free: remove it, or give the page another."
    return ""
