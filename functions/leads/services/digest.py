"""The daily digest at opening: who waits for a call, what waits for review, and how the promise was kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from leads import log
from leads.domain import promise, statistics
from leads.domain.statistics import KeptRate
from leads.domain.worklist import Digest
from leads.services import review
from leads.services.follow_up import LIST_RETRY, LeadService

KEPT_RATE_DAYS = 30

MAX_READ = 1_000
"""Open, waiting and lately closed leads that one digest reads, of each.

The reads fit into the time that the sweep keeps free. With more, Lambda would stop every sweep of the day here.
"""

MAX_LINES = 100
"""Leads of each kind that the e-mail lists: mail programs cut off what is longer than 100 kB."""


@dataclass(frozen=True)
class DigestLimits:
    """Sizes of a digest; tests use smaller ones."""

    read: int = MAX_READ
    lines: int = MAX_LINES
    days: int = KEPT_RATE_DAYS


def send_if_due(service: LeadService, limits: DigestLimits) -> bool:
    """Send today's digest, once, in the first opening hours of the practice's day. Return whether it was sent."""
    now, practice = service.clock(), service.practice
    today = now.astimezone(practice.zone).date()
    hours = promise.business_day(today, practice)
    if hours is None or not hours.opens <= now < hours.closes:
        return False
    lock = f"digest {today.isoformat()}"
    if not service.locks.acquire(lock, now, LIST_RETRY):
        return False
    digest = gather(service, now, limits)
    if digest.has_work:
        service.mailer.send_digest(digest, now)
    service.locks.complete(lock, now)
    if digest.in_review_total:  # the digest is this hour's review list, too
        service.locks.store_time(review.LISTED, now)
    log.event("digest", outcome="sent" if digest.has_work else "nothing to send")
    return digest.has_work


def gather(service: LeadService, now: dt.datetime, limits: DigestLimits) -> Digest:
    """Return the content of the digest. Reads open, waiting and lately closed leads, not the whole table."""
    leads = service.leads
    still_open = leads.open(now, limits.read + 1)
    lately_closed = (now.date() - dt.timedelta(days=ago) for ago in range(limits.days))
    closed = list(islice((lead for day in lately_closed for lead in leads.closed(day, now)), limits.read + 1))
    in_review = list(islice(review.in_order(service, now), limits.read))
    total = leads.count_in_review()
    all_read = max(len(still_open), len(closed)) <= limits.read and total <= len(in_review)
    # The rate of a part of the promises would be a wrong figure: none is better.
    known = [*still_open, *closed, *in_review]
    return Digest(
        open=tuple(still_open),
        in_review=tuple(in_review),
        in_review_total=total,
        kept_rate=statistics.kept_rate(known, now) if all_read else KeptRate(0, 0),
        days=limits.days,
        open_limit=limits.read,
        max_lines=limits.lines,
    )
