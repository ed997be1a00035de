"""Is this a person? What cannot be told from one submission alone: too many from one address, one number
with many names. Kept as keyed hashes with a short life of their own; never a reason to drop a lead."""

from __future__ import annotations

import datetime as dt
import socket

from leads import log, tokens
from leads.aws import dynamodb
from leads.aws.counters import Counters
from leads.aws.dynamodb import StoreError
from leads.domain.lead import Lead
from leads.settings import Settings

MOST_NAMES_A_DAY = 3
"""Names that one number may come with in a day: a family's phone is normal, a list of names is not."""


def suspicion(lead: Lead, address: str, counters: Counters, settings: Settings, now: dt.datetime) -> str | None:
    """Why this may not be a person, or None. Nothing here can fail the visitor, or delay the answer by more than one
    short try: after a count that failed the next is left out."""
    if lead.suspicion:
        return lead.suspicion
    try:
        with dynamodb.one_short_try():
            return _too_many(lead, address, counters, settings, now)
    except StoreError as error:
        log.record("not counted", outcome=str(error))
        return None


def _too_many(lead: Lead, address: str, counters: Counters, settings: Settings, now: dt.datetime) -> str | None:
    hour = now.strftime("%Y-%m-%dT%H")
    caller = tokens.keyed_hash(network(address), settings.key)
    if counters.count(f"address {caller} {hour}", now) > settings.address_limit:
        return f"more than {settings.address_limit} requests came from one address within the hour"
    name = tokens.keyed_hash(lead.name.casefold(), settings.key)
    trace = phone_trace(lead.phone.e164, now.date(), settings)
    if counters.gather(trace, name, MOST_NAMES_A_DAY + 1, now) > MOST_NAMES_A_DAY:
        return f"this number came with more than {MOST_NAMES_A_DAY} names today"
    return None


def network(address: str) -> str:
    """Who shares an address: of IPv6 its first 64 bits, for one household has as many as it likes of the rest
    (RFC 6177); any other address is itself."""
    try:
        return address if "." in address else socket.inet_pton(socket.AF_INET6, address)[:8].hex()
    except OSError:
        return address


def phone_trace(e164: str, day: dt.date, settings: Settings) -> str:
    """Where the names of one number on one day (UTC) are counted."""
    return f"phone {tokens.keyed_hash(e164, settings.key)} {day.isoformat()}"
