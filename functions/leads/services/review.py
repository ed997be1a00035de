"""Requests that may not be people: one list an hour for the front desk, and the manager once a promise has passed.

Each was promised a call when it came in, like every other request (promise.md, Submissions that need review). Nothing
here closes or deletes one: that is for a person to decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import islice

from leads import log
from leads.aws.counters import Counters
from leads.aws.repository import Leads
from leads.domain import promise
from leads.domain.lifecycle import StoredLead
from leads.domain.practice import Practice
from leads.mail import compose
from leads.services.follow_up import Desk

LIST_EVERY = dt.timedelta(hours=1)

SOON = dt.timedelta(hours=2)
"""A request whose promise is that near is listed again."""

LEASE = dt.timedelta(minutes=5)

MAX_READ = 5_000
"""Requests that one sweep reads, at most: as many as fit into the time that it keeps free."""

MAX_LISTED = 200
"""Requests that one e-mail lists: mail programs cut off what is longer than 100 kB."""

LISTED, ESCALATED = "review listed", "review escalated"
"""Marks: when the front desk got the last list; up to which promise the manager has heard."""


@dataclass(frozen=True)
class Review:
    """The requests that wait for review, as far as they were read."""

    leads: Sequence[StoredLead]
    now: dt.datetime

    def in_order(self) -> list[StoredLead]:
        """Return them in the order in which to look at them: earliest promise first, those that have passed last."""
        return sorted(self.leads, key=lambda lead: (lead.contact_by <= self.now, lead.contact_by))

    def news_since(self, listed_at: dt.datetime) -> bool:
        """Return whether the front desk must hear: something is new since its last list, or is due soon."""
        return len(self.leads) >= MAX_READ or any(
            lead.received_at > listed_at or self.now < lead.contact_by <= self.now + SOON for lead in self.leads
        )

    def overdue_since(self, told_until: dt.datetime) -> list[StoredLead]:
        """Return those whose promise has passed since the manager heard last, earliest promise first."""
        passed = (lead for lead in self.leads if told_until < lead.contact_by <= self.now)
        return sorted(passed, key=lambda lead: lead.contact_by)


def send_if_due(desk: Desk) -> None:
    """Send what is due about requests that wait for review: the manager's e-mail, the front desk's list.

    Raises MailError if SES does not take one; the first sweep after LEASE tries again.
    """
    now = desk.clock()
    if not desk.leads.has_quarantined(now):
        return
    counters = Counters(desk.leads.table, desk.leads.dynamodb)
    told_until = counters.marked_at(ESCALATED)
    review = read(desk.leads, desk.practice, told_until if told_until.timestamp() else now, now)
    _escalate(review.overdue_since(told_until), review.now, counters, desk)
    _list(review, counters, desk)


def read(leads: Leads, practice: Practice, since: dt.datetime, now: dt.datetime) -> Review:
    """Return the requests whose promise can have passed after `since`, or is still to come."""
    longest_promise = dt.timedelta(days=promise.longest_closure(practice, since.date()) + 4)
    return Review(tuple(islice(leads.quarantined(now, since - longest_promise), MAX_READ)), now)


def _escalate(overdue: Sequence[StoredLead], now: dt.datetime, counters: Counters, desk: Desk) -> None:
    if not overdue or not counters.take_turn("review escalation", now, LEASE):
        return
    # Before the e-mail: the alarm must not depend on SES.
    log.record("review overdue", metrics={"Overdue": len(overdue)})
    _send(overdue, len(overdue), now, desk, is_overdue=True)
    counters.mark(ESCALATED, now)
    counters.give_back_turn("review escalation", now)


def _list(review: Review, counters: Counters, desk: Desk) -> None:
    listed_at = counters.marked_at(LISTED)
    if not promise.is_open(review.now, desk.practice) or review.now < listed_at + LIST_EVERY:
        return
    if not review.news_since(listed_at) or not counters.take_turn("review list", review.now, LEASE):
        return
    _send(review.in_order(), desk.leads.count_quarantined(), review.now, desk, is_overdue=False)
    counters.mark(LISTED, review.now)
    counters.give_back_turn("review list", review.now)


def _send(found: Sequence[StoredLead], total: int, now: dt.datetime, desk: Desk, *, is_overdue: bool) -> None:
    def written(practice: Practice) -> EmailMessage:
        listed = compose.listable(found[:MAX_LISTED], practice, desk.settings, now)
        return compose.about_review(listed, total, practice, desk.settings, is_overdue=is_overdue)

    compose.send_in_any_words(written, desk.practice, desk.settings)
    log.record("review escalated" if is_overdue else "review listed", outcome="sent")
