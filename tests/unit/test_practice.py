"""The practice as a model: what it refuses, in whose words, and what it gives to the rest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from leads.domain.practice import Practice, clock
from pydantic import ValidationError

from plugins.lint import practice_file
from tests.support import factories


def told(practice_toml: str, folder: Path) -> list[str]:
    """What the editor reads about this file, a line for each mistake: key and words."""
    path = folder / "practice.toml"
    path.write_text(practice_toml, encoding="utf-8")
    try:
        practice_file.read(path)
    except practice_file.PracticeFileError as mistakes:
        return [line.split(": ", 1)[1] for line in str(mistakes).splitlines()]
    return []


def changed(old: str, new: str) -> str:
    assert factories.PRACTICE_TOML.count(old) == 1, f"{old!r} must stand once in the sample"
    return factories.PRACTICE_TOML.replace(old, new)


def test_the_sample_of_the_tests_has_no_mistake(tmp_path: Path) -> None:
    assert told(factories.PRACTICE_TOML, tmp_path) == []


MONDAY = 'monday = ["9:00-17:00"]'
WEDNESDAY = 'wednesday = ["9:00-12:00", "13:00-17:00"]'

MISTAKES = {
    "a key at the top that nobody knows": ("tagline =", "tag_line =", "tag_line", "Write “tagline”"),
    "a key in a section that nobody knows": ("street =", "strret =", "address.strret", "Write “street”"),
    "a weekday that does not exist": ("friday =", "freitag =", "hours.freitag", "Write"),
    "a missing fact": ('phone = "+1 312-555-0100"\n', "", "phone", "Add a line"),
    "a missing section": ("[address]", "[adress]", "address", "[address]"),
    "a number for a text": ('name = "Lakeside Test Clinic"', "name = 5", "name", "Write it in double quotes"),
    "an empty text": ('city = "Chicago"', 'city = " "', "address.city", "Write something"),
    "a text that is too long": ("A practice that exists", "x" * 200, "tagline", "at most 200 characters"),
    "a text of two lines": ("A practice that exists", r"A\npractice", "tagline", "Write it on one line"),
    "a text with a control character": ("A practice that exists", r"A\u0000", "tagline", "Write it on one line"),
    "a text for a number": ("reminder_hours = 2", 'reminder_hours = "two"', "promise.reminder_hours", "for example 2"),
    "a number that is not whole": ("priority_hours = 2", "priority_hours = 1.5", "promise.priority_hours", "whole"),
    "no time for priority": ("priority_hours = 2", "priority_hours = 0", "promise.priority_hours", "from 1 up"),
    "more than a day of priority": ("priority_hours = 2", "priority_hours = 25", "promise.priority_hours", "up to 24"),
    "data kept too shortly": ("keep_days = 365", "keep_days = 29", "privacy.keep_days", "from 30 up"),
    "data kept too long": ("keep_days = 365", "keep_days = 3651", "privacy.keep_days", "up to 3650"),
    "text for yes or no": ("sample = true", 'sample = "perhaps"', "sample", "true nor false"),
    "hours that are not in a list": (MONDAY, 'monday = "9:00-17:00"', "hours.monday", "square brackets"),
    "hours on the 12-hour clock": (MONDAY, 'monday = ["9am-5pm"]', "hours.monday", 'Write hours as "9:00-17:00"'),
    "hours with a number alone": (MONDAY, "monday = [9]", "hours.monday", "Write"),
    "an hour that does not exist": (MONDAY, 'monday = ["9:00-24:00"]', "hours.monday", 'Write hours from "0:00"'),
    "a minute that does not exist": (MONDAY, 'monday = ["9:60-17:00"]', "hours.monday", 'Write hours from "0:00"'),
    "closing before opening": (MONDAY, 'monday = ["17:00-9:00"]', "hours.monday", 'is "17:00"'),
    "closing at opening": (MONDAY, 'monday = ["9:00-9:00"]', "hours.monday", "later than the opening time"),
    "spans that overlap": (WEDNESDAY, 'wednesday = ["9:00-13:00", "12:00-17:00"]', "hours", "from early to late"),
    "spans out of order": (WEDNESDAY, 'wednesday = ["13:00-17:00", "9:00-12:00"]', "hours", "from early to late"),
    "an unknown time zone": ('"America/Chicago"', '"America/Chicagoo"', "time_zone", 'for example "America/Chicago"'),
    "a folder of time zones": ('"America/Chicago"', '"America"', "time_zone", 'for example "America/Chicago"'),
    "no time zone at all": ('"America/Chicago"', '""', "time_zone", 'for example "America/Chicago"'),
    "a path for a time zone": ('"America/Chicago"', '"../../etc/passwd"', "time_zone", 'for example "America/Chicago"'),
    "an unknown holiday country": (
        '[holidays]\ncountry = "US"',
        '[holidays]\ncountry = "XX"',
        "holidays.country",
        "Write",
    ),
    "an unknown holiday region": ('"IL"\n\n[[clos', '"ZZ"\n\n[[clos', "holidays.subdivision", "Write"),
    "a country by its name": ('"US"\ntime', '"America"\ntime', "country", "two capital letters"),
    "a closure without a date": ("date = 2026-11-27", 'date = "soon"', "closures.date", "Write year-month-day"),
    "a closure on a day that does not exist": (
        "date = 2026-11-27",
        'date = "2026-02-30"',
        "closures.date",
        "year-month-day",
    ),
    "a closure without a reason": ('reason = "Day after Thanksgiving"\n', "", "closures.reason", "Add a line"),
    "nobody to notify": ('to = ["front-desk@lakeside.example"]', "to = []", "notify.to", "at least one"),
    "nobody to escalate to": ('["manager@lakeside.example"]', "[]", "notify.escalate_to", "at least one"),
    "nobody who sends": ('sender = "call-back@lakeside.example"\n', "", "notify.sender", "Add a line"),
    "a sender with a name": (
        '"call-back@lakeside.example"',
        '"Lakeside <call-back@lakeside.example>"',
        "notify.sender",
        "an e-mail address",
    ),
    "something else than an address": (
        '"front-desk@lakeside.example"',
        '"front desk"',
        "notify.to",
        "an e-mail address",
    ),
    "two addresses in one": (
        '"front-desk@lakeside.example"',
        '"a@lakeside.example, b@lakeside.example"',
        "notify.to",
        "an e-mail address",
    ),
    "an address with a line break": (
        '"front-desk@lakeside.example"',
        r'"a@lakeside.example\nBcc: b@lakeside.example"',
        "notify.to",
        "an e-mail address",
    ),
    "an unknown detail": (
        'email_detail = "full"',
        'email_detail = "some"',
        "notify.email_detail",
        '"full" or "reference"',
    ),
    "a page's address for the site's": (
        'lakeside.example"\nphone',
        'lakeside.example/x/"\nphone',
        "url",
        "without a path",
    ),
    "a final slash": ('lakeside.example"\nphone', 'lakeside.example/"\nphone', "url", "without a path"),
    "an address without https": ('"https://www.lake', '"www.lake', "url", "https://www.example.com"),
    "a phone without country code": ('"+1 312-555-0100"', '"312-555-0100"', "phone", "with its country code"),
    "two conditions of one key": ('key = "ptsd"', 'key = "trd"', "conditions", "a key of its own"),
    "a key with a space": ('key = "ptsd"', 'key = "p t s d"', "conditions.key", "small letters, digits and hyphens"),
    "a condition without a label": ('label = "Post-traumatic stress disorder"\n', "", "conditions.label", "Add a line"),
    "an unknown share network": ('"copy", ', '"myspace", ', "share.networks", "Write one of"),
}


@pytest.mark.parametrize(("old", "new", "key", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_its_key_and_what_to_write(tmp_path: Path, old: str, new: str, key: str, remedy: str) -> None:
    complaints = told(changed(old, new), tmp_path)

    assert any(line.startswith(f"{key}: ") and remedy in line for line in complaints), complaints


def test_a_practice_that_is_never_open_is_refused(tmp_path: Path) -> None:
    hours = factories.PRACTICE_TOML.partition("[hours]")[2].partition("[holidays]")[0]

    complaints = told(changed(hours, "\n"), tmp_path)

    assert complaints == ['hours: no day has hours. Give at least one, for example monday = ["9:00-17:00"].']


def test_a_practice_without_conditions_is_refused() -> None:
    with pytest.raises(ValidationError, match="conditions"):
        factories.practice(conditions=[])


@pytest.mark.parametrize("address", ["front-desk@lakeside.example", "o'neil+call.back@mail.lakeside.example", "a@b.co"])
def test_the_addresses_that_people_use_are_taken(address: str) -> None:
    assert factories.practice(notify={"to": [address]}).notify.to == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "a(b)c@lakeside.example",
        "group:a@lakeside.example",
        "a\\b@lakeside.example",
        ".a@lakeside.example",
        "a..b@lakeside.example",
        "a@lakeside",
        "@lakeside.example",
        "a@@lakeside.example",
        "Ada <a@lakeside.example>",
    ],
)
def test_an_address_that_would_not_arrive_as_typed_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="write an e-mail address"):
        factories.practice(notify={"to": [address]})


@pytest.mark.parametrize("hours", ["9:00-17:00", "09:00-17:00", "9:00 - 17:00", "9:00\N{EN DASH}17:00"])
def test_hours_are_read_as_people_write_them(hours: str) -> None:
    assert str(factories.practice(hours={"monday": [hours]}).hours.monday[0]) == "9:00 AM to 5:00 PM"


def test_a_day_may_run_from_midnight_to_the_last_minute() -> None:
    assert str(factories.practice(hours=factories.every_day("0:00-23:59")).hours.sunday[0]) == "12:00 AM to 11:59 PM"


def test_a_break_may_be_of_no_length() -> None:
    assert len(factories.practice(hours={"monday": ["9:00-12:00", "12:00-17:00"]}).hours.monday) == 2


def test_a_day_that_is_not_listed_is_closed() -> None:
    assert factories.SAMPLE.hours.on(dt.date(2026, 11, 21).weekday()) == ()


def test_spaces_around_a_fact_do_not_count() -> None:
    assert factories.practice(name="  Lakeside  ").name == "Lakeside"


def test_what_the_build_writes_is_what_the_function_reads(tmp_path: Path) -> None:
    compiled = tmp_path / "practice.json"
    compiled.write_text(factories.SAMPLE.model_dump_json(), encoding="utf-8")

    assert Practice.load(compiled) == factories.SAMPLE


def test_a_practice_cannot_be_changed_while_it_is_used() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        factories.practice().name = "Another"  # type: ignore[misc]  # what mypy forbids is refused at run time too


@pytest.mark.parametrize(
    ("phone", "displayed"),
    [("+1 312-555-0100", "(312) 555-0100"), ("+1 (312) 555.0100", "(312) 555-0100"), ("+44 20 7946 0958",) * 2],
)
def test_the_phone_is_shown_as_people_of_the_country_write_it(phone: str, displayed: str) -> None:
    assert factories.practice(phone=phone).phone_display == displayed


def test_the_phone_can_be_called_from_a_link() -> None:
    assert factories.practice(phone="+1 (312) 555-0100").phone_uri == "tel:+13125550100"


def test_the_address_is_one_line() -> None:
    assert str(factories.SAMPLE.address) == "1 Test Street, Chicago, IL 60601"


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (dt.time(0, 0), "12:00 AM"),
        (dt.time(0, 5), "12:05 AM"),
        (dt.time(9, 0), "9:00 AM"),
        (dt.time(11, 59), "11:59 AM"),
        (dt.time(12, 0), "12:00 PM"),
        (dt.time(13, 30), "1:30 PM"),
        (dt.time(23, 59), "11:59 PM"),
    ],
)
def test_clock_times_are_said_as_people_say_them(time: dt.time, said: str) -> None:
    assert clock(time) == said
