"""Send the e-mails of a sweep: about one lead each while there are few, the rest as lists.

E-mails about one lead are counted in the table, for all sweeps together: one for each lead of a flood would use up
SES's daily quota, and no later e-mail would leave (docs/costs.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from leads import log
from leads.domain.errors import StoreError
from leads.domain.lifecycle import SWEEP_INTERVAL, Action, StoredLead
from leads.services.follow_up import LeadService

URGENT_LIST_INTERVAL = dt.timedelta(minutes=15) - SWEEP_INTERVAL
"""Interval of lists of new urgent leads: a quarter of an hour, less what the sweep may come early."""

URGENT_LIST_LOCK = "urgent list"


@dataclass(frozen=True)
class SingleEmails:
    """How many e-mails about one lead each leave within a window from the first of them."""

    name: str
    """Of the counter."""
    limit: int
    window: dt.timedelta


ORDINARY = SingleEmails("ordinary alone", 20, dt.timedelta(minutes=5))

NEW_URGENT = SingleEmails("urgent alone", 10, dt.timedelta(hours=1))
"""First e-mails (docs/decisions/0002-urgent-calls.md)."""

REPEATED_URGENT = SingleEmails("urgent repeated alone", 3, dt.timedelta(minutes=5))
"""Reminders, escalations and reports of a call."""


@dataclass
class LimitedSender:
    """Sends the e-mails of one sweep."""

    service: LeadService
    ordinary: SingleEmails = ORDINARY
    _lists_urgent: bool | None = None
    """Whether this sweep sends the list of new urgent leads, which may be several e-mails; None until it is decided."""

    def send(self, action: Action, leads: Sequence[StoredLead], *, urgent: bool) -> int:
        """Send the e-mails about these leased leads. Return for how many one went out.

        Leads without a reason for review come first. New urgent leads that get none stay leased for a minute, and the
        next sweep asks again.
        """
        is_new = urgent and action is Action.NOTIFY
        singles = NEW_URGENT if is_new else REPEATED_URGENT if urgent else self.ordinary
        sent, listed = 0, list[StoredLead]()
        for lead in filter(self.service.has_time_for, sorted(leads, key=lambda lead: lead.review_reason is not None)):
            if not listed and self._takes(singles):
                sent += self.service.perform(action, [lead])
            else:
                listed.append(lead)
        if not listed or (is_new and not self._may_list_urgent()):
            return sent
        taken = self.service.perform(action, listed, together=True)
        if is_new and not taken:
            self.service.locks.release(URGENT_LIST_LOCK, self.service.clock())  # the next sweep sends it
        return sent + taken

    def end_urgent_list(self) -> None:
        """List no further new urgent leads: those that come in while the sweep works would make many short lists."""
        self._lists_urgent = False

    def _takes(self, singles: SingleEmails) -> bool:
        """Return whether one more e-mail about one lead may leave; if that cannot be counted, the lead is listed."""
        try:
            with self.service.counters.one_short_try():
                return self.service.counters.take_slot(
                    singles.name, singles.limit, singles.window, self.service.clock()
                )
        except StoreError as error:
            log.event("not counted", outcome=str(error))
            return False

    def _may_list_urgent(self) -> bool:
        if self._lists_urgent is None:
            now = self.service.clock()
            self._lists_urgent = self.service.locks.acquire(URGENT_LIST_LOCK, now, URGENT_LIST_INTERVAL)
        return self._lists_urgent
