"""Reader of content/practice.toml, which explains every mistake with its line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import holidays
from babel.dates import get_timezone_name
from leads.domain import promise
from leads.domain.people import StaffedPractice, UnknownStaffError
from leads.domain.practice import Practice
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plugins.lint import crisis_file, replaced_keys, toml_file
from plugins.lint.crisis_file import CrisisRow
from plugins.lint.replaced_keys import Location
from plugins.output import share

YEARS_AHEAD = 3
"""Closed dates are worked out for this year and so many more."""


class PracticeFileError(Exception):
    """The practice file or the crisis lines beside it have mistakes: its text has a line for each, in order."""


def read(path: Path) -> StaffedPractice:
    """Return the practice that the file describes, with the crisis lines of its country.

    What else the build works out is still missing (`completed`). The crisis lines are in a file of their own in the
    same folder. Raises PracticeFileError if one of the files has mistakes.
    """
    try:
        rows = crisis_file.read(path.with_name(crisis_file.NAME))
    except crisis_file.CrisisFileError as mistakes:
        raise PracticeFileError(str(mistakes)) from None
    source = path.read_text(encoding="utf-8-sig")
    try:
        facts = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise PracticeFileError(f"{path}:{_syntax(str(error), source)}") from None
    if found := toml_file.report(path, source, _mistakes(facts, rows)):
        raise PracticeFileError(found)
    return StaffedPractice.model_validate(_with_crisis_lines(share.with_default_networks(facts), rows))


def completed(practice: StaffedPractice, today: dt.date) -> StaffedPractice:
    """Return the practice with what the build works out: closed dates and the names of its zone and states."""
    names = holidays.country_holidays(practice.country).get_subdivision_aliases()
    states = tuple(names[state][0] for state in practice.patients.states)
    zone = get_timezone_name(practice.time_zone, locale="en_US")
    patients = practice.patients.model_copy(update={"state_names": states})
    return with_closed_dates(practice.model_copy(update={"patients": patients, "time_zone_name": zone}), today)


def with_closed_dates(practice: StaffedPractice, today: dt.date) -> StaffedPractice:
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


def _syntax(message: str, source: str) -> str:
    line, sentence = toml_file.syntax_mistake(message, source)
    return f"{line}: {sentence} {_syntax_remedy(source, line)}"


def _syntax_remedy(source: str, line: int) -> str:
    """Return how to write a line of the section in which this line is."""
    before = "\n".join(source.split("\n")[: line - 1])
    headings = re.findall(r"^\s*\[+\s*(\w+)", before, flags=re.MULTILINE)
    return LINES.get(headings[-1] if headings else "", toml_file.FACT_LINE)


# Words: what is wrong, and what to write instead.

STAFF_LINE = '{key} = {{ name = "Ana Ruiz", email = "ana@example.com" }}'

LINES = {
    "special_hours": "Write each day as year-month-day, for example 2026-11-27 = [].",
    "staff": f"Write each colleague on one line, for example {STAFF_LINE.format(key='ana')}.",
}
"""How the lines of a section look, where they are not like toml_file.FACT_LINE."""

PATTERNS = {
    "country": '{value} is not a country code. Write its two capital letters, for example "US".',
    "key": '{value} cannot be a key. Write small letters, digits and hyphens, for example "trd".',
    "[key]": '{value} cannot be a short name. Write small letters, digits and hyphens, for example "ana".',
}
"""What a pattern wants, by the key that has it."""

OTHER_COUNTRY = (
    f'"{{country}}" cannot be built: content/{crisis_file.NAME} has crisis lines for {{known}} alone, and a row for '
    f"{{country}} needs {crisis_file.ROW_NEEDS}."
)


WORKED_OUT: Mapping[Location, str] = {
    ("closed_dates",): "the build works this out. Write more closed days under [special_hours].",
    ("time_zone_name",): "the build works this out from time_zone. Remove this line.",
    ("patients", "state_names"): "the build works this out from states. Remove this line.",
    ("crisis_lines",): f"the build takes these from {crisis_file.NAME}. Remove this.",
}
"""What the model has and no one may write."""


WORDING = toml_file.Wording(StaffedPractice, PATTERNS, {str(place[-1]) for place in WORKED_OUT})


def _is_written(place: Location, facts: Any) -> bool:
    for part in place:
        if not isinstance(facts, Mapping) or part not in facts:
            return False
        facts = facts[part]
    return True


def _mistakes(facts: Mapping[str, Any], rows: Mapping[str, CrisisRow]) -> Iterator[tuple[Location, str]]:
    not_ours = replaced_keys.replaced(facts)
    not_ours.update({place: words for place, words in WORKED_OUT.items() if _is_written(place, facts)})
    yield from not_ours.items()
    yield from _country_mistakes(facts.get("country"), rows)
    practice, errors = _validated(facts, rows)
    for error in errors:
        if not _is_explained(error, not_ours):
            yield from _explanations(error)
    if practice and not errors:
        yield from _state_mistakes(practice)
        yield from list(_region_mistakes(practice)) or _closure_mistakes(practice)


def _validated(
    facts: Mapping[str, Any], rows: Mapping[str, CrisisRow]
) -> tuple[StaffedPractice | None, list[ErrorDetails]]:
    """Return the practice, None if its model refuses it, and the errors of the model and of the theme."""
    networks = share.network_errors(facts)
    try:
        return StaffedPractice.model_validate(_with_crisis_lines(facts, rows)), networks
    except ValidationError as invalid:
        others = [error for error in invalid.errors(include_url=False) if error["loc"][:2] != share.LOCATION]
        return None, [*others, *networks]


def _with_crisis_lines(facts: Mapping[str, Any], rows: Mapping[str, CrisisRow]) -> Mapping[str, Any]:
    """Return the facts with the crisis lines of their country; of another one if that has none, which is refused."""
    row = rows.get(str(facts.get("country")).strip()) or next(iter(rows.values()))
    return {**facts, "crisis_lines": row.lines}


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


def _country_mistakes(country: object, rows: Collection[str]) -> Iterator[tuple[Location, str]]:
    # Numbers that do not answer where the reader is cost lives, so this is the build's to refuse. Anything but two
    # capital letters is no country: the model says so.
    if isinstance(country, str) and re.fullmatch("[A-Z]{2}", country.strip()) and country.strip() not in rows:
        yield ("country",), OTHER_COUNTRY.format(country=country.strip(), known=" and ".join(rows))


def _words(kind: str, location: Location, value: object, context: Mapping[str, Any]) -> str:
    if _lacks_staff_line(kind, location):
        return f"this is incomplete. Write the line as {STAFF_LINE.format(key=location[1])}."
    if location == ("staff",) and kind == "too_short":
        return f"no colleague is named here. {LINES['staff']}"
    return WORDING.words(kind, location, value, context)


def _lacks_staff_line(kind: str, location: Location) -> bool:
    return location[0] == "staff" and len(location) > 1 and kind in {"missing", "model_type"}


A_WEEK = dt.timedelta(days=7)

MAX_CLOSURE_DAYS = promise.HORIZON_DAYS - 30
"""The software looks no further ahead for the two business days that a promise needs."""


def _closure_mistakes(practice: StaffedPractice) -> Iterator[tuple[Location, str]]:
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
    if practice.crisis_lines.country != practice.country:  # refused already
        return
    known = holidays.country_holidays(practice.country).get_subdivision_aliases()
    for state in practice.patients.states:
        if state not in known:
            wrong = f"{toml_file.quoted(state)} is no state."
            yield ("patients", "states"), f'{wrong} Write its two capital letters, as in "IL".'


def _holiday_mistakes(practice: Practice) -> Iterator[tuple[Location, str]]:
    year = dt.date.today().year  # noqa: DTZ011 -- only to have the names of a few years' holidays
    known = {name for names in _public_holidays(practice, range(year, year + 4)).values() for name in names}
    for name in practice.holidays.open_on:
        if name not in known:
            choices = get_close_matches(name, known, n=1, cutoff=0.5) or sorted(known)
            remedy = " or ".join(toml_file.quoted(choice) for choice in choices)
            yield ("holidays", "open_on"), f"{toml_file.quoted(name)} is no holiday here. Write {remedy}."


def _near(kind: str, value: str, known: list[str]) -> str:
    choices = get_close_matches(value, known, n=1, cutoff=0.5) or known[:8]
    remedy = f"Write {' or '.join(toml_file.quoted(choice) for choice in choices)}" if choices else "Remove this line"
    return f"{toml_file.quoted(value)} is no {kind} whose holidays are known. {remedy}."
