"""Business time against independent judges: NumPy's business days and pandas' business hours.

10,000 random instants over ten years, in several time zones, with holidays, odd hours and days that differ.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import holidays
import numpy as np
import pandas as pd
import pytest
from leads.domain import promise
from leads.domain.practice import WEEKDAYS, Practice

from tests.support.factories import CRISIS_LINES

YEARS = range(2024, 2034)
INSTANTS = 10_000

EVERY_WEEKDAY_ALIKE = {day: ["7:45-18:20"] for day in WEEKDAYS[:5]}
DAYS_THAT_DIFFER = {
    "monday": ["10:30-19:15"],
    "tuesday": ["8:00-12:00", "13:30-17:00"],
    "thursday": ["6:05-14:50"],
    "saturday": ["9:00-11:00"],
}

PRACTICES = [
    ("America/Chicago", "US", "IL", EVERY_WEEKDAY_ALIKE),
    ("America/Chicago", "US", "IL", DAYS_THAT_DIFFER),
    ("America/St_Johns", "CA", "NL", DAYS_THAT_DIFFER),
    ("Europe/Berlin", "DE", "BY", EVERY_WEEKDAY_ALIKE),
    ("Australia/Lord_Howe", "AU", "NSW", DAYS_THAT_DIFFER),
    ("Asia/Kathmandu", "NP", None, EVERY_WEEKDAY_ALIKE),
]


def _practice(zone: str, country: str, subdivision: str | None, hours: dict[str, list[str]]) -> Practice:
    facts: dict[str, Any] = {
        "name": "A practice",
        "tagline": "For this test",
        "url": "https://www.example.com",
        "phone": "+1 312-555-0142",
        "caller_name": "A practice",
        "call": {"who": "Ana", "minutes": 10},
        "patients": {"states": ["IL"], "from_age": 18},
        "country": "US",
        "crisis_lines": CRISIS_LINES,
        "time_zone": zone,
        "address": {"street": "1 Example Street", "city": "Chicago", "region": "IL", "postal_code": "60601"},
        "hours": hours,
        "holidays": {"country": country},
        "conditions": [{"key": "trd", "label": "TRD"}],
        "closed_dates": list(holidays.country_holidays(country, subdiv=subdivision, years=[*YEARS, YEARS.stop])),
    }
    return Practice.model_validate(facts)


def _instants(seed: str) -> Iterator[dt.datetime]:
    chance = random.Random(seed)
    start = dt.datetime(YEARS.start, 1, 1, tzinfo=dt.UTC)
    seconds = int((dt.datetime(YEARS.stop, 1, 1, tzinfo=dt.UTC) - start).total_seconds())
    for _ in range(INSTANTS // len(PRACTICES) + 1):
        yield start + dt.timedelta(seconds=chance.randrange(seconds))


def _calendar(practice: Practice) -> np.busdaycalendar:
    weekmask = [bool(practice.hours.on(day)) for day in range(7)]
    return np.busdaycalendar(weekmask=weekmask, holidays=sorted(practice.closed_dates))


def _judged_contact_by(received_at: dt.datetime, practice: Practice, calendar: np.busdaycalendar) -> dt.datetime:
    """design.md's definition again, written the other way round: on wall-clock times and NumPy's calendar."""
    local = received_at.astimezone(practice.zone)
    today = np.datetime64(local.date())
    spans = practice.hours.on(local.weekday())
    works_today = bool(np.is_busday(today, busdaycal=calendar))
    came_early = works_today and local.time() < spans[0].opens
    open_now = works_today and spans[0].opens <= local.time() < spans[-1].closes
    day = today if came_early else np.busday_offset(today, 1 if works_today else 0, roll="forward", busdaycal=calendar)
    date = day.astype(dt.date)
    due = practice.hours.on(date.weekday())
    time = min(max(local.time(), due[0].opens), due[-1].closes) if open_now else due[-1].closes
    return dt.datetime.combine(date, time, practice.zone)


@pytest.mark.parametrize(("zone", "country", "subdivision", "hours"), PRACTICES)
def test_the_deadline_is_the_one_that_numpys_calendar_gives(
    zone: str, country: str, subdivision: str | None, hours: dict[str, list[str]]
) -> None:
    practice = _practice(zone, country, subdivision, hours)
    calendar = _calendar(practice)
    differences = [
        (moment, ours, judged)
        for moment in _instants(zone)
        if (ours := promise.contact_by(moment, practice)) != (judged := _judged_contact_by(moment, practice, calendar))
    ]
    assert differences == []


ALIKE = [practice for practice in PRACTICES if practice[3] is EVERY_WEEKDAY_ALIKE]


def _two_hours(practice: Practice) -> pd.offsets.CustomBusinessHour:
    span = practice.hours.monday[0]
    hour = pd.offsets.CustomBusinessHour(start=span.opens, end=span.closes, holidays=sorted(practice.closed_dates))
    return hour * 2


def _wall(moment: dt.datetime, practice: Practice) -> dt.datetime:
    # pandas counts on the wall clock, without zones; no clock changes within these opening hours.
    return moment.astimezone(practice.zone).replace(tzinfo=None)


def _is_explained(ours: dt.datetime, judged: dt.datetime, practice: Practice) -> bool:
    # Two hours before closing, to the second: we say today's closing, pandas says the next opening. No open
    # time lies between, and a deadline is better kept on the earlier day.
    span = practice.hours.monday[0]
    return ours.time() == span.closes and judged.time() == span.opens


@pytest.mark.parametrize(("zone", "country", "subdivision", "hours"), ALIKE)
def test_two_open_hours_later_is_when_pandas_says(
    zone: str, country: str, subdivision: str | None, hours: dict[str, list[str]]
) -> None:
    practice = _practice(zone, country, subdivision, hours)
    offset = _two_hours(practice)
    compared = (
        (_wall(promise.after(moment, 2, practice), practice), pd.Timestamp(_wall(moment, practice)) + offset)
        for moment in _instants(zone)
    )
    assert [pair for pair in compared if pair[0] != pair[1] and not _is_explained(*pair, practice)] == []


@pytest.mark.parametrize(("zone", "country", "subdivision", "hours"), ALIKE)
def test_two_open_hours_earlier_is_when_pandas_says(
    zone: str, country: str, subdivision: str | None, hours: dict[str, list[str]]
) -> None:
    practice = _practice(zone, country, subdivision, hours)
    offset = _two_hours(practice)
    compared = (
        (_wall(promise.before(moment, 2, practice), practice), pd.Timestamp(_wall(moment, practice)) - offset)
        for moment in _instants(zone)
    )
    assert [pair for pair in compared if pair[0] != pair[1] and not _is_explained(*pair, practice)] == []
