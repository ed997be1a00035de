"""Take a lead: screen it, store it, then notify the staff or leave that to the sweep. In this order."""

from __future__ import annotations

from leads import log, tokens
from leads.clock import NEVER, Deadline
from leads.domain import lifecycle
from leads.domain.lead import Lead
from leads.domain.lifecycle import Action, Event, StoredLead
from leads.services import screening
from leads.services.follow_up import LeadService, RateLimiter, UrgentLimiter

NOTIFY_TIMEOUT = 3.5
"""Seconds that must be left for the staff's e-mail, which takes 2.5 at most, and for its record.

With less, both are left to the sweep.
"""


def take(
    lead: Lead, address: str, service: LeadService, limiter: RateLimiter, deadline: Deadline = NEVER
) -> StoredLead:
    """Store the lead and return it as stored; the staff are notified now or by the sweep.

    `address` is the visitor's internet address, `limiter` this process's. Raises StoreError if the lead could not be
    stored, or a closed one could not be reopened. Notifying the staff never raises.
    """
    received_at, practice, key = service.clock(), service.practice, service.settings.key
    fingerprint = tokens.fingerprint(lead, received_at.astimezone(practice.zone).date(), key)
    reference = next(tokens.references(fingerprint))
    reason = screening.review_reason(lead, address, service.counters, service.settings, received_at)
    received = lifecycle.receive(lead, reference, fingerprint, received_at, practice, reason)
    stored, is_new = service.leads.put(received)
    _log(stored, is_new)
    try:
        return _notify(stored, service, limiter, deadline) if is_new else _ask_again(stored, reason, service)
    except Exception as error:
        if not is_new:
            raise  # a closed or waiting lead is not in the index of due leads: no sweep would find it
        # Stored is stored: the visitor sees success, and the sweep takes over when the lease ends.
        log.exception("left to the sweep", error, reference=stored.reference)
        return stored


def _log(stored: StoredLead, is_new: bool) -> None:
    if not is_new:
        log.event("seen before", reference=stored.reference)
    elif stored.is_open:
        log.event("stored", reference=stored.reference, metrics={"Stored": 1})
    else:
        log.event("in review", reference=stored.reference, metrics={"Stored": 1, "InReview": 1})


def _notify(stored: StoredLead, service: LeadService, limiter: RateLimiter, deadline: Deadline) -> StoredLead:
    if stored.is_open:
        if deadline.seconds_left < NOTIFY_TIMEOUT:
            log.event("left to the sweep", reference=stored.reference, outcome="NoTimeLeft")
        elif _is_announced_alone(stored, service, limiter):
            service.perform(Action.NOTIFY, [stored])
    return stored


def _is_announced_alone(stored: StoredLead, service: LeadService, limiter: RateLimiter) -> bool:
    """Return whether the lead gets an e-mail of its own now; if not, the next sweep lists it."""
    if stored.priority:
        with service.counters.one_short_try():
            return UrgentLimiter(service.counters, service.locks).allow(stored.received_at)
    return limiter.allow(stored.received_at, service.settings.email_limit)


def _ask_again(stored: StoredLead, reason: str | None, service: LeadService) -> StoredLead:
    # Sent again on the same day: a closed lead must be called again, and one that looked like a machine's the first
    # time may look like a person's now.
    again = Event.ASKED_AGAIN if stored.is_closed else Event.RELEASED if not reason else None
    if again is None or (stored.status, again) not in lifecycle.TRANSITIONS:
        return stored
    return service.record(stored, again)
