"""How the promise was kept: kept and broken promises of any number of leads. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from leads.domain.lifecycle import StoredLead


@dataclass(frozen=True)
class KeptRate:
    """Promises that came due, kept and broken."""

    kept: int
    broken: int

    @property
    def percent(self) -> int | None:
        """Return the kept share in percent, rounded down (100 means every one), or None without promises."""
        total = self.kept + self.broken
        return self.kept * 100 // total if total else None


def kept_rate(leads: Iterable[StoredLead], now: dt.datetime) -> KeptRate:
    """Return how many promises of these leads were kept and broken until `now` (UTC).

    Not counted: requests that were closed as not a lead, and promises whose deadline is still to come.
    """
    known = [kept for lead in leads for kept in outcomes(lead, now) if kept is not None]
    return KeptRate(kept=sum(known), broken=len(known) - sum(known))


def outcomes(lead: StoredLead, now: dt.datetime) -> list[bool | None]:
    """Return for each promise, oldest first, whether its first call came in time; None if that is not known yet.

    No later action of staff improves one: releasing, reopening and calling late make no new promise.
    """
    rows = zip(lead.promises, lead.first_calls, lead.were_no_leads, strict=True)
    return [None if was_no_lead else _is_kept(call, promise.due_at, now) for promise, call, was_no_lead in rows]


def was_kept(lead: StoredLead, now: dt.datetime) -> bool | None:
    """Return whether the promise that the visitor saw last was kept; None if that is not known yet."""
    return outcomes(lead, now)[-1]


def _is_kept(call: dt.datetime | None, due: dt.datetime, now: dt.datetime) -> bool | None:
    if call:
        return call <= due
    return False if now > due else None
