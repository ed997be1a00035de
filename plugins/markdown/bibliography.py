"""The bibliography, content/references.bib, as checked entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup
from pybtex.database import BibliographyDataError, Entry, Person, parse_string
from pybtex.richtext import Text
from pybtex.scanner import PybtexSyntaxError

MAX_AUTHORS = 3
"""Authors that are named, as in medical journals, before "et al."."""


class BibliographyError(Exception):
    """The bibliography cannot be read. The message names the line."""


@dataclass(frozen=True)
class BibliographyEntry:
    """An entry of the bibliography, such as an article or a web page, in plain text."""

    key: str
    title: str
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: str = ""
    doi: str = ""
    address: str = ""
    line: int = 1
    html: Markup = field(default=Markup(), repr=False)
    """The entry as a line of a reference list, without its link."""

    @property
    def url(self) -> str:
        """Return the DOI link, or the entry's own address."""
        return f"https://doi.org/{self.doi}" if self.doi else self.address


Bibliography = Mapping[str, BibliographyEntry]
"""Entries by citation key, in the order of the file."""


def read(path: Path) -> Bibliography:
    """Return the entries of a BibTeX file. Raise BibliographyError."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        entries = parse_string(text, "bibtex").entries
    except PybtexSyntaxError as error:
        raise BibliographyError(f"{path}:{error.lineno}: {error}. Write entries as the ones around it.") from None
    except BibliographyDataError as error:
        raise BibliographyError(f"{path}:{_line_of(str(error), text)}: {error}. Give it a key of its own.") from None
    return {key: _source(key, entry, _line(key, text)) for key, entry in entries.items()}


def _line(key: str, text: str) -> int:
    found = list(re.finditer(rf"^\s*@\w+\s*\{{\s*{re.escape(key)}\s*,", text, re.MULTILINE))
    return text.count("\n", 0, found[-1].end()) + 1 if found else 1


def _line_of(message: str, text: str) -> int:
    return _line(message.rpartition(": ")[2], text)


def _source(key: str, entry: Entry, line: int) -> BibliographyEntry:
    people = entry.persons.get("author", [])
    return BibliographyEntry(
        key=key,
        title=_plain(entry, "title"),
        authors=tuple(_name(person) for person in people),
        journal=_plain(entry, "journal"),
        year=_plain(entry, "year"),
        doi=entry.fields.get("doi", ""),
        address=entry.fields.get("url", ""),
        line=line,
        html=_html(entry, people),
    )


def _plain(entry: Entry, name: str) -> str:
    return str(Text.from_latex(entry.fields.get(name, "").replace("\n", " ")))


def _name(person: Person) -> str:
    """Return surname and initials, or the whole name of an organisation or "others"."""
    given = [*person.rich_first_names, *person.rich_middle_names]
    surname = " ".join(str(part) for part in [*person.rich_prelast_names, *person.rich_last_names])
    return f"{surname} {''.join(str(part)[:1] for part in given)}" if given else surname


def _html(entry: Entry, people: list[Person]) -> Markup:
    journal, year = _plain(entry, "journal"), _plain(entry, "year")
    parts = [Markup("{}.").format(_authors(people)), Markup("{}.").format(_plain(entry, "title").rstrip("."))]
    if journal:
        parts.append(Markup("<cite>{}</cite>. {}{}.").format(journal, year, _issue(entry)))
    else:
        parts.append(Markup("{}.").format(", ".join(filter(None, [year, _plain(entry, "note")]))))
    return Markup(" ").join(parts)


def _authors(people: list[Person]) -> str:
    names = [_name(person) for person in people]
    shown = [name for name in names if name != "others"][:MAX_AUTHORS]
    return ", ".join(shown if len(shown) == len(names) else [*shown, "et al"])


def _issue(entry: Entry) -> str:
    """Return volume, number and pages, or "" where a DOI makes them unnecessary.

    They would cost 150 bytes of an article with sixteen references.
    """
    if "doi" in entry.fields:
        return ""
    volume, number, pages = (_plain(entry, name) for name in ("volume", "number", "pages"))
    issue = f"{volume}({number})" if number else volume
    return "".join([f";{issue}" if issue else "", f":{pages}" if pages else ""])
