"""The practice as a model: what it refuses, in which words, and what it gives to the rest."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from leads.domain.people import StaffedPractice
from leads.domain.practice import Practice, twelve_hour
from pydantic import ValidationError

from plugins.lint import practice_file
from tests.support import factories


def explained(practice_toml: str, folder: Path) -> list[str]:
    """Return what the editor reads about this file, a line for each mistake: key and words."""
    path = factories.write_practice(folder, practice_toml)
    try:
        practice_file.read(path)
    except practice_file.PracticeFileError as mistakes:
        return [line.split(": ", 1)[1] for line in str(mistakes).splitlines()]
    return []


def changed(old: str, new: str) -> str:
    assert factories.PRACTICE_TOML.count(old) == 1, f"{old!r} must be once in the sample"
    return factories.PRACTICE_TOML.replace(old, new)


def test_the_sample_of_the_tests_has_no_mistake(tmp_path: Path) -> None:
    assert explained(factories.PRACTICE_TOML, tmp_path) == []


MONDAY = 'monday = ["9:00-17:00"]'
WEDNESDAY = 'wednesday = ["9:00-12:00", "13:00-17:00"]'

STAFF = factories.PRACTICE_TOML.partition("[staff]\n")[2].partition("\n\n")[0] + "\n"

MISTAKES = {
    "a key at the top that does not exist": ("tagline =", "tag_line =", "tag_line", "Write “tagline”"),
    "a key in a section that does not exist": ("street =", "strret =", "address.strret", "Write “street”"),
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
    "an unknown holiday region": ('subdivision = "IL"', 'subdivision = "ZZ"', "holidays.subdivision", "Write"),
    "a country by its name": ('"US"\ntime', '"America"\ntime', "country", "two capital letters"),
    "a special day that is no date": ("2026-11-27 =", "soon =", "special_hours.soon", "as year-month-day, for example"),
    "a special day of another order": ("2026-11-27 =", "11-27-2026 =", "special_hours.11-27-2026", "2026-11-27 = []"),
    "a special day with dots": ("2026-11-27 =", "27.11.2026 =", "special_hours.27", "2026-11-27 = []"),
    "a special day as a number": ("2026-11-27 =", "20261127 =", "special_hours.20261127", "2026-11-27 = []"),
    "a special day that does not exist": ("2026-11-27 =", "2026-02-30 =", "special_hours.2026-02-30", "for example"),
    "a special day in words": ("2026-11-27 =", '"Nov 27" =', "special_hours.Nov 27", "for example 2026-11-27 = []"),
    "other hours on one day": ("= []", '= ["9:00-12:00"]', "special_hours.2026-11-27", "for now a day is closed ([])"),
    "a special day that is true": ("= []", "= true", "special_hours.2026-11-27", "for now a day is closed ([])"),
    "a special day as a text": ("= []", '= "closed"', "special_hours.2026-11-27", "for now a day is closed ([])"),
    "special days that are a list": (
        "[special_hours]\n2026-11-27 = []",
        "[[special_hours]]",
        "special_hours",
        "Write [special_hours] on a line of its own",
    ),
    "an empty list for every request": ('every = ["ana"]', "every = []", "notify.every", "at least one"),
    "an empty list for late calls": ('late = ["maria"]', "late = []", "notify.late", "at least one"),
    "no list for every request": ('every = ["ana"]\n', "", "notify.every", "Add a line “every = ...” under [notify]"),
    "no list for late calls": ('late = ["maria"]\n', "", "notify.late", "Add a line “late = ...” under [notify]"),
    "one name that is not in a list": ('every = ["ana"]', 'every = "ana"', "notify.every", '["ana"]'),
    "an unknown name in every": ('every = ["ana"]', 'every = ["anna"]', "notify.every", "which has ana, maria"),
    "an unknown name in late": ('late = ["maria"]', 'late = ["Maria"]', "notify.late", "which has ana, maria"),
    "a name for urgent requests": (
        'late = ["maria"]',
        'late = ["maria"]\nurgent = ["ana"]',
        "notify.urgent",
        "every, late",
    ),
    "a colleague for any hour": (
        'manager@lakeside.example" }',
        'manager@lakeside.example", any_hour = true }',
        "staff.maria.any_hour",
        "Write one of: name, email",
    ),
    "a state written out": ('states = ["IL"]', 'states = ["Illinois"]', "patients.states", "cannot be used"),
    "a notice that is no address": (
        "[share]",
        '[notices]\ngood_faith_estimate = "yes"\n[share]',
        "notices.good_faith_estimate",
        'a page of the site ("/good-faith-estimate/")',
    ),
    "a protocol for urgent calls": (
        "[promise]",
        '[promise]\nurgent_protocol = "x"',
        "promise.urgent_protocol",
        "no such key",
    ),
    "no staff": (
        f"[staff]\n{STAFF}",
        "",
        "staff",
        "[staff]",
    ),
    "a section of staff without a line": (
        STAFF,
        "",
        "staff",
        'ana = { name = "Ana Ruiz", email = "ana@example.com" }',
    ),
    "staff that is a list": (
        f"[staff]\n{STAFF}",
        '[[staff]]\nname = "Ana Ruiz"\nemail = "front-desk@lakeside.example"\n',
        "staff",
        "Write [staff] on a line of its own",
    ),
    "an address for a colleague": (
        '{ name = "Ana Ruiz", email = "front-desk@lakeside.example" }',
        '"front-desk@lakeside.example"',
        "staff.ana",
        'Write the line as ana = { name = "Ana Ruiz", email = "ana@example.com" }',
    ),
    "a colleague without an address": (
        '{ name = "Ana Ruiz", email = "front-desk@lakeside.example" }',
        '{ name = "Ana Ruiz" }',
        "staff.ana.email",
        'Write the line as ana = { name = "Ana Ruiz", email = "ana@example.com" }',
    ),
    "a colleague without a name": (
        'name = "Maria Keller", email',
        "email",
        "staff.maria.name",
        'Write the line as maria = { name = "Ana Ruiz", email = "ana@example.com" }',
    ),
    "a short name in capitals": ("maria = {", "Maria = {", "staff.Maria", "Write small letters, digits and hyphens"),
    "no sender": ('sender = "call-back@lakeside.example"\n', "", "notify.sender", "Add a line"),
    "a sender with a name": (
        '"call-back@lakeside.example"',
        '"Lakeside <call-back@lakeside.example>"',
        "notify.sender",
        "an e-mail address",
    ),
    "something else than an address": (
        '"front-desk@lakeside.example"',
        '"front desk"',
        "staff.ana.email",
        "an e-mail address",
    ),
    "two addresses in one": (
        '"front-desk@lakeside.example"',
        '"a@lakeside.example, b@lakeside.example"',
        "staff.ana.email",
        "an e-mail address",
    ),
    "an address with a line break": (
        '"front-desk@lakeside.example"',
        r'"a@lakeside.example\nBcc: b@lakeside.example"',
        "staff.ana.email",
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
    complaints = explained(changed(old, new), tmp_path)

    assert any(line.startswith(f"{key}: ") and remedy in line for line in complaints), complaints


def test_a_day_of_special_hours_is_closed() -> None:
    assert factories.practice(special_hours={"2026-12-24": []}).special_hours == {
        dt.date(2026, 11, 27): (),
        dt.date(2026, 12, 24): (),
    }


def test_a_practice_needs_no_special_hours(tmp_path: Path) -> None:
    assert explained(changed("[special_hours]\n2026-11-27 = []  # day after Thanksgiving\n", ""), tmp_path) == []


def test_a_practice_that_is_never_open_is_refused(tmp_path: Path) -> None:
    hours = factories.PRACTICE_TOML.partition("[hours]")[2].partition("[holidays]")[0]

    complaints = explained(changed(hours, "\n"), tmp_path)

    assert complaints == ['hours: no day has hours. Give at least one, for example monday = ["9:00-17:00"].']


def test_a_practice_without_conditions_is_refused() -> None:
    with pytest.raises(ValidationError, match="conditions"):
        factories.practice(conditions=[])


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


def test_facts_of_a_newer_version_are_read_without_what_is_not_known() -> None:
    facts = json.loads(factories.SAMPLE.facts_json)
    newer = {**facts, "motto": "Call us", "call": {**facts["call"], "language": "en"}}

    assert Practice.from_json(json.dumps(newer)) == Practice.from_json(factories.SAMPLE.facts_json)


def retired(*keys: str) -> StaffedPractice:
    """Return the practice with these conditions retired."""
    conditions = [{**c.model_dump(), "retired": c.key in keys} for c in factories.SAMPLE.conditions]
    return factories.practice(conditions=conditions)


def test_a_retired_condition_is_not_offered() -> None:
    assert [condition.key for condition in retired("trd").offered_conditions] == ["suicidal-thoughts", "ptsd"]


def test_a_retired_condition_keeps_its_label() -> None:
    assert retired("trd").condition_labels(["trd"]) == ["Treatment-resistant depression"]


def test_a_condition_that_the_file_does_not_have_is_shown_as_written_and_marked() -> None:
    assert factories.SAMPLE.condition_labels(["panic"]) == [
        "panic (not in the practice file: another version of the form)"
    ]


def test_not_every_condition_can_be_retired() -> None:
    with pytest.raises(ValidationError, match="every condition is retired"):
        retired("trd", "suicidal-thoughts", "ptsd")


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
    assert twelve_hour(time) == said
