"""What the leads say about the practice: how the promise is kept. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from leads.lifecycle import Status, StoredLead


@dataclass(frozen=True)
class Tally:
    """Promises that came due, kept and broken."""

    kept: int
    broken: int

    @property
    def percent(self) -> int | None:
        """Share of promises that were kept, rounded down: 100 means every one. None without any."""
        total = self.kept + self.broken
        return self.kept * 100 // total if total else None


def promises(leads: Iterable[StoredLead], now: dt.datetime) -> Tally:
    """How many of these leads were called in time. Not counted: what turned out to be no lead, and what
    is still in time."""
    verdicts = [kept for lead in leads if (kept := was_kept(lead, now)) is not None]
    return Tally(kept=sum(verdicts), broken=len(verdicts) - sum(verdicts))


def was_kept(lead: StoredLead, now: dt.datetime) -> bool | None:
    """Whether the first call came by the promised moment; None where that is not known yet, or no matter."""
    if lead.status in {Status.NOT_A_LEAD, Status.QUARANTINED}:
        return None
    if lead.first_call_at:
        return lead.first_call_at <= lead.contact_by
    return False if now > lead.contact_by else None
