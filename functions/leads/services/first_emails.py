"""Send first e-mails: alone while there are few, the rest as lists. Counted in the table, for every sweep together.

An e-mail for each lead of a flood would use up SES's daily quota, and no later e-mail would leave (docs/costs.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from leads import log
from leads.domain.errors import StoreError
from leads.domain.lifecycle import SWEEP_INTERVAL, Action, StoredLead
from leads.services.follow_up import LeadService

MAX_ORDINARY_ALONE = 20
"""First e-mails about one ordinary lead each, within ORDINARY_WINDOW of the first of them."""

ORDINARY_WINDOW = dt.timedelta(minutes=5)

MAX_URGENT_ALONE = 10
"""First e-mails about one urgent lead each, within URGENT_WINDOW (docs/decisions/0002-urgent-calls.md)."""

URGENT_WINDOW = dt.timedelta(hours=1)

URGENT_LIST_INTERVAL = dt.timedelta(minutes=15) - SWEEP_INTERVAL
"""Interval of lists of urgent leads: a quarter of an hour, less what the sweep may come early."""

URGENT_LIST_LOCK = "urgent list"


@dataclass
class FirstEmails:
    """The first e-mails of one sweep."""

    service: LeadService
    max_ordinary_alone: int = MAX_ORDINARY_ALONE
    may_list_urgent: bool | None = None
    """Whether this sweep sends the list of urgent leads, which may be several e-mails; None before it was decided."""

    def send(self, leads: Sequence[StoredLead], *, urgent: bool) -> int:
        """Send the e-mails about these leased leads. Return for how many one went out.

        Urgent leads that get none stay leased for a minute, and the next sweep asks again. Those without a reason for
        review come first.
        """
        sent, listed = 0, list[StoredLead]()
        for lead in filter(self.service.has_time_for, sorted(leads, key=lambda lead: lead.review_reason is not None)):
            if not listed and self._may_send_alone(urgent=urgent):
                sent += self.service.perform(Action.NOTIFY, [lead])
            else:
                listed.append(lead)
        if not listed or (urgent and not self._may_list_urgent()):
            return sent
        taken = self.service.perform(Action.NOTIFY, listed, together=True)
        if urgent and not taken:
            self.service.locks.release(URGENT_LIST_LOCK, self.service.clock())  # the next sweep sends it
        return sent + taken

    def end_urgent_list(self) -> None:
        """Send no further list in this sweep: leads that come in while it works would make many short ones."""
        self.may_list_urgent = False

    def _may_send_alone(self, *, urgent: bool) -> bool:
        name, limit, window = (
            ("urgent alone", MAX_URGENT_ALONE, URGENT_WINDOW)
            if urgent
            else ("ordinary alone", self.max_ordinary_alone, ORDINARY_WINDOW)
        )
        try:
            with self.service.counters.one_short_try():
                return self.service.counters.take_slot(name, limit, window, self.service.clock())
        except StoreError as error:
            log.event("not counted", outcome=str(error))
            return False

    def _may_list_urgent(self) -> bool:
        if self.may_list_urgent is None:
            now = self.service.clock()
            self.may_list_urgent = self.service.locks.acquire(URGENT_LIST_LOCK, now, URGENT_LIST_INTERVAL)
        return self.may_list_urgent
