"""[@key] in Markdown -> a numbered link, and the list of references in order of first use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markupsafe import Markup

from plugins.markdown.bibliography import Bibliography, BibliographyEntry

KEY = r"[A-Za-z][\w:.+-]*"
CITATION = re.compile(rf"\[@({KEY}(?:; *@{KEY})*)]")
"""One pair of brackets: [@rush2006] or, as Pandoc writes several, [@rush2006; @dean2021]."""

_CITATIONS = re.compile(rf"\s*{CITATION.pattern}(?:\s*{CITATION.pattern})*")


@dataclass
class Reference:
    """A source as one article cites it."""

    number: int
    entry: BibliographyEntry
    backlinks: list[str] = field(default_factory=list)
    """Ids of the places that cite it, in reading order."""

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def html(self) -> Markup:
        return self.entry.html

    @property
    def url(self) -> str:
        return self.entry.url


def keys(text: str) -> list[str]:
    """Every key that a text cites, in order, repeated as often as it is cited."""
    return [key.strip(" @") for brackets in CITATION.findall(text) for key in brackets.split(";")]


def without(text: str) -> str:
    """The text with its citations taken out."""
    return _CITATIONS.sub("", text)


class Citations(Extension):
    """Numbers the citations of a document and collects its references."""

    def __init__(self, bibliography: Bibliography) -> None:
        super().__init__()
        self.bibliography = bibliography
        self.references: list[Reference] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        md.registerExtension(self)
        # On the finished HTML, after raw HTML is back (30): there the order of the text is the order of
        # reading. Markdown's own inline patterns visit lists and tables after the paragraphs below them.
        md.postprocessors.register(_Numbering(md, self), "citations", 5)

    def reset(self) -> None:
        """Forget the document before: Markdown calls this between two."""
        self.references = []


def references(md: Markdown) -> list[Reference]:
    """The references of the document that was read last."""
    return [each for found in md.registeredExtensions if isinstance(found, Citations) for each in found.references]


class _Numbering(Postprocessor):
    def __init__(self, md: Markdown, extension: Citations) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, text: str) -> str:
        cited: dict[str, Reference] = {}
        html = _CITATIONS.sub(lambda match: self._links(match[0], cited), text)
        self.extension.references = list(cited.values())
        return html

    def _links(self, brackets: str, cited: dict[str, Reference]) -> Markup:
        sources = [source for key in keys(brackets) if (source := self.extension.bibliography.get(key))]
        numbered = [cited.setdefault(source.key, Reference(len(cited) + 1, source)) for source in sources]
        links = Markup(",&nbsp;").join(map(_link, numbered))
        return Markup("<sup>{}</sup>").format(links) if links else Markup()


def _link(reference: Reference) -> Markup:
    backlink = f"c{reference.number}-{len(reference.backlinks) + 1}"
    reference.backlinks.append(backlink)
    return Markup('<a href="#r{0}" id="{1}" aria-label="Reference {0}">{0}</a>').format(reference.number, backlink)
