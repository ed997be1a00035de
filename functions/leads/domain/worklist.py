"""The lists that the staff get: the morning digest, and the requests that wait for review. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from leads.domain.lifecycle import StoredLead
from leads.domain.statistics import KeptRate

INDEX_LAG = dt.timedelta(seconds=30)
"""Time after which a list surely shows what was written; as a rule it takes less than a second."""

DUE_SOON = dt.timedelta(hours=2)
"""A request under review is listed again when its promise is this near."""


@dataclass(frozen=True)
class Digest:
    """Content of the daily e-mail at opening."""

    open: tuple[StoredLead, ...]
    """Leads that are owed a call, as far as they were read: one more than `open_limit` if there are more."""
    in_review: tuple[StoredLead, ...]
    """Requests that wait for review, as far as they were read, in the order in which to look at them."""
    in_review_total: int
    """All requests that wait for review."""
    kept_rate: KeptRate
    days: int
    """Days that `kept_rate` looks back."""
    open_limit: int
    """Most open leads that one digest reads."""
    max_lines: int
    """Most leads of each kind that the e-mail lists."""

    @property
    def has_work(self) -> bool:
        """Return whether there is anything to do. A daily e-mail without work teaches people not to read it."""
        return bool(self.open or self.in_review)


@dataclass(frozen=True)
class ReviewList:
    """Requests in review of which no passed promise was reported yet, as far as they were read. Times are UTC."""

    leads: Sequence[StoredLead]
    """In the order of their promises."""
    now: dt.datetime
    is_complete: bool = True
    """Whether every such request was read."""

    @property
    def overdue(self) -> list[StoredLead]:
        """Return requests whose promise has passed."""
        return [lead for lead in self.leads if lead.contact_by <= self.now]

    def has_news_since(self, listed_at: dt.datetime) -> bool:
        """Return whether a request came into review since `listed_at`, is due soon, or could not be read.

        It counts from INDEX_LAG after it came, or one that the last list could not show yet would never count.
        """
        return not self.is_complete or any(
            listed_at < lead.history[-1].at + INDEX_LAG <= self.now or self.now < lead.contact_by <= self.now + DUE_SOON
            for lead in self.leads
        )
