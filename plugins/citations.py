"""[@key] in Markdown -> a numbered link, and the list of references in order of first use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markupsafe import Markup

from plugins.bibliography import Bibliography, Source

KEY = r"[A-Za-z][\w:.+-]*"
CITATION = re.compile(rf"\[@({KEY}(?:; *@{KEY})*)]")
"""One pair of brackets: [@rush2006] or, as Pandoc writes several, [@rush2006; @dean2021]."""

_CITATIONS = re.compile(rf"\s*{CITATION.pattern}(?:\s*{CITATION.pattern})*")


@dataclass
class Reference:
    """A source as one article cites it."""

    number: int
    source: Source
    backlinks: list[str] = field(default_factory=list)
    """Ids of the places that cite it, in reading order."""

    @property
    def key(self) -> str:
        return self.source.key

    @property
    def html(self) -> Markup:
        return self.source.html

    @property
    def url(self) -> str:
        return self.source.url


def keys(text: str) -> list[str]:
    """Every key that a text cites, in order, repeated as often as it is cited."""
    return [key.strip(" @") for brackets in CITATION.findall(text) for key in brackets.split(";")]


def without(text: str) -> str:
    """The text with its citations taken out."""
    return _CITATIONS.sub("", text)


class Citations(Extension):
    """Leaves the document's references on the Markdown instance, as `references`."""

    def __init__(self, bibliography: Bibliography) -> None:
        super().__init__()
        self.bibliography = bibliography

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # On the finished HTML, after raw HTML is back (30): there the order of the text is the order of
        # reading. Markdown's own inline patterns visit lists and tables after the paragraphs below them.
        md.postprocessors.register(_Numbering(md, self.bibliography), "citations", 5)


class _Numbering(Postprocessor):
    def __init__(self, md: Markdown, bibliography: Bibliography) -> None:
        super().__init__(md)
        self.bibliography = bibliography

    def run(self, text: str) -> str:
        references: dict[str, Reference] = {}
        html = _CITATIONS.sub(lambda match: self._links(match[0], references), text)
        self.md.references = list(references.values())
        return html

    def _links(self, brackets: str, references: dict[str, Reference]) -> Markup:
        known = [key for key in keys(brackets) if key in self.bibliography]
        links = [_link(references.setdefault(key, self._new(key, references))) for key in known]
        return Markup("<sup>{}</sup>").format(Markup(",&nbsp;").join(links)) if links else Markup()

    def _new(self, key: str, references: dict[str, Reference]) -> Reference:
        return Reference(len(references) + 1, self.bibliography[key])


def _link(reference: Reference) -> Markup:
    place = f"cite-{reference.number}-{len(reference.backlinks) + 1}"
    reference.backlinks.append(place)
    return Markup('<a class="citation" href="#ref-{0}" id="{1}" aria-label="Reference {0}">{0}</a>').format(
        reference.number, place
    )
