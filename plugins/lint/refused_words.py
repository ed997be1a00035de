"""The refused words of one source: those that are written in it, and those that Markdown puts together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leads.domain.practice import Practice

from plugins.lint import claims, visible_text
from plugins.lint.paragraphs import Passage
from plugins.lint.source_lines import Places


@dataclass(frozen=True)
class Refused:
    """A refused word, its line, and the passages there whose exception lets it pass."""

    line: int
    word: str
    remedy: str
    allowed_by: tuple[Passage, ...] = ()

    @property
    def message(self) -> str:
        return f"“{self.word}” is refused. {self.remedy}"


def words(pieces: Sequence[Passage], html: str, practice: Practice) -> list[Refused]:
    """Return every refused word once a line, also those that an exception lets pass, from top to bottom."""
    once: dict[tuple[int, str, bool], Refused] = {}
    for each in (*_written(pieces), *_rendered(pieces, html, practice)):
        # A word that an exception lets pass must not hide one that it does not.
        once.setdefault((each.line, claims.letters(each.word), bool(each.allowed_by)), each)
    return sorted(once.values(), key=lambda each: each.line)


def allows(passage: Passage, word: str) -> bool:
    """Return whether the passage has an exception for this word."""
    return passage.allowance is not None and claims.letters(word) in map(claims.letters, passage.allowance.words)


def _written(pieces: Sequence[Passage]) -> Iterator[Refused]:
    whole = claims.SEPARATOR.join(passage.text for passage in pieces)
    if next(claims.refused_as_written(whole), None) is None:
        return  # as nearly always; one look is faster than one at each passage
    for passage in pieces:
        for refusal in claims.refused_as_written(passage.text):
            allowed_by = (passage,) if allows(passage, refusal.word) else ()
            yield Refused(passage.line + refusal.line, refusal.word, refusal.remedy, allowed_by)


def _rendered(pieces: Sequence[Passage], html: str, practice: Practice) -> Iterator[Refused]:
    # What a practice is called is its own choice: {{ practice.name }} must not need an exception.
    texts = [text.replace(practice.name, " ") for text in visible_text.texts(html)]
    if next(claims.refused(claims.SEPARATOR.join(texts)), None) is None:
        return
    places = Places(pieces, practice)
    for text in texts:
        for refusal in claims.refused(text):
            yield _placed(refusal, places)


def _placed(refusal: claims.Refusal, places: Places) -> Refused:
    here = places.of(refusal.around)
    forbidding = [place for place in here if not allows(place.passage, refusal.word)]
    if here and not forbidding:
        allowed_by = tuple(dict.fromkeys(place.passage for place in here))
        return Refused(here[0].line, refusal.word, refusal.remedy, allowed_by)
    line = forbidding[0].line if forbidding else places.near(refusal.around)
    return Refused(line, refusal.word, refusal.remedy)
