"""The daily digest at opening: who waits for a call, what was quarantined, how the promise was kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import islice

from leads import log, tokens
from leads.aws.counters import Counters
from leads.aws.repository import Leads
from leads.domain import promise, statistics
from leads.domain.lifecycle import StoredLead
from leads.domain.practice import Practice
from leads.domain.statistics import Tally
from leads.mail import compose
from leads.services import review
from leads.settings import Settings

LEASE = dt.timedelta(minutes=5)

TALLY_DAYS = 30

MOST_READ = 1_000
"""Open, quarantined and lately closed leads that one digest reads, of each: the reads fit well into the time that the
sweep keeps free. More of them, and Lambda would kill every sweep of the day at its digest."""

MOST_LISTED = 100
"""Leads of each kind that the e-mail lists: mail programs cut off what is longer than 100 kB."""


@dataclass(frozen=True)
class Digest:
    """What the e-mail tells."""

    open: tuple[StoredLead, ...]
    quarantined: tuple[StoredLead, ...]
    """Those that wait for review, as far as they were read, in the order in which to look at them."""
    held: int
    """All that wait for review."""
    tally: Tally

    @property
    def is_worth_opening(self) -> bool:
        """Whether there is anything to do. A daily e-mail that says nothing teaches people not to read it."""
        return bool(self.open or self.quarantined)


def send_if_due(leads: Leads, settings: Settings, practice: Practice, now: dt.datetime) -> bool:
    """Send today's digest, once, at the first moment of the practice's day that this is called. Whether it was sent."""
    today = now.astimezone(practice.zone).date()
    hours = promise.business_day(today, practice)
    if hours is None or not hours.opens <= now < hours.closes:
        return False
    counters = Counters(leads.table, leads.dynamodb)
    turn = f"digest {today.isoformat()}"
    if not counters.take_turn(turn, now, LEASE):
        return False
    digest = gather(leads, practice, now)
    if digest.is_worth_opening:
        compose.send_in_any_words(lambda written: _message(digest, today, written, settings, now), practice, settings)
    counters.end_turn(turn, now)
    if digest.held:  # the digest is the hour's list of requests to review, too
        counters.mark(review.LISTED, now)
    log.record("digest", outcome="sent" if digest.is_worth_opening else "nothing to tell")
    return digest.is_worth_opening


def gather(leads: Leads, practice: Practice, now: dt.datetime) -> Digest:
    """Return what the table says this morning; reads what is open, held and lately closed, not what is stored."""
    still_open = leads.open(now, MOST_READ + 1)
    days = (now.date() - dt.timedelta(days=ago) for ago in range(TALLY_DAYS))
    lately = list(islice((lead for day in days for lead in leads.closed(day, now)), MOST_READ + 1))
    recent = review.read(leads, practice, now, now).in_order()
    seen = {lead.reference for lead in recent}
    older = [lead for lead in islice(leads.quarantined(now), MOST_LISTED) if lead.reference not in seen]
    held = leads.count_quarantined()
    all_read = max(len(still_open), len(lately)) <= MOST_READ and held <= len(recent) + len(older)
    # A share of some of the promises would be a wrong figure: none is better.
    tally = statistics.promises([*still_open, *lately, *recent, *older], now) if all_read else Tally(0, 0)
    return Digest(tuple(still_open), (*recent, *older), held, tally)


def _amount(number: int, listed: int = 0) -> str:
    """How many there are beside those that are listed, as far as they were read; nothing where none are."""
    if number > MOST_READ:
        return f"more than {MOST_READ - listed:,}"
    return str(number - listed) if number > listed or not listed else ""


def _message(digest: Digest, today: dt.date, practice: Practice, settings: Settings, now: dt.datetime) -> EmailMessage:
    waiting, held = _amount(len(digest.open)), str(digest.held)
    urgent = sum(lead.priority for lead in digest.open)
    return compose.message(
        "digest",
        subject=f"Today: {waiting} to call, {f'{urgent} urgent, ' if urgent else ''}{held} to look at",
        to=practice.front_desk,
        practice=practice,
        settings=settings,
        day=f"{today:%A}, {today:%B} {today.day}",
        open=[line for _, line in compose.listable(digest.open[:MOST_LISTED], practice, settings, now)],
        waiting=waiting,
        held=held,
        more_open=_amount(len(digest.open), MOST_LISTED),
        quarantined=[line for _, line in compose.listable(digest.quarantined[:MOST_LISTED], practice, settings, now)],
        more_quarantined=max(digest.held - MOST_LISTED, 0),
        tally=digest.tally,
        tally_days=TALLY_DAYS,
        site_url=settings.public_url,
        link_days=tokens.LINK_LIFE.days,
    )
