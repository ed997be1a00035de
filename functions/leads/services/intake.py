"""Take a lead: one write, and nothing else before the visitor's answer. The sweep does the rest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from leads import log, tokens
from leads.domain import lifecycle
from leads.domain.errors import MAX_TRIES, StaleError, StoreError
from leads.domain.lead import Lead
from leads.domain.lifecycle import Screening, StoredLead
from leads.domain.practice import Practice
from leads.services.screening import network_hash

if TYPE_CHECKING:  # not loaded at capture's cold start
    from leads.services.ports import LeadStore


def take(lead: Lead, address: str, leads: LeadStore, practice: Practice, key: bytes, now: dt.datetime) -> StoredLead:
    """Store the lead and return it as stored. `address` is the visitor's internet address.

    Raises StoreError if the lead could not be stored, or a closed one could not be opened again.
    """
    fingerprint = tokens.fingerprint(lead, now.astimezone(practice.zone).date(), key)
    reference = next(tokens.references(fingerprint))
    screening = Screening(network_hash(address, key), lead.review_reason)
    received = lifecycle.receive(lead, reference, fingerprint, now, practice, screening)
    for _ in range(MAX_TRIES):
        stored, is_new = leads.put(received)
        if is_new:
            log.event("stored", reference=stored.reference, metrics={"Stored": 1})
            return stored
        log.event("seen before", reference=stored.reference)
        try:
            return _ask_again(stored, lifecycle.ask_again(stored, screening, now, practice), leads)
        except StaleError:  # by a second copy, the sweep or the staff: the next put returns what is stored now
            continue
    raise StoreError("Stale")


def _ask_again(stored: StoredLead, asked: StoredLead, leads: LeadStore) -> StoredLead:
    """Write what the same submission changes, if it changes anything."""
    if asked is stored:
        return stored
    try:
        return leads.change(stored, asked)
    except StoreError as error:
        if stored.is_closed:
            raise  # a closed lead gets no call: the visitor must not see success
        log.event("not screened again", reference=stored.reference, outcome=str(error))
        return stored  # it waits for its call or its review, as promised
