"""Reader of content/practice.toml, which explains every mistake with its line."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import holidays
from babel.dates import get_timezone_name
from leads.domain import crisis, promise
from leads.domain.practice import Practice, UnknownStaffError
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from plugins.lint import replaced_keys
from plugins.lint.replaced_keys import Location
from plugins.output import share

YEARS_AHEAD = 3
"""Closed dates are worked out for this year and so many more."""


class PracticeFileError(Exception):
    """The practice file has mistakes: its text has a line for each, in order."""


def read(path: Path) -> Practice:
    """Return the practice that the file describes, still without what the build works out (`completed`).

    Raises PracticeFileError if the file has mistakes.
    """
    source = path.read_text(encoding="utf-8-sig")
    try:
        facts = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise PracticeFileError(f"{path}:{_syntax(str(error), source)}") from None
    lines = _lines(source)
    found = sorted((_line(lines, location), _dotted(location), words) for location, words in _mistakes(facts))
    if found:
        raise PracticeFileError("\n".join(f"{path}:{line}: {key}: {words}" for line, key, words in found))
    return Practice.model_validate(share.with_default_networks(facts))


def completed(practice: Practice, today: dt.date) -> Practice:
    """Return the practice with what the build works out: closed dates and the names of its zone and states."""
    names = holidays.country_holidays(practice.country).get_subdivision_aliases()
    states = tuple(names[state][0] for state in practice.patients.states)
    zone = get_timezone_name(practice.time_zone, locale="en_US")
    patients = practice.patients.model_copy(update={"state_names": states})
    return with_closed_dates(practice.model_copy(update={"patients": patients, "time_zone_name": zone}), today)


def with_closed_dates(practice: Practice, today: dt.date) -> Practice:
    """Return the practice with its closed dates: public holidays and special days.

    Public holidays are those of the year of `today` (a date of the practice) and of the YEARS_AHEAD that follow.
    """
    public = _public_holidays(practice, range(today.year, today.year + YEARS_AHEAD + 1))
    closed = {*(day for day, names in public.items() if not _works_on(names, practice))}
    return practice.model_copy(update={"closed_dates": frozenset(closed | set(practice.special_hours))})


def _public_holidays(practice: Practice, years: range) -> dict[dt.date, list[str]]:
    """Return the names of each public holiday: two may fall on one day."""
    region = practice.holidays
    found = holidays.country_holidays(region.country, subdiv=region.subdivision, years=years)
    return {day: found.get_list(day) for day in found}


def _works_on(names: list[str], practice: Practice) -> bool:
    return set(names) <= set(practice.holidays.open_on)


# Lines: tomllib gives none, so the keys and section headings are looked for in the text.

PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
"""A part of a key: bare or in quotes."""

KEY = rf"{PART}(?:\s*\.\s*{PART})*"


def _lines(source: str) -> dict[Location, int]:
    lines: dict[Location, int] = {(): 1}
    section: Location = ()
    for number, line in enumerate(source.split("\n"), 1):
        if match := re.match(r"\s*\[\[(.+?)]]", line):
            name = _path(match[1])
            lines.setdefault(name, number)
            section = (*name, sum(known[:-1] == name for known in lines if known))
            lines.setdefault(section, number)
        elif match := re.match(r"\s*\[([^\[\]]+)]\s*(#|$)", line):
            section = _path(match[1])
            lines.setdefault(section, number)
        elif match := re.match(rf"\s*({KEY})\s*=", line):
            path = _path(match[1])
            for end in range(1, len(path) + 1):  # a.b.c is also the line of a and of a.b
                lines.setdefault((*section, *path[:end]), number)
    return lines


def _path(key: str) -> Location:
    return tuple(part.strip("\"'") for part in re.findall(PART, key))


def _line(lines: Mapping[Location, int], location: Location) -> int:
    """Return the line of a value; of what is around it if a key is missing."""
    while location not in lines:
        location = location[:-1]
    return lines[location]


def _dotted(location: Location) -> str:
    # Pydantic adds "[key]" if a key itself is wrong, not its value.
    return ".".join(part for part in location if isinstance(part, str) and part != "[key]")


def _syntax(message: str, source: str) -> str:
    wrong, _, where = message.partition(" (at ")
    match = re.match(r"line (\d+)", where)
    line = int(match[1]) if match else source.count("\n") + 1
    return f"{line}: this line cannot be read ({wrong[:1].lower()}{wrong[1:]}). {_syntax_remedy(source, line)}"


def _syntax_remedy(source: str, line: int) -> str:
    """Return how to write a line of the section in which this line is."""
    before = "\n".join(source.split("\n")[: line - 1])
    headings = re.findall(r"^\s*\[+\s*(\w+)", before, flags=re.MULTILINE)
    return LINES.get(headings[-1] if headings else "", FACT_LINE)


# Words: what is wrong, and what to write instead.

FACT_LINE = 'Write each fact as key = "value", with both quotes, or as a number, true or false without quotes.'

STAFF_LINE = '{key} = {{ name = "Ana Ruiz", email = "ana@example.com" }}'

LINES = {
    "special_hours": "Write each day as year-month-day, for example 2026-11-27 = [].",
    "staff": f"Write each colleague on one line, for example {STAFF_LINE.format(key='ana')}.",
}
"""How the lines of a section look, where they are not like FACT_LINE."""

WORDS = {
    "string_type": "this must be text. Write it in double quotes.",
    "string_too_short": "this is empty. Write something between the quotes.",
    "string_too_long": "this is too long. Write at most {max_length} characters.",
    "int_type": "{value} is not a whole number. Write one without quotes, for example 2.",
    "int_parsing": "{value} is not a whole number. Write one without quotes, for example 2.",
    "int_from_float": "{value} is not a whole number. Write one without quotes, for example 2.",
    "bool_type": "{value} is neither true nor false. Write one of them, without quotes.",
    "bool_parsing": "{value} is neither true nor false. Write one of them, without quotes.",
    "date_from_datetime_parsing": "{value} is not a day of the calendar. Write year-month-day, for example 2026-11-27.",
    "tuple_type": "this must be a list. Write it in square brackets, even with one entry: [{value}].",
    "model_type": "this must be a section. Write [{key}] on a line of its own, and its facts below.",
    "mapping_type": "this must be a section. Write [{key}] on a line of its own, and its lines below.",
    "dict_type": "this must be a section. Write [{key}] on a line of its own, and its lines below.",
    "too_short": "the list is empty. Write at least one entry between the brackets.",
    "too_long": "the list is too long. Write at most {max_length} entries.",
    "greater_than_equal": "{value} is too small. Write a number from {ge} up.",
    "less_than_equal": "{value} is too large. Write a number up to {le}.",
    "literal_error": "{value} is not a choice here. Write one of {expected}.",
}
"""By pydantic's name of the mistake."""

PATTERNS = {
    "country": '{value} is not a country code. Write its two capital letters, for example "US".',
    "key": '{value} cannot be a key. Write small letters, digits and hyphens, for example "trd".',
    "[key]": '{value} cannot be a short name. Write small letters, digits and hyphens, for example "ana".',
}
"""What a pattern wants, by the key that has it."""

OTHER_COUNTRY = (
    '"{country}" cannot be built: every page names the crisis lines of the United States (988 and 911), so '
    "the project would first need the crisis and emergency numbers of that country, each with its source."
)


WORKED_OUT: Mapping[Location, str] = {
    ("closed_dates",): "the build works this out. Write more closed days under [special_hours].",
    ("time_zone_name",): "the build works this out from time_zone. Remove this line.",
    ("patients", "state_names"): "the build works this out from states. Remove this line.",
}
"""What the model has and no one may write."""


def _is_written(place: Location, facts: Any) -> bool:
    for part in place:
        if not isinstance(facts, Mapping) or part not in facts:
            return False
        facts = facts[part]
    return True


def _mistakes(facts: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    not_ours = replaced_keys.replaced(facts)
    not_ours.update({place: words for place, words in WORKED_OUT.items() if _is_written(place, facts)})
    yield from not_ours.items()
    yield from _country_mistakes(facts.get("country"))
    practice, errors = _validated(facts)
    for error in errors:
        if not _is_explained(error, not_ours):
            yield from _explanations(error)
    if practice and not errors:
        yield from _state_mistakes(practice)
        yield from list(_region_mistakes(practice)) or _closure_mistakes(practice)


def _validated(facts: Mapping[str, Any]) -> tuple[Practice | None, list[ErrorDetails]]:
    """Return the practice, None if its model refuses it, and the errors of the model and of the theme."""
    networks = share.network_errors(facts)
    try:
        return Practice.model_validate(facts), networks
    except ValidationError as invalid:
        others = [error for error in invalid.errors(include_url=False) if error["loc"][:2] != share.LOCATION]
        return None, [*others, *networks]


def _is_explained(error: ErrorDetails, explained: Collection[Location]) -> bool:
    """Return whether the error follows from a key that is explained already."""
    location, kind = error["loc"], error["type"]
    if kind == "missing":
        return location in replaced_keys.replacements(explained)
    # ("closures", 0) explains ("closures",), which the model does not know; ("closed_dates",) explains all below it.
    return any(
        location[: len(place)] == place or (kind == "extra_forbidden" and place[: len(location)] == location)
        for place in explained
    )


def _explanations(error: ErrorDetails) -> Iterator[tuple[Location, str]]:
    context = error.get("ctx", {})
    unknown = context.get("error")
    if isinstance(unknown, UnknownStaffError):
        for key, sentence in unknown.mistakes:
            yield (*error["loc"], key), f"{sentence}."
    else:
        yield error["loc"], _words(error["type"], error["loc"], error["input"], context)


def _country_mistakes(country: object) -> Iterator[tuple[Location, str]]:
    # Numbers that do not answer where the reader is cost lives, so this is the build's to refuse. Anything but two
    # capital letters is no country: the model says so.
    if isinstance(country, str) and re.fullmatch("[A-Z]{2}", country.strip()) and country.strip() != crisis.COUNTRY:
        yield ("country",), OTHER_COUNTRY.format(country=country.strip())


def _words(kind: str, location: Location, value: object, context: Mapping[str, Any]) -> str:
    key = str(location[-1])
    if kind == "extra_forbidden":
        return _unknown(location)
    if _lacks_staff_line(kind, location):
        return f"this is incomplete. Write the line as {STAFF_LINE.format(key=location[1])}."
    if location == ("staff",) and kind == "too_short":
        return f"no colleague is named here. {LINES['staff']}"
    if kind == "missing":
        return f"this is missing. Add a line {_example(location)}."
    if kind == "value_error":
        return _sentences(str(context["error"]), value)
    wording = PATTERNS.get(key) if kind == "string_pattern_mismatch" else WORDS.get(kind)
    facts = {**context, "expected": str(context.get("expected")).replace("'", '"')}
    return (wording or "this cannot be used. Look at the sample in the project's first version.").format(
        key=key, value=_quoted(value), **{name: fact for name, fact in facts.items() if name not in {"key", "value"}}
    )


def _lacks_staff_line(kind: str, location: Location) -> bool:
    return location[0] == "staff" and len(location) > 1 and kind in {"missing", "model_type"}


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _example(location: Location) -> str:
    section = _dotted(location[:-1])
    example = f"“{location[-1]} = ...”"
    if isinstance(_model(location), type) and _model(location) is not _model(location[:-1]):
        return f"“[{_dotted(location)}]” and its facts below it"
    return f"{example} under [{section}]" if section else f"{example} at the top, above the first [section]"


def _sentences(text: str, value: object) -> str:
    """Return the model's message as two sentences: what is wrong, and the remedy."""
    if text.startswith("write "):
        text = f"{_quoted(value)} cannot be used: {text}"
    wrong, colon, remedy = text.partition(": ")
    return f"{wrong}. {remedy[:1].upper()}{remedy[1:]}." if colon else f"{wrong}."


def _unknown(location: Location) -> str:
    key, section = str(location[-1]), _model(location[:-1])
    near = get_close_matches(key, section.model_fields, n=1)
    if near:
        return f"there is no such key. Write “{near[0]}” if that is what you mean."
    if key in Practice.model_fields and section is not Practice:
        return "this key does not belong to this section. Move it to the top, above the first [section]."
    worked_out = {place[-1] for place in WORKED_OUT}
    known = ", ".join(name for name in section.model_fields if name not in worked_out)
    return f"there is no such key. Write one of: {known}."


def _model(location: Location) -> type[BaseModel]:
    """Return the model that describes the section at this place."""
    model: type[BaseModel] = Practice
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = next(models_in(model.model_fields[part].annotation), model)
    return model


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation such as `tuple[Condition, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


A_WEEK = dt.timedelta(days=7)

MAX_CLOSURE_DAYS = promise.HORIZON_DAYS - 30
"""The software looks no further ahead for the two business days that a promise needs."""


def _closure_mistakes(practice: Practice) -> Iterator[tuple[Location, str]]:
    """Yield what is wrong with long closures.

    A request must not be deleted before the practice is open again.
    """
    # Hours and public holidays alone never close for as long as the shortest `keep_days`.
    closed = sorted(practice.special_hours)
    if not closed:
        return
    since, until = closed[0] - A_WEEK, closed[-1] + A_WEEK
    longest = promise.longest_closure(with_closed_dates(practice, closed[0]), since, (until - since).days)
    if longest > MAX_CLOSURE_DAYS:
        yield (
            ("special_hours",),
            f"you are closed for {longest} days in a row. After that, no call can be promised.",
        )
    elif practice.privacy.keep_days < longest:
        closed_for = f"you are closed for {longest} days in a row, and requests would be deleted meanwhile."
        yield ("privacy", "keep_days"), f"{closed_for} Write keep_days = {longest} or more."


def _region_mistakes(practice: Practice) -> Iterator[tuple[Location, str]]:
    supported = holidays.list_supported_countries()
    country, subdivision = practice.holidays.country, practice.holidays.subdivision
    if country not in supported:
        yield ("holidays", "country"), _near("country", country, [key for key in supported if len(key) == 2])
    elif subdivision is not None and subdivision not in supported[country]:
        yield ("holidays", "subdivision"), _near(f"part of {country}", subdivision, supported[country])
    else:
        yield from _holiday_mistakes(practice)


def _state_mistakes(practice: Practice) -> Iterator[tuple[Location, str]]:
    if practice.country != crisis.COUNTRY:  # refused already
        return
    known = holidays.country_holidays(practice.country).get_subdivision_aliases()
    for state in practice.patients.states:
        if state not in known:
            yield ("patients", "states"), f'{_quoted(state)} is no state. Write its two capital letters, as in "IL".'


def _holiday_mistakes(practice: Practice) -> Iterator[tuple[Location, str]]:
    year = dt.date.today().year  # noqa: DTZ011 -- only to have the names of a few years' holidays
    known = {name for names in _public_holidays(practice, range(year, year + 4)).values() for name in names}
    for name in practice.holidays.open_on:
        if name not in known:
            choices = get_close_matches(name, known, n=1, cutoff=0.5) or sorted(known)
            remedy = " or ".join(_quoted(choice) for choice in choices)
            yield ("holidays", "open_on"), f"{_quoted(name)} is no holiday here. Write {remedy}."


def _near(kind: str, value: str, known: list[str]) -> str:
    choices = get_close_matches(value, known, n=1, cutoff=0.5) or known[:8]
    remedy = f"Write {' or '.join(_quoted(choice) for choice in choices)}" if choices else "Remove this line"
    return f"{_quoted(value)} is no {kind} whose holidays are known. {remedy}."
