"""Erase a number: every lead of it, and every counter that it left in the table.

Out of reach: e-mails that were sent, exports that were made, and the table's backups, which expire after 35 days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from leads.domain.lead import parse_number
from leads.domain.practice import Practice
from leads.domain.retention import COUNT_LIFETIME, TTL_DELAY
from leads.services import screening
from leads.services.ports import LeadStore
from leads.settings import Settings


class NotANumberError(ValueError):
    """The typed text cannot be read as a phone number."""


@dataclass(frozen=True)
class Erased:
    """Number of items that were deleted."""

    leads: int
    traces: int
    """Counters of names that came with the number."""


def number(typed: str, practice: Practice) -> str:
    """Return the typed number in E.164. Raises NotANumberError.

    Takes any number of a possible length, also one that the form would refuse: older rules may have accepted it.
    """
    parsed = parse_number(typed, practice.country)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise NotANumberError("not a phone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def traces(e164: str, now: dt.datetime, settings: Settings) -> list[str]:
    """Return the names of the counters that the table may still hold of this number."""
    days = (COUNT_LIFETIME + TTL_DELAY).days + 1  # a counter lives on from the last second of its day
    return [screening.number_counter(e164, now.date() - dt.timedelta(days=ago), settings) for ago in range(days)]


def erase(references: Iterable[str], names: Iterable[str], leads: LeadStore) -> Erased:
    """Delete these leads and counters.

    A lead that is being changed at this moment does not come back: a change asks for the version that it read.
    """
    return Erased(
        leads=sum(leads.delete(reference) for reference in references),
        traces=sum(leads.delete(name) for name in names),
    )
