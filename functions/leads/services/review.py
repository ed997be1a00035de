"""Requests that may not be people: an hourly list to the front desk, and the manager once a promise has passed.

Each was promised a call when it came in, like every other request (docs/architecture.md). Only a person decides to
close one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from leads import log
from leads.domain import promise
from leads.domain.lifecycle import StoredLead
from leads.domain.worklist import ReviewList
from leads.services.follow_up import LIST_RETRY, LeadService

LIST_INTERVAL = dt.timedelta(hours=1)

MAX_READ = 5_000
"""Requests that one sweep reads: as many as fit into the time that it keeps free."""

MAX_LISTED = 200
"""Requests that one e-mail lists: mail programs cut off what is longer than 100 kB."""

LISTED = "review listed"
"""Stored time of the front desk's last list."""

ESCALATED = "review escalated"
"""Stored time up to which passed promises were reported to the manager."""


def send_if_due(service: LeadService, max_listed: int = MAX_LISTED) -> None:
    """Send what is due about requests that wait for review: the manager's e-mail, then the front desk's list.

    Raises MailError if SES does not take one; the first sweep after LIST_RETRY tries again.
    """
    now = service.clock()
    unreported = service.leads.in_review(now, after=service.locks.stored_time(ESCALATED))
    leads = tuple(islice(unreported, MAX_READ))
    waiting = ReviewList(leads, now, is_complete=len(leads) < MAX_READ)
    _escalate(waiting.overdue, service, now, max_listed)
    _list(waiting, service, now, max_listed)


def in_order(service: LeadService, now: dt.datetime) -> Iterator[StoredLead]:
    """Yield requests in review in the order of work: earliest promise first, promises that have passed last."""
    yield from service.leads.in_review(now, after=now)
    yield from takewhile(lambda lead: lead.contact_by <= now, service.leads.in_review(now))


def _escalate(overdue: Sequence[StoredLead], service: LeadService, now: dt.datetime, max_listed: int) -> None:
    if not overdue or not service.locks.acquire("review escalation", now, LIST_RETRY):
        return
    # Before the e-mail: the alarm must not depend on SES.
    log.event("review overdue", metrics={"Overdue": len(overdue)})
    service.mailer.send_review(overdue[:max_listed], len(overdue), now, is_overdue=True)
    log.event("review escalated", outcome="sent")
    service.locks.store_time(ESCALATED, now)
    service.locks.release("review escalation", now)


def _list(waiting: ReviewList, service: LeadService, now: dt.datetime, max_listed: int) -> None:
    listed_at = service.locks.stored_time(LISTED)
    if not promise.is_open(now, service.practice) or now < listed_at + LIST_INTERVAL:
        return
    if not waiting.has_news_since(listed_at) or not service.locks.acquire("review list", now, LIST_RETRY):
        return
    total = service.leads.count_in_review()
    service.mailer.send_review(tuple(islice(in_order(service, now), max_listed)), total, now, is_overdue=False)
    log.event("review listed", outcome="sent")
    service.locks.store_time(LISTED, now)
    service.locks.release("review list", now)
