"""Citations in Markdown: [@key] becomes a numbered link to the list of references."""

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
"""A pair of brackets with one key, or with several as in Pandoc: [@rush2006; @dean2021]."""

_CITATIONS = re.compile(rf"\s*{CITATION.pattern}(?:\s*{CITATION.pattern})*")


@dataclass
class Reference:
    """An entry of the bibliography as one article cites it."""

    number: int
    entry: BibliographyEntry
    backlinks: list[str] = field(default_factory=list)
    """Ids of the links to it, in reading order."""

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
    """Return the keys that a text cites, in order and with repetitions."""
    return [key.strip(" @") for brackets in CITATION.findall(text) for key in brackets.split(";")]


def without(text: str) -> str:
    """Return the text without its citations."""
    return _CITATIONS.sub("", text)


class Citations(Extension):
    """The extension that numbers a document's citations and collects its references."""

    def __init__(self, bibliography: Bibliography) -> None:
        super().__init__()
        self.bibliography = bibliography
        self.references: list[Reference] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        md.registerExtension(self)
        # On the finished HTML, after raw HTML is restored (30): only there are citations in reading order. Markdown's
        # inline patterns visit lists and tables after the paragraphs below them.
        md.postprocessors.register(_Numbering(md, self), "citations", 5)

    def reset(self) -> None:
        """Forget the last document. Markdown calls this before the next."""
        self.references = []


def references(md: Markdown) -> list[Reference]:
    """Return the references of the document that was converted last."""
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
