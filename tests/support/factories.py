"""A practice, answers and leads, as tests need them.

Nothing here reads content/: an editor may change every fact there without breaking a test of the software.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from leads import tokens
from leads.domain import lifecycle
from leads.domain.crisis import CrisisLines
from leads.domain.lead import Lead
from leads.domain.lifecycle import Event, Screening, Status, StoredLead
from leads.domain.people import StaffedPractice
from leads.domain.practice import Practice

PRACTICE_TOML = """\
sample = true
name = "Lakeside Test Clinic"
tagline = "A practice that exists in tests only"
url = "https://www.lakeside.example"
phone = "+1 312-555-0100"
caller_name = "Lakeside"
country = "US"
time_zone = "America/Chicago"

[address]
street = "1 Test Street"
city = "Chicago"
region = "IL"
postal_code = "60601"

[hours]
monday = ["9:00-17:00"]
tuesday = ["9:00-17:00"]
wednesday = ["9:00-12:00", "13:00-17:00"]
thursday = ["10:00-19:00"]
friday = ["9:00-15:00"]

[holidays]
country = "US"
subdivision = "IL"

[special_hours]
2026-11-27 = []  # day after Thanksgiving

[call]
who = "Ana or a colleague"
minutes = 10

[patients]
states = ["IL"]
from_age = 18

[staff]
ana = { name = "Ana Ruiz", email = "front-desk@lakeside.example" }
maria = { name = "Maria Keller", email = "manager@lakeside.example" }

[promise]
priority_hours = 2
reminder_hours = 2

[notify]
every = ["ana"]
late = ["maria"]
sender = "call-back@lakeside.example"
email_detail = "full"

[privacy]
keep_days = 365

[[conditions]]
key = "trd"
label = "Treatment-resistant depression"

[[conditions]]
key = "suicidal-thoughts"
label = "Suicidal thoughts"
priority = true

[[conditions]]
key = "ptsd"
label = "Post-traumatic stress disorder"

[share]
networks = ["copy", "print", "pinterest"]
"""

CRISIS_LINES_TOML = """\
[[crisis_lines]]
country = "US"
country_name = "the United States"
languages = ["en", "es"]
emergency = "911"
emergency_source = "47 U.S.C. 251(e)(3)"
lifeline = "988"
lifeline_text = "988"
lifeline_name = "Suicide & Crisis Lifeline"
lifeline_source = "47 CFR 52.200"
spanish_key = "2"
spanish_source = "https://988lifeline.org"
veterans_key = "1"
veterans_text = "838255"
veterans_source = "https://www.veteranscrisisline.net"
chat_url = "https://988lifeline.org/chat/"
chat_name = "988lifeline.org"
chat_source = "https://988lifeline.org"
checked_on = 2026-11-30
"""

_PRACTICE = tomllib.loads(PRACTICE_TOML)

(_CRISIS_ROW,) = tomllib.loads(CRISIS_LINES_TOML)["crisis_lines"]

CRISIS_LINES = CrisisLines.model_validate({name: _CRISIS_ROW[name] for name in CrisisLines.model_fields})

CLOSED_DATES = ("2026-11-26", "2026-11-27", "2026-12-25", "2027-01-01")

WORKED_OUT = {
    "closed_dates": CLOSED_DATES,
    "crisis_lines": CRISIS_LINES,
    "time_zone_name": "Central Time",
    "patients": {**_PRACTICE["patients"], "state_names": ["Illinois"]},
}
"""What the build adds to the file (plugins/lint/practice_file.py)."""


def practice(**changes: object) -> StaffedPractice:
    """Return the sample practice. A change to a section is merged into it; hours are replaced whole."""
    facts: dict[str, Any] = {**_PRACTICE, **WORKED_OUT}
    for name, change in changes.items():
        section = facts.get(name)
        merges = isinstance(change, dict) and isinstance(section, dict) and name != "hours"
        facts[name] = {**section, **change} if merges else change  # type: ignore[dict-item]  # both are dicts then
    return StaffedPractice.model_validate(facts)


def write_practice(folder: Path, practice_toml: str = PRACTICE_TOML) -> Path:
    """Write the practice file into the folder, with the crisis lines beside it. Return the practice file."""
    (folder / "crisis-lines.toml").write_text(CRISIS_LINES_TOML, encoding="utf-8")
    path = folder / "practice.toml"
    path.write_text(practice_toml, encoding="utf-8")
    return path


def every_day(hours: str) -> dict[str, list[str]]:
    """Return the same hours on all seven days."""
    return {
        weekday: [hours] for weekday in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    }


def moment(local: str, practice: Practice | None = None) -> dt.datetime:
    """Return a wall-clock time of the practice ("2026-11-17 10:00") in UTC."""
    zone = (practice or SAMPLE).zone
    return dt.datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(dt.UTC)


SAMPLE = practice()

TUESDAY = moment("2026-11-17 10:00")
"""A Tuesday in opening hours, far from any holiday."""

ANSWERS: Mapping[str, Sequence[str]] = {
    "name": ["Ada Lovelace"],
    "phone": ["(312) 555-0187"],
    "conditions": ["trd"],
    "best_time": ["morning"],
    "voicemail": ["yes"],
    "consent": ["2026-11"],
    "source": ["/guide/"],
    "utm_source": ["pinterest"],
    "utm_medium": ["social"],
    "utm_campaign": ["autumn-2026"],
    "leave_empty": [""],
    "elapsed": ["42.5"],
}


def answers(**changes: str | Sequence[str] | None) -> dict[str, list[str]]:
    """Return a form as a person fills it in; None leaves a field out."""
    merged: dict[str, str | Sequence[str] | None] = {**ANSWERS, **changes}
    return {
        name: [value] if isinstance(value, str) else list(value) for name, value in merged.items() if value is not None
    }


def lead(**changes: str | Sequence[str] | None) -> Lead:
    """Return a lead of these answers."""
    return Lead.from_form(answers(**changes), SAMPLE)


SECRET = "a secret that only the tests know, never used elsewhere"

KEY = SECRET.encode()


def stored(
    *events: Event,
    at: dt.datetime = TUESDAY,
    practice: Practice | None = None,
    review_reason: str | None = None,
    **changes: str | Sequence[str] | None,
) -> StoredLead:
    """Return a lead that was received and screened at this moment, after these events, a minute apart.

    Without an event it is leased for a minute.
    """
    practice = practice or SAMPLE
    taken = Lead.from_form(answers(**changes), practice)
    fingerprint = tokens.fingerprint(taken, at.astimezone(practice.zone).date(), KEY)
    reference = next(tokens.references(fingerprint))
    made = lifecycle.receive(taken, reference, fingerprint, at, practice, Screening("a network", review_reason))
    made = lifecycle.screen(made, review_reason, at, practice)
    made = lifecycle.lease(made, at) if made.is_open else made
    for minute, event in enumerate(events, 1):
        made = lifecycle.apply(made, event, at + dt.timedelta(minutes=minute), practice)
    return made


def in_state(status: Status, **facts: Any) -> StoredLead:
    """Return a lead in this state, whatever its history says."""
    next_at = TUESDAY if status in lifecycle.OPEN else None
    return replace(stored(), status=status, **{"next_at": next_at, **facts})
