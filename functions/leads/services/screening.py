"""Find reasons to review a submission that one form alone does not show: too many from one address or number.

Addresses, numbers and names are counted under keyed hashes with a lifetime of two days. A reason never drops a lead.
"""

from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING

from leads import log, tokens
from leads.domain.errors import StoreError
from leads.domain.lead import Lead
from leads.settings import Settings

if TYPE_CHECKING:  # not loaded at capture's cold start
    from leads.services.ports import CounterStore

MAX_NAMES_PER_DAY = 3
"""Names that one number may come with in a day: a family shares a phone, a list of names does not."""


def review_reason(lead: Lead, address: str, counters: CounterStore, settings: Settings, now: dt.datetime) -> str | None:
    """Return why the submission may not be a person's, or None.

    Never raises, and delays the answer by one short try at most: after a count that failed the next is left out.
    """
    if lead.review_reason:
        return lead.review_reason
    try:
        with counters.one_short_try():
            return _too_many(lead, address, counters, settings, now)
    except StoreError as error:
        log.event("not counted", outcome=str(error))
        return None


def _too_many(lead: Lead, address: str, counters: CounterStore, settings: Settings, now: dt.datetime) -> str | None:
    hour = now.strftime("%Y-%m-%dT%H")
    sender = tokens.keyed_hash(network(address), settings.key)
    if counters.increment(f"address {sender} {hour}", now) > settings.address_limit:
        return f"more than {settings.address_limit} requests came from one address within the hour"
    name = tokens.keyed_hash(lead.name.casefold(), settings.key)
    counter = number_counter(lead.phone.e164, now.date(), settings)
    if counters.add_distinct(counter, name, MAX_NAMES_PER_DAY + 1, now) > MAX_NAMES_PER_DAY:
        return f"this number came with more than {MAX_NAMES_PER_DAY} names today"
    return None


def network(address: str) -> str:
    """Return the /64 prefix of an IPv6 address as hex, any other address unchanged (RFC 6177)."""
    try:
        return address if "." in address else socket.inet_pton(socket.AF_INET6, address)[:8].hex()
    except OSError:
        return address


def number_counter(e164: str, day: dt.date, settings: Settings) -> str:
    """Return the name of the counter of names that came with one number on one day (UTC)."""
    return f"phone {tokens.keyed_hash(e164, settings.key)} {day.isoformat()}"
