"""Checks of one Markdown file, each mistake with its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from leads.domain.practice import Practice

from plugins.lint import claims, crisis_file, front_matter, refused_words
from plugins.lint.paragraphs import Paragraph, split_paragraphs
from plugins.markdown import chart, citations, substitutions
from plugins.markdown.bibliography import Bibliography
from plugins.media import images, portraits


@dataclass(frozen=True)
class SourceFile:
    """A Markdown file, its rendered HTML, and the data to check it against."""

    path: Path
    text: str
    html: str
    """The rendered text, empty if its front matter has mistakes."""
    content: Path
    bibliography: Bibliography
    practice: Practice
    today: dt.date

    @property
    def is_draft(self) -> bool:
        """Return whether it is no part of the published site; the home page is one whatever its status."""
        is_home = front_matter.model_of(self.path) is front_matter.HomeFrontMatter
        return front_matter.values(self.text).get("status") == "draft" and not is_home

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return front_matter.address_of(self.path, self.text)

    @property
    def is_article(self) -> bool:
        return front_matter.model_of(self.path) is front_matter.ArticleFrontMatter


# What the content-security policy forbids (plugins/output/headers.py): browsers would not show it.
BLOCKED = re.compile(r"<(?:[a-z]\w*\b[^>]*\s)??(script|style|iframe|object|embed|on[a-z]+(?==))\b", re.IGNORECASE)

PICTURES = ", ".join(images.SUFFIXES)

NAME_KEYS = {"author", "key", "name", "reviewer"}
"""Keys of names, in which a refused word may be a surname: Dr. Battle."""

Mistakes = Iterator[tuple[int, str]]
"""Pairs of line and message."""


def mistakes(source: SourceFile) -> Mistakes:
    """Yield every mistake of one file."""
    paragraphs = list(split_paragraphs(source.text))
    words = refused_words.words(paragraphs, source.html, source.practice)
    yield from _front_matter(source)
    yield from _headings(paragraphs)
    yield from ((word.line, word.message) for word in words if not word.allowed_by)
    for paragraph in paragraphs:
        yield from _citations(source, paragraph)
        yield from _pictures(source, paragraph)
        yield from _substitutions(source, paragraph)
        yield from _crisis_numbers(source, paragraph)
        yield from _charts(paragraph)
        yield from _blocked(paragraph)
        yield from _claims(source, paragraph)
        yield from _allowances(source, paragraph, words)


def _front_matter(source: SourceFile) -> Mistakes:
    for key, message in front_matter.mistakes(front_matter.model_of(source.path), source.text, source.today):
        yield front_matter.line_of(key, source.text), f"{key.capitalize()}: {message}"
    for line, key in front_matter.duplicates(source.text):
        yield line, f"{key.capitalize()}: this is written twice. Keep one line."
    written = front_matter.values(source.text)
    name = written.get("name") or "\n"  # what no value has
    for key, value in written.items():
        # A person's description may say the name.
        for word, remedy in claims.refused_in_line(value if key == "name" else value.replace(name, " ")):
            if remedy != claims.PERSON_FIRST or key not in NAME_KEYS:
                yield front_matter.line_of(key, source.text), f"{key.capitalize()}: “{word}” is refused. {remedy}"
        for match in crisis_file.numbers(value, source.practice.crisis_lines.by_number):
            wrong = f"“{match[0]}” is a crisis number, and cannot be read from its file here."
            yield front_matter.line_of(key, source.text), f"{key.capitalize()}: {wrong} Leave it out."
    photo = written.get("photo")
    if photo and not portraits.find(photo, source.content):
        wanted = f"Write images/ and the name of a {', '.join(portraits.SUFFIXES)} file"
        yield front_matter.line_of("photo", source.text), f"Photo: content/images has no picture “{photo}”. {wanted}."
    if source.is_article and not citations.keys(source.text):
        yield 1, "the article cites nothing. Cite at least one source, as [@key]."


def _headings(paragraphs: list[Paragraph]) -> Mistakes:
    above = 1  # the title, which the template prints
    for paragraph in paragraphs:
        match = re.match(r"(#{1,6}) ", paragraph.text)
        if match:
            yield from ((paragraph.line, message) for message in _heading(paragraph.text, len(match[1]), above))
            above = len(match[1])


def _heading(text: str, level: int, above: int) -> Iterator[str]:
    if level == 1:
        yield "the title is the page's only first heading. Write ## instead of #."
    if level > above + 1:
        yield f"a heading is left out above this one. Write {'#' * (above + 1)}."
    if citations.keys(text):
        yield "a heading cannot cite. Move the citation into the text."


def _citations(source: SourceFile, paragraph: Paragraph) -> Mistakes:
    for match in citations.CITATION.finditer(paragraph.text):
        for key in citations.keys(match[0]):
            if key not in source.bibliography:
                near = get_close_matches(key, source.bibliography, n=1) or ["a key of references.bib"]
                yield paragraph.line_of(match.start()), f"“@{key}” is not in references.bib. Write @{near[0]}."


def _pictures(source: SourceFile, paragraph: Paragraph) -> Mistakes:
    for match in re.finditer(r"!\[(.*?)]\(\s*([^\s)]*)", paragraph.text, re.DOTALL):
        line = paragraph.line_of(match.start())
        if not match[1].strip():
            yield line, "the picture has no text. Write between ![ and ] what it shows."
        if not images.find(match[2], source.content):
            yield line, f"content/images has no picture “{match[2]}”. Write images/ and the name of a {PICTURES} file."


def _substitutions(source: SourceFile, paragraph: Paragraph) -> Mistakes:
    for match in substitutions.PLACEHOLDER.finditer(paragraph.text):
        if substitutions.value_of(source.practice, match[1]) is None:
            subject, name = match[1].split(".", 1)
            file = "crisis-lines.toml" if subject == "crisis" else "the practice file"
            example = "crisis.lifeline" if subject == "crisis" else "practice.name"
            yield paragraph.line_of(match.start()), f"{file} has no “{name}”. Write {example} or another of its keys."


def _crisis_numbers(source: SourceFile, paragraph: Paragraph) -> Mistakes:
    names = source.practice.crisis_lines.by_number
    for match in crisis_file.numbers(paragraph.text, names):
        if not (paragraph.allowance and match[0] in paragraph.allowance.words):
            remedy = f"Write {{{{ crisis.{names[match[0]]} }}}}, also in a link."
            yield paragraph.line_of(match.start()), f"“{match[0]}” is a crisis number. {remedy}"


def _charts(paragraph: Paragraph) -> Mistakes:
    fence = chart.FENCE.match(paragraph.text)
    try:
        if fence:
            chart.parse(fence[1])
    except chart.ChartError as error:
        yield paragraph.line + error.line, str(error)


def _blocked(paragraph: Paragraph) -> Mistakes:
    for match in BLOCKED.finditer(paragraph.text):
        yield (
            paragraph.line_of(match.start()),
            f"browsers ignore “{match[1]}” here, for the reader's safety. Remove it.",
        )


def _claims(source: SourceFile, paragraph: Paragraph) -> Mistakes:
    found = claims.uncited(paragraph) if source.is_article else None
    if found and not refused_words.allows(paragraph, claims.UNCITED):
        position, word = found
        yield (
            paragraph.line_of(position),
            f"“{word}” stands without a source. Cite one in the same paragraph, as [@key].",
        )


def _allowances(source: SourceFile, paragraph: Paragraph, words: list[refused_words.RefusedWord]) -> Mistakes:
    if paragraph.allowance is None:
        return
    if not paragraph.allowance.reason:
        yield paragraph.allowance.line, "the exception has no reason. Write <!-- allow: word -- why -->."
    used = {claims.letters(word.word) for word in words if paragraph in word.allowed_by}
    used |= {claims.UNCITED} if claims.uncited(paragraph) else set()
    used |= {match[0] for match in crisis_file.numbers(paragraph.text, source.practice.crisis_lines.by_number)}
    for word in paragraph.allowance.words:
        if (claims.letters(word) or word) not in used:
            yield paragraph.allowance.line, f"nothing below needs the exception for “{word}”. Remove it."
