"""The refused words of a Markdown file, as written and as rendered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leads.domain.practice import Practice

from plugins.lint import claims, visible_text
from plugins.lint.paragraphs import Paragraph
from plugins.lint.source_lines import SourceLines


@dataclass(frozen=True)
class RefusedWord:
    """A refused word, its line, and the paragraphs there whose exception allows it."""

    line: int
    word: str
    remedy: str
    allowed_by: tuple[Paragraph, ...] = ()

    @property
    def message(self) -> str:
        return f"“{self.word}” is refused. {self.remedy}"


def words(paragraphs: Sequence[Paragraph], html: str, practice: Practice) -> list[RefusedWord]:
    """Return each refused word of each line, from top to bottom.

    Words that an exception allows are among them: `allowed_by` is not empty.
    """
    once: dict[tuple[int, str, bool], RefusedWord] = {}
    for each in (*_written(paragraphs), *_rendered(paragraphs, html, practice)):
        # A word that an exception allows must not hide the same word where it is not allowed.
        once.setdefault((each.line, claims.letters(each.word), bool(each.allowed_by)), each)
    return sorted(once.values(), key=lambda each: each.line)


def allows(paragraph: Paragraph, word: str) -> bool:
    """Return whether the paragraph has an exception for this word."""
    return paragraph.allowance is not None and claims.letters(word) in map(claims.letters, paragraph.allowance.words)


def _written(paragraphs: Sequence[Paragraph]) -> Iterator[RefusedWord]:
    whole = claims.SEPARATOR.join(paragraph.text for paragraph in paragraphs)
    if next(claims.refused_as_written(whole), None) is None:
        return  # the usual case: one search of the whole is faster than one of each paragraph
    for paragraph in paragraphs:
        for match in claims.refused_as_written(paragraph.text):
            allowed_by = (paragraph,) if allows(paragraph, match.word) else ()
            yield RefusedWord(paragraph.line + match.line, match.word, match.remedy, allowed_by)


def _rendered(paragraphs: Sequence[Paragraph], html: str, practice: Practice) -> Iterator[RefusedWord]:
    # A practice chooses its own name: {{ practice.name }} must not need an exception.
    texts = [text.replace(practice.name, " ") for text in visible_text.texts(html)]
    if next(claims.refused(claims.SEPARATOR.join(texts)), None) is None:
        return
    lines = SourceLines(paragraphs, practice)
    for text in texts:
        for match in claims.refused(text):
            yield _located(match, lines)


def _located(match: claims.RefusedMatch, lines: SourceLines) -> RefusedWord:
    here = lines.find(match.context)
    forbidding = [line for line in here if not allows(line.paragraph, match.word)]
    if here and not forbidding:
        allowed_by = tuple(dict.fromkeys(line.paragraph for line in here))
        return RefusedWord(here[0].line, match.word, match.remedy, allowed_by)
    number = forbidding[0].line if forbidding else lines.nearest(match.context)
    return RefusedWord(number, match.word, match.remedy)
