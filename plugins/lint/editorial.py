"""Checks of what an editor writes: one Markdown file, every mistake with its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from leads.domain.practice import Practice

from plugins.lint import claims, front_matter, refused_words
from plugins.lint.paragraphs import Passage, passages
from plugins.markdown import chart, citations, substitutions
from plugins.markdown.bibliography import Bibliography
from plugins.media import images


@dataclass(frozen=True)
class Source:
    """One Markdown file, and what it is checked against."""

    path: Path
    text: str
    html: str
    """What Markdown made of it."""
    content: Path
    bibliography: Bibliography
    practice: Practice
    today: dt.date

    @property
    def is_article(self) -> bool:
        return front_matter.model_of(self.path) is front_matter.ArticleFrontMatter


# What the content-security policy forbids (headers.py): a page of ours could not show it.
BLOCKED = re.compile(r"<(?:[a-z]\w*\b[^>]*\s)??(script|style|iframe|object|embed|on[a-z]+(?==))\b", re.IGNORECASE)

PICTURES = ", ".join(images.SUFFIXES)

NAMES = {"author", "reviewer"}
"""A clinician may be called Battle."""

Mistakes = Iterator[tuple[int, str]]
"""Lines, and what is wrong there."""


def mistakes(source: Source) -> Mistakes:
    """Everything that is wrong with one file."""
    pieces = list(passages(source.text))
    words = refused_words.words(pieces, source.html, source.practice)
    yield from _front_matter(source)
    yield from _headings(pieces)
    yield from ((word.line, word.message) for word in words if not word.allowed_by)
    for passage in pieces:
        yield from _citations(source, passage)
        yield from _pictures(source, passage)
        yield from _facts(source, passage)
        yield from _charts(passage)
        yield from _blocked(passage)
        yield from _claims(source, passage)
        yield from _allowances(source, passage, words)


def _front_matter(source: Source) -> Mistakes:
    for key, message in front_matter.mistakes(front_matter.model_of(source.path), source.text, source.today):
        yield front_matter.line_of(key, source.text), f"{key.capitalize()}: {message}"
    for line, key in front_matter.doubled(source.text):
        yield line, f"{key.capitalize()}: this is written twice. Keep one line."
    for key, value in front_matter.values(source.text).items():
        for word, remedy in claims.refused_in_line(value):
            if remedy != claims.PEOPLE or key not in NAMES:
                yield front_matter.line_of(key, source.text), f"{key.capitalize()}: “{word}” is refused. {remedy}"
    if source.is_article and not citations.keys(source.text):
        yield 1, "the article cites nothing. Cite at least one source, as [@key]."


def _headings(pieces: list[Passage]) -> Mistakes:
    above = 1  # the title, which the template prints
    for passage in pieces:
        match = re.match(r"(#{1,6}) ", passage.text)
        if match:
            yield from ((passage.line, message) for message in _heading(passage.text, len(match[1]), above))
            above = len(match[1])


def _heading(text: str, level: int, above: int) -> Iterator[str]:
    if level == 1:
        yield "the title is the page's only first heading. Write ## instead of #."
    if level > above + 1:
        yield f"a heading is left out above this one. Write {'#' * (above + 1)}."
    if citations.keys(text):
        yield "a heading cannot cite. Move the citation into the text."


def _citations(source: Source, passage: Passage) -> Mistakes:
    for match in citations.CITATION.finditer(passage.text):
        for key in citations.keys(match[0]):
            if key not in source.bibliography:
                near = get_close_matches(key, source.bibliography, n=1) or ["a key of references.bib"]
                yield passage.line_of(match.start()), f"“@{key}” is not in references.bib. Write @{near[0]}."


def _pictures(source: Source, passage: Passage) -> Mistakes:
    for match in re.finditer(r"!\[(.*?)]\(\s*([^\s)]*)", passage.text, re.DOTALL):
        line = passage.line_of(match.start())
        if not match[1].strip():
            yield line, "the picture has no text. Write between ![ and ] what it shows."
        if not images.find(match[2], source.content):
            yield line, f"content/images has no picture “{match[2]}”. Write images/ and the name of a {PICTURES} file."


def _facts(source: Source, passage: Passage) -> Mistakes:
    for match in substitutions.FACT.finditer(passage.text):
        if substitutions.fact(source.practice, match[1]) is None:
            message = f"the practice file has no “{match[1]}”. Write practice.name or another of its keys."
            yield passage.line_of(match.start()), message


def _charts(passage: Passage) -> Mistakes:
    fence = chart.FENCE.match(passage.text)
    try:
        if fence:
            chart.parse(fence[1])
    except chart.ChartError as error:
        yield passage.line + error.line, str(error)


def _blocked(passage: Passage) -> Mistakes:
    for match in BLOCKED.finditer(passage.text):
        yield passage.line_of(match.start()), f"browsers ignore “{match[1]}” here, for the reader's safety. Remove it."


def _claims(source: Source, passage: Passage) -> Mistakes:
    found = claims.uncited(passage) if source.is_article else None
    if found and not refused_words.allows(passage, claims.UNCITED):
        position, word = found
        yield passage.line_of(position), f"“{word}” stands without a source. Cite one in the same paragraph, as [@key]."


def _allowances(source: Source, passage: Passage, words: list[refused_words.Refused]) -> Mistakes:
    if passage.allowance is None:
        return
    if not passage.allowance.reason:
        yield passage.allowance.line, "the exception has no reason. Write <!-- allow: word -- why -->."
    used = {claims.letters(word.word) for word in words if passage in word.allowed_by}
    used |= {claims.UNCITED} if claims.uncited(passage) else set()
    for word in passage.allowance.words:
        if claims.letters(word) not in used:
            yield passage.allowance.line, f"nothing below needs the exception for “{word}”. Remove it."
