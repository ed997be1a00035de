"""Words that an article must not use, and claims that need a citation beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape

from plugins.lint import visible_text
from plugins.lint.paragraphs import Paragraph
from plugins.markdown import citations

NO_CERTAINTY = "No treatment is sure to work. Say what it may do, for whom, and cite the study."
PERSON_FIRST = "Put the person first: “people living with”."

REFUSED: Mapping[str, str] = {
    # Claims that medicine cannot keep.
    r"cur(?:e|es|ealls?|ed|ing|able|ative(?:ly)?)": NO_CERTAINTY,
    r"miracles?|miraculous(?:ly)?": NO_CERTAINTY,
    r"game ?chang(?:ers?|ing)": NO_CERTAINTY,
    r"break(?:-\s*)?throughs?|(?:(?<=\ba\s)|(?<=\bthe\s)|(?<=\bthis\s))break\s+through|break\s+throughs": NO_CERTAINTY,
    r"revolution(?:s|ary|i[sz]e[sd]?|i[sz]ing|i[sz]ation)?": NO_CERTAINTY,
    r"proven": NO_CERTAINTY,
    r"guarante(?:e|es|ed|eing)": NO_CERTAINTY,
    r"resets?|resett(?:ing|able)": "No study measures that the brain is reset. Say what was measured.",
    r"rewir(?:e|es|ed|ing)": "No study measures that the brain is rewired. Say what was measured.",
    r"safe(?:ly)?(?: and| &|,) effective(?:ly)?|effective(?:ly)?(?: and| &|,) safe(?:ly)?": (
        "Say which risks and which benefits were found, and cite the study."
    ),
    r"no side ?effects?|side ?effect free": "Every treatment has side effects. Say which, and how often.",
    r"non ?addict(?:ive(?:ly)?|ing)": "Say what is known about dependence, and cite the study.",
    r"last resorts?": "Other options exist. Name them.",
    r"desperate(?:ly|ness)?|desperation": "Describe the situation, not the despair.",
    r"debilitat(?:e|es|ed|ing|ingly|ion)": "Describe what people cannot do.",
    r"hipaa compliant": "Say what the software does with the data.",
    # Safe messaging on suicide.
    r"(?:commit(?:s|ted|ting)?|complete[sd]?|completing) (?:an? )?suicides?": "Write “died by suicide”.",
    r"suicides? (?:(?:is|are|was|were|be|being|been) )?(?:committed|completed)": "Write “died by suicide”.",
    r"(?:un)?successful(?:ly)? (?:suicides?|suicide attempts?|attempts?)|suicides? (?:is|are|was|were) successful": (
        "Write “died by suicide” or “attempted suicide”."
    ),
    r"fail(?:s|ed|ing) (?:suicides?|suicide attempts?|attempts?)|suicide attempts? (?:that )?failed": (
        "Write “attempted suicide”."
    ),
    r"epidemics?|skyrocket(?:s|ed|ing)?": "Give the number and its source.",
    r"(?:hang(?:s|ed|ing)?|sh(?:o|oo)t(?:s|ing)?|cut(?:s|ting)?) (?:him|her|them|your|my|one)sel(?:f|ves)": (
        "Name no method."
    ),
    r"overdos(?:e|es|ed|ing) on|jump(?:s|ed|ing)? to (?:his|her|their) deaths?": "Name no method.",
    r"(?:led|leads?|leading|drove|drives?|driven|driving) (?:\w+ )?to suicide|suicides? because": (
        "No single cause leads to suicide. Say what is known about risk, and cite it."
    ),
    # People, not their illness.
    r"suffer(?:s|ed|ing)? from|sufferers?": PERSON_FIRST,
    r"victims?": PERSON_FIRST,
    r"battl(?:e|es|ed|ing)(?: with| against)?": PERSON_FIRST,
}
"""What to write instead, by pattern. A space in a pattern also matches a hyphen or the end of a line."""

LETTER = "[a-z]"
"""A letter of one of these words, in a normalized text in lower case."""


def _compiled(pattern: str) -> re.Pattern[str]:
    # Neither \b nor re.IGNORECASE: digits and underscores end a word, and lower case is four times as fast.
    return re.compile(rf"(?<!{LETTER})(?:{pattern})(?!{LETTER})".replace(" ", r"(?:\s+|-\s*)"))


_ANY = _compiled("|".join(REFUSED))
_REFUSED = [(_compiled(pattern), remedy) for pattern, remedy in REFUSED.items()]

# A pattern that begins with the hyphen itself is four times as fast as one that begins with the letter before it.
_HYPHEN = re.compile(rf"-(?<={LETTER}-)[ \t]*(\n?)[ \t]*({LETTER}+)", re.IGNORECASE)
"""A hyphen inside a word, also at the end of a line."""

MARKUP = re.compile(r"<!--.*?-->|[*_`~\\]")
"""Signs that Markdown removes. Inside a word it may also leave them, and they split it."""

SEPARATOR = "\n\u00b6\n"
"""Put between two texts, so that no phrase is found across them."""

_UNUSUAL = re.compile(r"[^\x20-\x7e\s]|[\x0b\x1c-\x1f\x85]")
_HYPHENS = "\u2010\u2011\u2012\u2013\u2043\u2212"
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Hangul fillers: letters by their Unicode category, but invisible."""

# Letters with a stroke, lower capitals and letters in squares have no decomposition in Unicode.
_LATIN = re.compile(r"(?:.* )?LATIN .*LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?")

# Cyrillic and Greek letters that look like Latin ones, and dotless i.
_HOMOGLYPHS = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u0501"
    "\u03b1\u03b5\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
    "\u0131",
    "abekmopctyxsijdaeikmvoptuxi",
)

EVIDENCE = re.compile(r"\d[\d.,]*\s?(?:%|per ?cent\b)|\bstud(?:y|ies)\b|\btrials?\b", re.IGNORECASE)
UNCITED = "uncited"
"""The word by which an exception allows a claim without a citation."""


@dataclass(frozen=True)
class RefusedMatch:
    """A refused word in a text, and what to write instead."""

    match: re.Match[str]
    word: str
    remedy: str

    @property
    def line(self) -> int:
        """Return the line of the match in its text; the first is 0."""
        return self.match.string.count("\n", 0, self.match.start())

    @property
    def key(self) -> tuple[int, str]:
        """Return line and letters, which are equal for two spellings of one word."""
        return self.line, letters(self.word)

    @property
    def context(self) -> tuple[str, str, str]:
        """Return the letters of the text before the match, in it, and after it."""
        text, start, end = self.match.string, self.match.start(), self.match.end()
        return letters(text[:start]), letters(text[start:end]), letters(text[end:])


def normalized(text: str) -> str:
    """Return the text as it looks, in characters that can be compared.

    Accents and invisible characters are removed, all hyphens are "-", and letters that look like Latin ones are Latin.
    The number of lines stays the same.
    """
    return _UNUSUAL.sub(lambda match: _normalized(match[0]), unicodedata.normalize("NFKD", text))


@cache
def _normalized(character: str) -> str:
    category = unicodedata.category(character)
    if character in _HYPHENS:
        return "-"
    if category[0] == "C" or category in {"Me", "Mn"} or character in _FILLERS:
        return ""
    if category[0] == "Z":
        return " "
    latin = _LATIN.fullmatch(unicodedata.name(character, ""))
    return latin[1].lower() if latin else character.lower().translate(_HOMOGLYPHS)


def letters(text: str) -> str:
    """Return only the letters of a text, normalized and in lower case."""
    return "".join(filter(str.isalpha, normalized(text).lower()))


def refused(text: str) -> Iterator[RefusedMatch]:
    """Find each refused word of a text, also where a hyphen splits it."""
    whole = normalized(text)
    return _merged(_refused(whole), _refused(_HYPHEN.sub(r"\2\1", whole)))


def refused_as_written(text: str) -> Iterator[RefusedMatch]:
    """Find each refused word of a Markdown source, also where markup splits it."""
    return _merged(refused(text), refused(without_markup(text)))


def refused_in_line(value: str) -> Mapping[tuple[str, str], None]:
    """Find each refused word of a one-line value.

    Return pairs of word and remedy, in order, as keys of a mapping.
    """
    # The value is printed as it is on the page, and without tags in the feed.
    without_tags = SEPARATOR.join(visible_text.texts(without_markup(value)))
    return dict.fromkeys((each.word, each.remedy) for each in _merged(refused_as_written(value), refused(without_tags)))


def without_markup(text: str) -> str:
    """Return the text without Markdown's signs and entities.

    The number of lines stays the same.
    """
    return unescape(MARKUP.sub("", text))


def _merged(found: Iterable[RefusedMatch], more: Iterable[RefusedMatch]) -> Iterator[RefusedMatch]:
    """Yield all matches of `found`, and those of `more` that are not among them."""
    known = set()
    for match in found:
        known.add(match.key)
        yield match
    yield from (match for match in more if match.key not in known)


def _refused(text: str) -> Iterator[RefusedMatch]:
    lower = text.lower()
    if not _ANY.search(lower):
        return
    for pattern, remedy in _REFUSED:
        for match in pattern.finditer(lower):
            yield RefusedMatch(match, " ".join(text[match.start() : match.end()].split()), remedy)


def uncited(paragraph: Paragraph) -> tuple[int, str] | None:
    """Return the first mention of evidence in a paragraph that cites nothing.

    Return its position and its text, or None.
    """
    if paragraph.is_title or citations.keys(paragraph.text):
        return None
    match = EVIDENCE.search(paragraph.text)
    return (match.start(), match[0]) if match else None
