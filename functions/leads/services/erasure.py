"""Erasing a number: every lead and every count that it left in the table.

Not within reach: e-mails that were sent, exports that were made, and the table's backups, which forget
after 35 days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from leads.aws.counters import LIFE
from leads.aws.repository import Leads
from leads.domain.lead import parse_number
from leads.domain.practice import Practice
from leads.services import screening
from leads.settings import Settings

TTL_DELAY = dt.timedelta(days=2)
"""How late DynamoDB may delete what has expired (aws.md)."""


class NotANumberError(ValueError):
    """What was given cannot be read as a phone number."""


@dataclass(frozen=True)
class Erased:
    """What was removed."""

    leads: int
    traces: int
    """Counts of the number: how many names it came with on a day."""


def number(typed: str, practice: Practice) -> str:
    """The number as leads hold it (E.164), however it was typed.

    Any number of the right length, also one that the form would refuse: it may have been taken under older rules.
    """
    parsed = parse_number(typed, practice.country)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise NotANumberError("not a phone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def traces(e164: str, now: dt.datetime, settings: Settings) -> list[str]:
    """Names of the counts that the table may still hold of this number."""
    days = (LIFE + TTL_DELAY).days + 1  # a count lives on from the last second of its day
    return [screening.phone_trace(e164, now.date() - dt.timedelta(days=ago), settings) for ago in range(days)]


def erase(references: Iterable[str], names: Iterable[str], leads: Leads) -> Erased:
    """Delete these leads and counts. A lead that somebody is changing at this moment does not come back:
    a change asks for the version that it read."""
    return Erased(
        leads=sum(leads.delete(reference) for reference in references),
        traces=sum(leads.delete(name) for name in names),
    )
