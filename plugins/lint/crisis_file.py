"""Reader of content/crisis-lines.toml, which explains every mistake with its line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from leads.domain.crisis import CrisisLines
from leads.domain.strict_model import StrictModel, Text
from pydantic import Field, ValidationError, ValidationInfo, field_validator

from plugins.lint import toml_file
from plugins.lint.diagnostic import Diagnostic
from plugins.lint.replaced_keys import Location

NAME = "crisis-lines.toml"
"""Its name, beside the practice file."""

MAX_AGE = dt.timedelta(days=365)
"""How long a row is taken to be right after it was checked."""

ROW_NEEDS = (
    "the country's emergency number, a line that answers calls and text messages day and night, the keys and numbers "
    "for Spanish and for veterans, a chat, the languages, the source of each, and the day on which you checked them"
)

PATTERNS = {
    "country": '{value} is not a country code. Write its two capital letters, for example "CA".',
    "languages": '{value} is not a language. Write its two small letters, for example ["en", "fr"].',
    "chat_url": '{value} is not the address of a page. Write all of it, for example "https://www.example.org/chat/".',
    **dict.fromkeys(
        ("lifeline", "lifeline_text", "veterans_text", "emergency"),
        '{value} cannot be dialled. Write the digits alone, in quotes, for example "116123".',
    ),
    **dict.fromkeys(("spanish_key", "veterans_key"), '{value} is not one key of a phone. Write it as "1".'),
}
"""What a pattern wants, by the key that has it."""


class CrisisFileError(Exception):
    """The file has mistakes: its text has a line for each, in order."""


class CrisisRow(CrisisLines):
    """One row of the file: the lines of a country, and what says that they are right."""

    languages: Annotated[tuple[Annotated[str, Field(pattern="^[a-z]{2}$")], ...], Field(min_length=1, max_length=20)]
    """Languages that the lifeline answers in (ISO 639-1)."""
    lifeline_source: Text
    emergency_source: Text
    spanish_source: Text
    veterans_source: Text
    chat_source: Text
    checked_on: dt.date

    @field_validator("lifeline_text")
    @classmethod
    def _is_the_lifeline(cls, number: str, others: ValidationInfo) -> str:
        if number != others.data.get("lifeline", number):
            raise ValueError(
                "this is another number than lifeline, but pages say “call or text” and one number: "
                "change those sentences of the templates first"
            )
        return number

    @property
    def lines(self) -> CrisisLines:
        """Return the lines alone, as the functions get them."""
        return CrisisLines.model_validate(self.model_dump(include=set(CrisisLines.model_fields)))


class CrisisFile(StrictModel):
    """The whole file."""

    crisis_lines: tuple[CrisisRow, ...]


WORDING = toml_file.Wording(CrisisFile, PATTERNS)


def read(path: Path) -> dict[str, CrisisRow]:
    """Return the rows by the code of their country.

    Raises CrisisFileError if the file is missing or has mistakes.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
        facts = tomllib.loads(source)
    except FileNotFoundError:
        raise CrisisFileError(f"{path}:1: this file is missing. Put it back from git.") from None
    except tomllib.TOMLDecodeError as error:
        line, sentence = toml_file.syntax_mistake(str(error), source)
        raise CrisisFileError(f"{path}:{line}: {sentence} {toml_file.FACT_LINE}") from None
    if found := toml_file.report(path, source, _mistakes(facts)):
        raise CrisisFileError(found)
    return {row.country: row for row in CrisisFile.model_validate(facts).crisis_lines}


def _mistakes(facts: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    try:
        rows = CrisisFile.model_validate(facts).crisis_lines
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            location = _of_key(error["loc"])
            yield location, WORDING.words(error["type"], location, error["input"], error.get("ctx", {}))
        return
    if not rows:
        yield ("crisis_lines",), toml_file.WORDS["too_short"]
    countries = [row.country for row in rows]
    for number, country in enumerate(countries):
        if country in countries[:number]:
            yield ("crisis_lines", number, "country"), f"“{country}” has a row above. Keep one of them."


def _of_key(location: Location) -> Location:
    """Return the place without the position in a list of words."""
    return location[:-1] if isinstance(location[-1], int) and len(location) > 2 else location


def numbers(text: str, known: Collection[str]) -> Iterator[re.Match[str]]:
    """Find each of the known numbers in a text; not where it is part of a word, an amount or an address's path."""
    choices = "|".join(sorted(known, key=len, reverse=True))
    return re.finditer(rf"(?<![\w/])(?<!\d[.,-])(?:{choices})(?!\w|[.,-]\d)", text)


def age_warnings(path: Path, country: str, today: dt.date) -> Iterator[Diagnostic]:
    """Yield a warning if this country's row was not checked for more than a year.

    `today` is a date of the practice. Raises what `read` raises.
    """
    rows = read(path)
    checked_on = rows[country].checked_on
    if today - checked_on <= MAX_AGE:
        return
    lines = toml_file.lines_of(path.read_text(encoding="utf-8-sig"))
    yield Diagnostic(
        str(path),
        toml_file.line_of(lines, ("crisis_lines", list(rows).index(country), "checked_on")),
        f"the crisis lines were checked more than a year ago, on {checked_on:%B} {checked_on.day}, {checked_on.year}. "
        "Compare each number with its source, and write the day into checked_on.",
        is_warning=True,
    )
