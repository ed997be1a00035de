"""The practice: content/practice.toml as a checked model.

The site's build reads the TOML file, adds the closed dates and writes it as JSON; the function reads
only that JSON. No I/O here but reading that one file.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Facts(BaseModel):
    """What all parts of the practice file share: frozen, and a misspelt key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("write it on one line, without control characters")
    return text


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"


def _email(address: str) -> str:
    # What people use of RFC 5322, and what reaches SES as it was typed: a line break or a comma would let one entry
    # become several recipients, a parenthesis would vanish as a comment. The first e-mail proves the rest.
    if not re.fullmatch(rf"{_ATOM}(\.{_ATOM})*@([A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}", address):
        raise ValueError('write an e-mail address, for example "front-desk@example.com"')
    return address


Email = Annotated[str, AfterValidator(_email)]


class Span(Facts):
    """One stretch of opening hours, wall-clock times in the practice's time zone; opens <= t < closes."""

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
        return f"{clock(self.opens)} to {clock(self.closes)}"


class Hours(Facts):
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
        """Spans of a weekday, Monday = 0 (as `date.weekday()` counts)."""
        spans: tuple[Span, ...] = getattr(self, WEEKDAYS[weekday])
        return spans


class Address(Facts):
    street: Text
    city: Text
    region: Text
    postal_code: Text

    def __str__(self) -> str:
        return f"{self.street}, {self.city}, {self.region} {self.postal_code}"


class Holidays(Facts):
    """Which public holidays are closed. The `holidays` library knows their dates (at build time only)."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(max_length=10)] | None = None
    open_on: tuple[Text, ...] = ()
    """Holidays on which the practice works all the same, by the library's names."""


class Closure(Facts):
    """One more closed day."""

    date: dt.date
    reason: Text


class Promise(Facts):
    """How hard the software works at the promise; both in opening hours."""

    priority_hours: Annotated[int, Field(ge=1, le=24)] = 2
    reminder_hours: Annotated[int, Field(ge=1, le=24)] = 2


class Notify(Facts):
    to: Annotated[tuple[Email, ...], Field(min_length=1, max_length=20)]
    escalate_to: Annotated[tuple[Email, ...], Field(min_length=1, max_length=20)]
    sender: Email
    """What e-mails come from: an address of the practice's own domain, since receivers ask that domain's DNS."""
    email_detail: Literal["full", "reference"] = "full"


class Privacy(Facts):
    keep_days: Annotated[int, Field(ge=30, le=3650)] = 365


class Condition(Facts):
    """What a visitor may tick. `key` is stored with the lead; `priority` shortens the deadline."""

    key: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,39}$")]
    label: Text
    priority: bool = False


class Share(Facts):
    networks: tuple[str, ...] = ()
    """Keys of the theme's share targets, which the build checks (plugins/output/share.py)."""


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


def _unique(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    keys = [condition.key for condition in conditions]
    if len(keys) != len(set(keys)):
        raise ValueError("two conditions have the same key: give each a key of its own")
    return conditions


class Practice(Facts):
    """Who we are, when we are open, what we promise, whom we notify."""

    sample: bool = False
    name: Text
    tagline: Text
    url: Annotated[str, BeforeValidator(lambda url: str(url).strip()), AfterValidator(_url)]
    phone: Annotated[str, AfterValidator(_phone)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    time_zone: Annotated[str, AfterValidator(_time_zone)]
    address: Address
    hours: Hours
    holidays: Holidays
    closures: tuple[Closure, ...] = ()
    promise: Promise = Promise()
    notify: Notify
    privacy: Privacy = Privacy()
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=20), AfterValidator(_unique)]
    share: Share = Share()
    closed_dates: frozenset[dt.date] = frozenset()
    """Public holidays and closures; worked out by the build, never written by hand."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def phone_uri(self) -> str:
        """The practice's number as a `tel:` address (RFC 3966)."""
        return "tel:" + re.sub(r"[^+\d]", "", self.phone)

    @property
    def phone_display(self) -> str:
        """The number as people of the practice's own country write it; as in the file for any but +1."""
        national = re.sub(r"[^\d]", "", self.phone)
        if len(national) == 11 and national.startswith("1"):
            return f"({national[1:4]}) {national[4:7]}-{national[7:]}"
        return self.phone

    @classmethod
    def load(cls, path: Path) -> Self:
        """The practice from the JSON file that the build wrote."""
        return cls.model_validate_json(path.read_bytes())


def clock(time: dt.time) -> str:
    """A clock time as people say it: 9:00 AM."""
    return f"{time.hour % 12 or 12}:{time:%M} {'AM' if time.hour < 12 else 'PM'}"
