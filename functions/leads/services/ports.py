"""Protocols of what services need. Adapters implement them, and tests replace them by fakes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from leads.domain.facts import Facts
from leads.domain.lifecycle import Action, StoredLead
from leads.domain.people import People
from leads.domain.worklist import Digest
from leads.settings import TableSettings


class LeadStore(Protocol):
    """Stored leads. Every method raises StoreError if the table fails."""

    def put(self, lead: StoredLead) -> tuple[StoredLead, bool]:
        """Store a new lead. Return the stored lead of the submission, and whether this call wrote it."""

    def change(self, before: StoredLead, after: StoredLead) -> StoredLead:
        """Write `after` if `before` is still current. Raises StaleError otherwise."""

    def get(self, reference: str, now: dt.datetime) -> StoredLead | None:
        """Return the lead, or None. Raises UnreadableError."""

    def due(self, now: dt.datetime, *, urgent: bool) -> Iterator[str]:
        """Yield references of urgent or of other leads whose `next_at` has come, the longest due first."""

    def open(self, now: dt.datetime, limit: int | None = None) -> list[StoredLead]:
        """Return leads that are owed a call, urgent ones first, then by deadline; no more than `limit`."""

    def in_review(self, now: dt.datetime, after: dt.datetime | None = None) -> Iterator[StoredLead]:
        """Yield leads that wait for review and whose promise is due after `after`, the earliest promise first."""

    def count_in_review(self) -> int:
        """Return how many leads wait for review."""

    def oldest_unsent(self, now: dt.datetime) -> StoredLead | None:
        """Return the oldest lead that the staff have not been notified of, or None."""

    def closed(self, day: dt.date, now: dt.datetime) -> Iterator[StoredLead]:
        """Yield leads that were closed on this day (UTC), in the order of closing."""

    def delete(self, key: str) -> bool:
        """Delete a lead or a counter. Return whether there was one."""


class CounterStore(Protocol):
    """Counters that every process shares."""

    def one_short_try(self) -> AbstractContextManager[None]:
        """Let calls in the block try once, for half a second."""

    def increment(self, name: str, now: dt.datetime) -> int:
        """Increment the counter and return its new value."""

    def add_distinct(self, name: str, member: str, limit: int, now: dt.datetime) -> int:
        """Add a member to a set and return the size of the set, counted no further than `limit`."""

    def take_slot(self, name: str, limit: int, window: dt.timedelta, now: dt.datetime) -> bool:
        """Return whether one more event fits into `limit` events within `window`."""


class LockStore(Protocol):
    """Locks and stored times that every process shares."""

    def acquire(self, name: str, now: dt.datetime, lease: dt.timedelta, owner: str = "") -> bool:
        """Acquire the lock, or renew it. Return False if another holds it or its work is complete."""

    def complete(self, name: str, now: dt.datetime) -> None:
        """Mark the work under this lock as done."""

    def release(self, name: str, now: dt.datetime, owner: str = "") -> None:
        """Release the lock, if it is still the owner's."""

    def store_time(self, name: str, moment: dt.datetime) -> None:
        """Store when something was done last."""

    def stored_time(self, name: str) -> dt.datetime:
        """Return when something was done last (UTC); the beginning of 1970 if it never was."""


class FactsSource(Protocol):
    """What was published about the practice, as this process read it last."""

    def facts(self, settings: TableSettings, dynamodb: Callable[[], Any], now: dt.datetime) -> Facts:
        """Return the published facts."""

    def people(self, settings: TableSettings, dynamodb: Callable[[], Any], now: dt.datetime) -> People:
        """Return the people who get the requests. Raises PeopleUnknownError."""


class StaffMailer(Protocol):
    """E-mails to the staff. Every method that sends raises MailError if SES does not take the e-mail."""

    def can_list(self, lead: StoredLead, now: dt.datetime) -> bool:
        """Return whether the lead can be written into a list. Log why, if not."""

    def send_one(self, action: Action, lead: StoredLead, now: dt.datetime) -> None:
        """Send the e-mail about one lead."""

    def send_many(self, action: Action, leads: Sequence[StoredLead], now: dt.datetime) -> None:
        """Send one e-mail that lists these leads."""

    def send_digest(self, digest: Digest, now: dt.datetime) -> None:
        """Send the daily digest to the front desk."""

    def send_review(self, leads: Sequence[StoredLead], total: int, now: dt.datetime, *, is_overdue: bool) -> None:
        """Send the review list: to the front desk, or to the manager if promises have passed."""
