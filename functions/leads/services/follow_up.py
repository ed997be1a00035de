"""Carry out due actions: send the e-mail for a leased lead and record the outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads import log
from leads.clock import Clock
from leads.domain import lifecycle
from leads.domain.errors import MAX_TRIES, MailError, StaleError
from leads.domain.lifecycle import COMPLETED_BY, LEASE, SWEEP_INTERVAL, Action, Event, StoredLead
from leads.domain.practice import Practice
from leads.settings import Settings

if TYPE_CHECKING:  # not loaded at capture's cold start
    from leads.services.ports import CounterStore, LeadStore, LockStore, StaffMailer

LEASE_MARGIN = LEASE / 6
"""No e-mail is begun with less than this left of the lease: it takes up to 2 s, and its record time of its own."""

LIST_RETRY = 5 * SWEEP_INTERVAL
"""A digest or a review list that failed is tried again after this time."""


@dataclass(frozen=True)
class LeadService:
    """Changes leads and sends what is due about them, with the adapters that it is given."""

    leads: LeadStore
    counters: CounterStore
    locks: LockStore
    mailer: StaffMailer
    practice: Practice
    settings: Settings
    clock: Clock

    def perform(self, action: Action, leased: Sequence[StoredLead], *, together: bool = False) -> int:
        """Send the action's e-mail for leads that the caller has leased: one each, or one for all.

        Return for how many leads an e-mail went out. A lead that cannot be sent does not stop the others. One whose
        lease is about to end is left to the next sweep: another worker may have it by the time its record is written.
        """
        # A generator: the time is looked at before each e-mail, for the e-mails before it took some.
        current = (lead for lead in leased if self.has_time_for(lead))
        if not together or len(leased) == 1:
            return sum(self._perform_one(action, lead) for lead in current)
        listed = [lead for lead in current if self.mailer.can_list(lead, self.clock())]
        return self._send(action, listed, self.mailer.send_many) if listed else 0

    def has_time_for(self, lead: StoredLead) -> bool:
        """Return whether an e-mail about the lead can be recorded before its lease ends."""
        return lead.next_at is not None and self.clock() < lead.next_at - LEASE_MARGIN

    def _perform_one(self, action: Action, lead: StoredLead) -> int:
        return self._send(action, [lead], lambda action, leads, now: self.mailer.send_one(action, leads[0], now))

    def _send(
        self,
        action: Action,
        leads: Sequence[StoredLead],
        send: Callable[[Action, Sequence[StoredLead], dt.datetime], None],
    ) -> int:
        try:
            send(action, leads, self.clock())
            event = COMPLETED_BY[action]
        except MailError as error:
            log_mail_failure(action, error, len(leads))
            event = Event.SEND_FAILED
        except Exception as error:
            log.exception(f"{action} failed", error, reference=leads[0].reference if len(leads) == 1 else "")
            return 0
        for lead in leads:
            self._record_each(lead, event)
        return 0 if event is Event.SEND_FAILED else len(leads)

    def _record_each(self, lead: StoredLead, event: Event) -> None:
        # One record that fails must not lose the others: they would all be sent a second time.
        try:
            self.record(lead, event)
        except Exception as error:
            log.exception("not recorded", error, reference=lead.reference)

    def record(self, lead: StoredLead, event: Event) -> StoredLead:
        """Append the event to the lead's history, also if the lead changed meanwhile, and return the lead.

        Staff may close a lead while its e-mail is on the way: then their change stays, and nothing is recorded.
        """
        for _ in range(MAX_TRIES):
            try:
                recorded = self.leads.change(lead, lifecycle.apply(lead, event, self.clock(), self.practice))
            except StaleError:
                current = self.leads.get(lead.reference, self.clock())
                if current is None or current.status is not lead.status:
                    return current or lead
                lead = current
            else:
                log.event(event.value, reference=lead.reference, metrics=metrics(recorded, event))
                return recorded
        raise StaleError(f"{lead.reference} keeps changing")


def record_staff_action(
    lead: StoredLead, event: Event, leads: LeadStore, practice: Practice, clock: Clock
) -> StoredLead:
    """Record what staff say about a lead, on top of what the software did since they saw it. Return the lead.

    Raises StaleError if another person acted since, or the lead is gone; TransitionError if the event cannot happen.
    """
    seen = lead
    for _ in range(MAX_TRIES):
        try:
            return leads.change(lead, lifecycle.apply(lead, event, clock(), practice))
        except StaleError:
            current = leads.get(lead.reference, clock())
            if current is None or current.revision != seen.revision:
                raise
            lead = current
    raise StaleError(f"{lead.reference} keeps changing")


def metrics(lead: StoredLead, event: Event) -> dict[str, float]:
    """Return what an event adds to CloudWatch's metrics. Minutes are by the clock, from the promise."""
    if event is Event.CONTACTED:
        minutes = (lead.history[-1].at - lead.promised.at).total_seconds() / 60
        return {"Contacted": 1, "MinutesToContact": round(minutes, 1)}
    return {Event.REMINDED: {"Reminded": 1.0}, Event.ESCALATED: {"Overdue": 1.0}}.get(event, {})


def log_mail_failure(purpose: str, error: MailError, waiting: int) -> None:
    """Log that an e-mail for which so many leads wait was not taken. NotifyRefused counts what no retry cures."""
    refused = float(error.permanent)
    log.event(f"{purpose} failed", outcome=str(error), metrics={"NotifyFailed": waiting, "NotifyRefused": refused})
