"""What the leads say about the practice: how the promise is kept. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from leads.domain.lifecycle import StoredLead


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
    """Return how many promises of these leads were called in time.

    Not counted: what turned out to be no lead, and what is still in time.
    """
    verdicts = [kept for lead in leads for kept in verdicts_of(lead, now) if kept is not None]
    return Tally(kept=sum(verdicts), broken=len(verdicts) - sum(verdicts))


def verdicts_of(lead: StoredLead, now: dt.datetime) -> list[bool | None]:
    """Return for each promise, oldest first, whether its first call came in time; None where that is not known yet.

    What staff do afterwards improves none of them: releasing, opening again and calling late make no new promise.
    """
    rows = zip(lead.promises, lead.first_calls, lead.were_no_leads, strict=True)
    return [None if was_no_lead else _is_kept(call, promise.due_at, now) for promise, call, was_no_lead in rows]


def was_kept(lead: StoredLead, now: dt.datetime) -> bool | None:
    """Return the verdict on the last promise: the one that the visitor saw last."""
    return verdicts_of(lead, now)[-1]


def _is_kept(call: dt.datetime | None, due: dt.datetime, now: dt.datetime) -> bool | None:
    if call:
        return call <= due
    return False if now > due else None
