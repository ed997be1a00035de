"""Finds the line of a source from which a word on the page comes."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from leads.domain.practice import Practice

from plugins.lint import claims
from plugins.lint.paragraphs import Passage
from plugins.markdown import citations, substitutions

REACHES = (30, 12)
"""How many letters before and after a word must be the same, so that it is this one and no other."""

UNSEEN = re.compile(r"<!--.*?-->|<[^>]*>|(?<=])(?:\([^)]*\)|\[[^]]*])|\{[^{}]*}", re.DOTALL)
"""Notes, tags, addresses of links, attributes."""


@dataclass(frozen=True)
class Place:
    """One line of a passage."""

    passage: Passage
    line: int


class Places:
    """All letters of a source in their order, each with its line.

    Only letters: the page has them in the same order, whatever Markdown has made of the signs between them.
    """

    def __init__(self, pieces: Sequence[Passage], practice: Practice) -> None:
        self._lines: list[Place] = []
        self._starts: list[int] = []
        self._words: set[int] = set()
        self._letters = ""
        for place, text in (*_lines_as_read(pieces, practice), *_lines_as_written(pieces)):
            self._lines.append(place)
            self._starts.append(len(self._letters))
            self._add(claims.plain(text).lower())

    def _add(self, text: str) -> None:
        for word in re.findall(f"{claims.LETTER}+", text):
            self._words.add(len(self._letters))
            self._letters += word

    def of(self, around: tuple[str, str, str]) -> list[Place]:
        """Return each place where this word is between these letters; none if that is not certain."""
        before, word, after = around
        for reach in REACHES:
            found = list(self._find(before[-reach:], word, after[:reach]))
            if found:
                return found
        return []

    def near(self, around: tuple[str, str, str]) -> int:
        """Return the likeliest line: where its paragraph begins, else where such a word is, else the first."""
        before, word, after = around
        at = self._letters.find(f"{before}{word}{after}"[: REACHES[0]])
        if before and at >= 0:
            return self._place(at).line
        return next((place.line for place in (*self._find("", word, ""), *self._lines)), 1)

    def _find(self, before: str, word: str, after: str) -> Iterator[Place]:
        at = self._letters.find(before + word + after)
        while at >= 0:
            start = at + len(before)
            end = start + len(word)
            if start in self._words and (end in self._words or end == len(self._letters)):
                yield self._place(start)
            at = self._letters.find(before + word + after, at + 1)

    def _place(self, at: int) -> Place:
        return self._lines[bisect(self._starts, at) - 1]


def _lines_as_read(pieces: Sequence[Passage], practice: Practice) -> Iterator[tuple[Place, str]]:
    """Return each line without the parts of it that no page shows."""
    for passage in pieces:
        text = substitutions.FACT.sub(lambda match: substitutions.fact(practice, match[1]) or "", passage.text)
        text = UNSEEN.sub(lambda match: "\n" * match[0].count("\n"), citations.CITATION.sub("", text))
        for number, line in enumerate(text.split("\n")):
            yield Place(passage, passage.line + number), unescape(line)


def _lines_as_written(pieces: Sequence[Passage]) -> Iterator[tuple[Place, str]]:
    """Return each line with all parts: a title in a link and an attribute have words too."""
    for passage in pieces:
        for number, line in enumerate(passage.text.split("\n")):
            yield Place(passage, passage.line + number), line
