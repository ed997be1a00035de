"""The practice: content/practice.toml without the staff (leads.domain.people), as a checked model.

The site's build reads the TOML file and adds the closed dates; `make publish` publishes it as JSON that the functions
read (leads.aws.facts).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from leads.domain.crisis import CrisisLines
from leads.domain.strict_model import StrictModel, Text

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


KEY = "^[a-z][a-z0-9-]{0,39}$"

Key = Annotated[str, Field(pattern=KEY)]
"""A short name that other parts of the file, or stored leads, refer to."""


def _day(day: object) -> object:
    # Pydantic alone would also take a number, as the seconds since 1970.
    if isinstance(day, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise ValueError("write the day as year-month-day, for example 2026-11-27 = []")
    return day


Day = Annotated[dt.date, BeforeValidator(_day)]


def _closed(hours: object) -> object:
    if hours not in ([], ()):
        raise ValueError(
            "other hours on one day come later; for now a day is closed ([]) or as in the week, "
            "so write [] or remove this line"
        )
    return hours


Closed = Annotated[tuple[()], BeforeValidator(_closed)]
"""The hours of a day on which the practice is closed; a day with hours of its own is not supported yet."""


class Span(StrictModel):
    """One stretch of opening hours: opens <= t < closes.

    Both are wall-clock times in the practice's time zone.
    """

    opens: dt.time
    closes: dt.time

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, span: object) -> object:
        if not isinstance(span, str):
            return span
        match = re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", span)  # noqa: RUF001 -- people type an en dash
        if not match:
            raise ValueError('write hours as "9:00-17:00", on the 24-hour clock')
        opens_hour, opens_minute, closes_hour, closes_minute = map(int, match.groups())
        if max(opens_hour, closes_hour) > 23 or max(opens_minute, closes_minute) > 59:
            raise ValueError('there is no such time: write hours from "0:00" to "23:59"')
        return {
            "opens": dt.time(opens_hour, opens_minute),
            "closes": dt.time(closes_hour, closes_minute),
        }

    @model_validator(mode="after")
    def _closes_later(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(
                "the closing time must be later than the opening time, on the 24-hour clock "
                '(five in the afternoon is "17:00")'
            )
        return self

    def __str__(self) -> str:
        return f"{twelve_hour(self.opens)} to {twelve_hour(self.closes)}"


class Hours(StrictModel):
    """Opening hours by weekday; a day without spans is closed."""

    monday: tuple[Span, ...] = ()
    tuesday: tuple[Span, ...] = ()
    wednesday: tuple[Span, ...] = ()
    thursday: tuple[Span, ...] = ()
    friday: tuple[Span, ...] = ()
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not any(self.on(day) for day in range(7)):
            raise ValueError('no day has hours: give at least one, for example monday = ["9:00-17:00"]')
        for day, weekday in enumerate(WEEKDAYS):
            if any(before.closes > after.opens for before, after in pairwise(self.on(day))):
                raise ValueError(f"{weekday}'s spans overlap or are out of order: write them from early to late")
        return self

    def on(self, weekday: int) -> tuple[Span, ...]:
        """Return the spans of a weekday, Monday = 0 (as `date.weekday()` counts)."""
        spans: tuple[Span, ...] = getattr(self, WEEKDAYS[weekday])
        return spans


class Address(StrictModel):
    street: Text
    city: Text
    region: Text
    postal_code: Text

    def __str__(self) -> str:
        return f"{self.street}, {self.city}, {self.region} {self.postal_code}"


class Holidays(StrictModel):
    """Which public holidays are closed.

    The `holidays` library knows their dates (at build time only).
    """

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(max_length=10)] | None = None
    open_on: tuple[Text, ...] = ()
    """Holidays on which the practice works all the same, by the library's names."""


class PromiseSettings(StrictModel):
    """When the software makes the staff aware of a promise; both in opening hours."""

    priority_hours: Annotated[int, Field(ge=1, le=24)] = 2
    reminder_hours: Annotated[int, Field(ge=1, le=24)] = 2


class Patients(StrictModel):
    """The people whom the practice may see; the form says it before a visitor asks for a call."""

    states: Annotated[tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...], Field(min_length=1, max_length=60)]
    """Codes of the states in which a clinician of the practice is licensed."""
    from_age: Annotated[int, Field(ge=0, le=100)]
    state_names: tuple[str, ...] = ()
    """The states' names in the order of `states`; worked out by the build, never written by hand."""


class Privacy(StrictModel):
    keep_days: Annotated[int, Field(ge=30, le=3650)] = 365


class Condition(StrictModel):
    """What a visitor may tick.

    `key` is stored with the lead; `priority` shortens the deadline. A `retired` one is no longer offered. It stays in
    the file, because pages that were open before still send it.
    """

    key: Key
    label: Text
    priority: bool = False
    retired: bool = False


class Share(StrictModel):
    networks: tuple[str, ...] = ()
    """Keys of the theme's share targets, which the build checks (plugins/output/share.py)."""
    words: Text = "I read this and thought of you. No need to answer."
    """What e-mails and text messages begin with; a reader may change it before sending."""


def _notice(notice: str) -> str:
    if not re.fullmatch(r"/[a-z0-9/-]*/|https://[^\s<>\"]+|none: .*\S.*", notice):
        raise ValueError(
            'write a page of the site ("/good-faith-estimate/"), a whole address ("https://...") or, if you need not '
            'show this notice, "none: " and why'
        )
    return notice


Notice = Annotated[Text, AfterValidator(_notice)]
"""A page of the site, an address, or "none: " and the reason why there is no such notice."""


class Notices(StrictModel):
    """What the law asks a practice's site to show; each page's footer links to it."""

    privacy_practices: Notice | None = None
    """The Notice of Privacy Practices (45 CFR 164.520(c)(3)(i)); `make publish` asks for it."""
    good_faith_estimate: Notice | None = None
    """The right to a good-faith estimate (45 CFR 149.610(b)(1)(iii)); `make publish` asks for it."""
    others: Mapping[Text, Notice] = {}
    """More notices, by the words of their links."""


def _url(url: str) -> str:
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", url):
        raise ValueError('write the site\'s address without a path or a final slash: "https://www.example.com"')
    return url


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name at all; a folder of the tz database
        raise ValueError('write a time zone of the tz database, for example "America/Chicago"') from None
    return name


def _phone(number: str) -> str:
    if not re.fullmatch(r"\+[1-9][\d ().-]{6,20}", number):
        raise ValueError('write the number with its country code, for example "+1 312-555-0142"')
    return number


Phone = Annotated[str, AfterValidator(_phone)]


class Call(StrictModel):
    """What the form says about the call before a visitor asks for it."""

    who: Text
    """Who calls, as it is said in a sentence: "Ana or a colleague from our front desk"."""
    minutes: Annotated[int, Field(ge=1, le=120)]
    """About how long the call takes."""
    number: Phone | None = None
    """The number that the phone of the called person shows, if it is not `phone`."""


def _unique(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    keys = [condition.key for condition in conditions]
    if len(keys) != len(set(keys)):
        raise ValueError("two conditions have the same key: give each a key of its own")
    if all(condition.retired for condition in conditions):
        raise ValueError("every condition is retired: leave at least one that visitors may tick")
    return conditions


class Practice(StrictModel):
    """All that the site and the functions know about the practice, but for its staff."""

    sample: bool = False
    name: Text
    tagline: Text
    url: Annotated[str, BeforeValidator(lambda url: str(url).strip()), AfterValidator(_url)]
    caller_name: Text
    """A name for contact cards that says nothing of what the practice treats."""
    phone: Phone
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    crisis_lines: CrisisLines
    """The lines of `country`; taken by the build from content/crisis-lines.toml, never written by hand."""
    time_zone: Annotated[str, AfterValidator(_time_zone)]
    time_zone_name: str = ""
    """The zone as people say it ("Central Time"); worked out by the build, never written by hand."""
    address: Address
    hours: Hours
    holidays: Holidays
    special_hours: Mapping[Day, Closed] = {}
    """Days that are unlike their weekday."""
    promise: PromiseSettings = PromiseSettings()
    call: Call
    patients: Patients
    notices: Notices = Notices()
    privacy: Privacy = Privacy()
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=20), AfterValidator(_unique)]
    share: Share = Share()
    closed_dates: frozenset[dt.date] = frozenset()
    """Public holidays and special days; worked out by the build, never written by hand."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the practice's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def phone_uri(self) -> str:
        """Return the practice's number as a `tel:` address (RFC 3966)."""
        return _uri(self.phone)

    @property
    def phone_display(self) -> str:
        """Return the number as its country writes it; as in the file for any but +1."""
        return _display(self.phone)

    @property
    def caller_number(self) -> str:
        """Return the number that calls visitors, as in the file."""
        return self.call.number or self.phone

    @property
    def caller_uri(self) -> str:
        """Return the number that calls visitors as a `tel:` address (RFC 3966)."""
        return _uri(self.caller_number)

    @property
    def caller_number_display(self) -> str:
        """Return the number that calls visitors as its country writes it."""
        return _display(self.caller_number)

    @property
    def offered_conditions(self) -> tuple[Condition, ...]:
        """Return the conditions that the form offers: all but retired ones."""
        return tuple(condition for condition in self.conditions if not condition.retired)

    def condition_labels(self, keys: Iterable[str]) -> list[str]:
        """Return the labels of these conditions; a key that the practice file does not have, as written and marked.

        Such a key comes from a page that is older or newer than these facts.
        """
        labels = {condition.key: condition.label for condition in self.conditions}
        return [labels.get(key, f"{key} (not in the practice file: another version of the form)") for key in keys]

    @classmethod
    def from_json(cls, facts: str | bytes) -> Self:
        """Return the practice from the JSON that was published, ignoring keys that this code does not know.

        Raises pydantic's ValidationError where a key that it needs is missing or unusable.
        """
        return cls.model_validate_json(facts, extra="ignore")


def _uri(number: str) -> str:
    return "tel:" + re.sub(r"[^+\d]", "", number)


def _display(number: str) -> str:
    national = re.sub(r"[^\d]", "", number)
    if len(national) == 11 and national.startswith("1"):
        return f"({national[1:4]}) {national[4:7]}-{national[7:]}"
    return number


def twelve_hour(time: dt.time) -> str:
    """Return a time of day on the 12-hour clock, for example "9:00 AM"."""
    return f"{time.hour % 12 or 12}:{time:%M} {'AM' if time.hour < 12 else 'PM'}"
