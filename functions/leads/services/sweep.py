"""Send everything that is due: e-mails about leads, then the digest and the review list.

The table says what is due; no process remembers anything.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from leads import log
from leads.domain import lifecycle
from leads.domain.errors import MailError, StaleError
from leads.domain.lifecycle import LEASE, Action, StoredLead
from leads.services import digest, review
from leads.services.digest import DigestLimits
from leads.services.follow_up import LeadService, UrgentLimiter, log_mail_failure

LeasedLead = tuple[Action, StoredLead]
"""A leased lead and the action that is due."""

MAX_BATCH = 200
"""Leads that are leased at once."""

MAX_SEPARATE = 20
"""Leads of a batch that get an e-mail each; in a larger batch one e-mail lists all with the same action."""

MAX_URGENT_SEPARATE = 3
"""Urgent leads of a batch that get a reminder or an escalation each; of more, one e-mail lists all."""

CLAIM_TIMEOUT = LEASE / 3
"""Longest time spent on leasing a batch before its e-mails are sent: the first lease has begun to run."""

BATCH_TIMEOUT = LEASE + dt.timedelta(seconds=15)
"""Longest time of one batch: its leases, and the writes after its last e-mail. With less left, no batch is begun."""

LIST_TIMEOUT = LEASE / 2
"""Time needed for the digest or the review list: less than for a batch, or a long backlog would hold them back."""


@dataclass(frozen=True)
class Limits:
    """Sizes of a sweep; tests use smaller ones."""

    batch: int = MAX_BATCH
    separate: int = MAX_SEPARATE
    digest: DigestLimits = field(default_factory=DigestLimits)
    review_listed: int = review.MAX_LISTED


@dataclass(frozen=True)
class Sweep:
    """One run of the sweep. `time_left` returns the time until Lambda stops the function."""

    service: LeadService
    urgent: UrgentLimiter
    time_left: Callable[[], dt.timedelta]
    limits: Limits

    def run(self) -> dict[str, int]:
        """Send what is due. Return how many leads were due, and for how many an e-mail went out.

        One lead's failure does not stop the others.
        """
        due = self.service.leads.due(self.service.clock())
        looked_at = sent = 0
        while self.time_left() >= BATCH_TIMEOUT and (batch := list(self._claim(due))):
            looked_at += len(batch)
            sent += self._attend(filter(None, batch))
        self._attempt(self._report_unsent)
        for send in (self._send_digest, self._send_review):
            if self.time_left() >= LIST_TIMEOUT:
                self._attempt(send)
        return {"due": looked_at, "sent": sent}

    def _claim(self, due: Iterator[str]) -> Iterator[LeasedLead | None]:
        """Yield the next batch of due leads, each leased if an action is due."""
        until = self.service.clock() + CLAIM_TIMEOUT
        for reference in islice(due, self.limits.batch):
            yield self._lease(reference)
            if self.service.clock() >= until:
                return

    def _lease(self, reference: str) -> LeasedLead | None:
        """Return the due action and the leased lead; None if none is due, or another worker was faster."""
        clock, leads = self.service.clock, self.service.leads
        try:
            lead = leads.get(reference, clock())
            action = lifecycle.next_action(lead, clock())[0] if lead else None
            if lead is None or action is None:
                return None
            return action, leads.change(lead, lifecycle.lease(lead, clock()))
        except StaleError:
            return None
        except Exception as error:
            log.exception("sweep failed for a lead", error, reference=reference)
            return None

    def _attend(self, batch: Iterable[LeasedLead]) -> int:
        """Carry out each action, urgent leads first and apart from the rest. Return how many e-mails went out."""
        leased: dict[tuple[bool, Action], list[StoredLead]] = defaultdict(list)
        for action, lead in batch:
            leased[not lead.priority, action].append(lead)
        together = sum(map(len, leased.values())) > self.limits.separate
        sent = 0
        for is_ordinary, action in sorted(leased):
            leads = leased[is_ordinary, action]
            if is_ordinary:
                sent += self.service.perform(action, leads, together=together)
            elif action is Action.NOTIFY:
                sent += self._announce_urgent(leads)
            else:
                sent += self.service.perform(action, leads, together=len(leads) > MAX_URGENT_SEPARATE)
        return sent

    def _announce_urgent(self, leads: Iterable[StoredLead]) -> int:
        """Send first e-mails about urgent leads: alone while there are few, the rest in this quarter hour's list.

        What neither takes stays leased for a minute, and the next sweep asks again. Leads without a doubt come first.
        """
        clock, listed, sent = self.service.clock, list[StoredLead](), 0
        for lead in sorted(leads, key=lambda lead: lead.review_reason is not None):
            if not listed and self.urgent.allow(clock()):
                sent += self.service.perform(Action.NOTIFY, [lead])
            else:
                listed.append(lead)
        if listed and self.urgent.may_list(clock()):
            taken = self.service.perform(Action.NOTIFY, listed, together=True)
            if not taken:
                self.urgent.list_failed(clock())
            sent += taken
        return sent

    def _report_unsent(self) -> None:
        # Without an unsent lead nothing is written: Lambda's own metrics show that the sweep runs.
        now = self.service.clock()
        oldest = self.service.leads.oldest_unsent(now)
        if oldest:
            age = (now - oldest.opened.at).total_seconds()
            log.event("unsent", reference=oldest.reference, metrics={"OldestUnsentSeconds": round(age)})

    def _send_digest(self) -> None:
        try:
            digest.send_if_due(self.service, self.limits.digest)
        except MailError as error:
            log_mail_failure("digest", error, 1)

    def _send_review(self) -> None:
        try:
            review.send_if_due(self.service, self.limits.review_listed)
        except MailError as error:
            log_mail_failure("review", error, 1)

    def _attempt(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:
            log.exception("sweep failed", error)
