"""The line of a Markdown file from which a word on the page comes."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from leads.domain.practice import Practice

from plugins.lint import claims
from plugins.lint.paragraphs import Paragraph
from plugins.markdown import citations, substitutions

CONTEXT_LETTERS = (30, 12)
"""Numbers of letters before and after a word that must be equal, tried in this order."""

HIDDEN_MARKUP = re.compile(r"<!--.*?-->|<[^>]*>|(?<=])(?:\([^)]*\)|\[[^]]*])|\{[^{}]*}", re.DOTALL)
"""Comments, tags, addresses of links, attributes."""


@dataclass(frozen=True)
class SourceLine:
    """One line of a paragraph."""

    paragraph: Paragraph
    line: int


class SourceLines:
    """The letters of a Markdown file in their order, each with its line.

    Other characters are left out: Markdown changes them, but it keeps the order of the letters.
    """

    def __init__(self, paragraphs: Sequence[Paragraph], practice: Practice) -> None:
        self._lines: list[SourceLine] = []
        self._starts: list[int] = []
        self._words: set[int] = set()
        self._letters = ""
        for line, text in (*_lines_as_read(paragraphs, practice), *_lines_as_written(paragraphs)):
            self._lines.append(line)
            self._starts.append(len(self._letters))
            self._add(claims.normalized(text).lower())

    def _add(self, text: str) -> None:
        for word in re.findall(f"{claims.LETTER}+", text):
            self._words.add(len(self._letters))
            self._letters += word

    def find(self, context: tuple[str, str, str]) -> list[SourceLine]:
        """Return each line that has this word between these letters.

        `context` is the letters before the word, its own, and those after it. Empty if no line is certain.
        """
        before, word, after = context
        for count in CONTEXT_LETTERS:
            found = list(self._find(before[-count:], word, after[:count]))
            if found:
                return found
        return []

    def nearest(self, context: tuple[str, str, str]) -> int:
        """Return the most likely line of a word that `find` does not find.

        It is where the paragraph begins, else where such a word is, else the first line.
        """
        before, word, after = context
        at = self._letters.find(f"{before}{word}{after}"[: CONTEXT_LETTERS[0]])
        if before and at >= 0:
            return self._line_at(at).line
        return next((line.line for line in (*self._find("", word, ""), *self._lines)), 1)

    def _find(self, before: str, word: str, after: str) -> Iterator[SourceLine]:
        at = self._letters.find(before + word + after)
        while at >= 0:
            start = at + len(before)
            end = start + len(word)
            if start in self._words and (end in self._words or end == len(self._letters)):
                yield self._line_at(start)
            at = self._letters.find(before + word + after, at + 1)

    def _line_at(self, at: int) -> SourceLine:
        return self._lines[bisect(self._starts, at) - 1]


def _lines_as_read(paragraphs: Sequence[Paragraph], practice: Practice) -> Iterator[tuple[SourceLine, str]]:
    """Yield each line without the parts that no page shows."""
    for paragraph in paragraphs:
        text = substitutions.PLACEHOLDER.sub(
            lambda match: substitutions.value_of(practice, match[1]) or "", paragraph.text
        )
        text = HIDDEN_MARKUP.sub(lambda match: "\n" * match[0].count("\n"), citations.CITATION.sub("", text))
        for number, line in enumerate(text.split("\n")):
            yield SourceLine(paragraph, paragraph.line + number), unescape(line)


def _lines_as_written(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[SourceLine, str]]:
    """Yield each line whole, for words in the title of a link or in an attribute."""
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph.text.split("\n")):
            yield SourceLine(paragraph, paragraph.line + number), line
