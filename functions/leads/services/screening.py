"""Find reasons to review a submission that one form alone does not show: too many from one address or number.

Networks, numbers and names are counted under keyed hashes with a lifetime of two days. A reason never drops a lead.
"""

from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING

from leads import log, tokens
from leads.domain.errors import StoreError
from leads.domain.lifecycle import Screening, StoredLead
from leads.settings import Settings

if TYPE_CHECKING:  # not loaded at capture's cold start
    from leads.services.ports import CounterStore

MAX_NAMES_PER_DAY = 3
"""Names that one number may come with in a day: a family shares a phone, a list of names does not."""


def review_reason(lead: StoredLead, screening: Screening, counters: CounterStore, settings: Settings) -> str | None:
    """Return why the submission may not be a person's, or None.

    Never raises: after a count that failed the next is left out. Counts belong to the hour and the day in which the
    visitor asked, not to those of a sweep that may be late.
    """
    if screening.reason:
        return screening.reason
    try:
        with counters.one_short_try():
            return _too_many(lead, screening.network, counters, settings)
    except StoreError as error:
        log.event("not counted", outcome=str(error))
        return None


def _too_many(lead: StoredLead, network: str, counters: CounterStore, settings: Settings) -> str | None:
    asked_at = lead.promised.at
    if counters.increment(f"address {network} {asked_at:%Y-%m-%dT%H}", asked_at) > settings.address_limit:
        return f"more than {settings.address_limit} requests came from one address within the hour"
    name = tokens.keyed_hash(lead.lead.name.casefold(), settings.key)
    counter = number_counter(lead.lead.phone.e164, asked_at.date(), settings)
    if counters.add_distinct(counter, name, MAX_NAMES_PER_DAY + 1, asked_at) > MAX_NAMES_PER_DAY:
        return f"this number came with more than {MAX_NAMES_PER_DAY} names today"
    return None


def network_hash(address: str, key: bytes) -> str:
    """Return a keyed hash of the visitor's network. No address is stored."""
    return tokens.keyed_hash(network(address), key)


def network(address: str) -> str:
    """Return the /64 prefix of an IPv6 address as hex, any other address unchanged (RFC 6177)."""
    try:
        return address if "." in address else socket.inet_pton(socket.AF_INET6, address)[:8].hex()
    except OSError:
        return address


def number_counter(e164: str, day: dt.date, settings: Settings) -> str:
    """Return the name of the counter of names that came with one number on one day (UTC)."""
    return f"phone {tokens.keyed_hash(e164, settings.key)} {day.isoformat()}"
