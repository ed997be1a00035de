"""Send everything that is due: e-mails about leads, then the digest and the review list. Nothing else sends e-mails.

The table says what is due; no process remembers anything. One sweep works at a time, by a lock in the table.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from leads import log
from leads.domain import lifecycle
from leads.domain.errors import MailError, StaleError
from leads.domain.lifecycle import LEASE, Action, Status, StoredLead
from leads.services import digest, review, screening
from leads.services.digest import DigestLimits
from leads.services.follow_up import LeadService, log_mail_failure
from leads.services.limited_sender import ORDINARY, LimitedSender, SingleEmails

LeasedLead = tuple[Action, StoredLead]
"""A leased lead and the action that is due."""

MAX_BATCH = 200
"""Leads that are leased at once."""

CLAIM_TIMEOUT = LEASE / 3
"""Longest time spent on leasing a batch before its e-mails are sent: the first lease has begun to run."""

BATCH_TIMEOUT = LEASE + dt.timedelta(seconds=15)
"""Longest time of one batch: its leases, and the writes after its last e-mail. With less left, no batch is begun."""

LIST_TIMEOUT = LEASE / 2
"""Time needed for the digest or the review list: less than for a batch, or a long backlog would hold them back."""

LOCK = "sweep"
"""Held by the sweep that works, for BATCH_TIMEOUT from its last renewal: if it dies, the next one takes over then."""


@dataclass(frozen=True)
class Limits:
    """Sizes of a sweep; tests use smaller ones."""

    logs_end: bool = True
    """Whether a sweep that did its work is logged. Those of `make serve`, each second, are not."""

    batch: int = MAX_BATCH
    singles: SingleEmails = ORDINARY
    digest: DigestLimits = field(default_factory=DigestLimits)
    review_listed: int = review.MAX_LISTED


@dataclass
class Sweep:
    """One run of the sweep. `time_left` returns the time until Lambda stops the function."""

    service: LeadService
    owner: str
    """Name of this run in the lock."""
    time_left: Callable[[], dt.timedelta]
    limits: Limits = field(default_factory=Limits)
    _held_until: dt.datetime | None = None
    """End of this run's lock (UTC); None before it was acquired, and once it is lost."""
    _seen: set[str] = field(default_factory=set)
    """References that this run has looked at: what failed is left to the next."""

    def run(self) -> dict[str, int]:
        """Send what is due. Return how many leads were due, and for how many an e-mail went out.

        One lead's failure does not stop the others. While another sweep works, nothing is done.
        """
        looked_at = sent = 0
        if not self._hold(BATCH_TIMEOUT):
            log.event("sweep", outcome="another one is at work")
            return {"due": 0, "sent": 0}
        sender = LimitedSender(self.service, self.limits.singles)
        for batch in self._batches(sender):
            looked_at += len(batch)
            sent += self._attend(filter(None, batch), sender)
        self._attempt(self._report_unsent)
        for send in (self._send_digest, self._send_review):
            if self.time_left() >= LIST_TIMEOUT and self._hold(LIST_TIMEOUT):
                self._attempt(send)
        if self.limits.logs_end and self._hold(dt.timedelta()):
            # What SweepSilentAlarm waits for: a sweep that failed, or found the lock taken, proves nothing.
            log.event("swept", metrics={"Swept": 1})
        self._attempt(self._release)
        return {"due": looked_at, "sent": sent}

    def _hold(self, duration: dt.timedelta) -> bool:
        """Return whether this run holds the lock for so long; renew it if less is left of it."""
        now, locks = self.service.clock(), self.service.locks
        if self._held_until is None or now + duration > self._held_until:
            self._held_until = now + BATCH_TIMEOUT if locks.acquire(LOCK, now, BATCH_TIMEOUT, self.owner) else None
        return self._held_until is not None

    def _release(self) -> None:
        self.service.locks.release(LOCK, self.service.clock(), self.owner)

    def _batches(self, sender: LimitedSender) -> Iterator[list[LeasedLead | None]]:
        """Yield batch after batch: before each batch of ordinary leads, every urgent one that is due by then."""
        ordinary = self.service.leads.due(self.service.clock(), urgent=False)
        while True:
            urgent = self.service.leads.due(self.service.clock(), urgent=True)
            unseen = (reference for reference in urgent if reference not in self._seen)
            while batch := self._claim(unseen):
                yield batch
            sender.end_urgent_list()
            if not (batch := self._claim(ordinary)):
                return
            yield batch

    def _claim(self, due: Iterator[str]) -> list[LeasedLead | None]:
        """Return the next batch of due leads, each leased if an action is due; none without time or lock."""
        batch: list[LeasedLead | None] = []
        until = self.service.clock() + CLAIM_TIMEOUT
        for reference in islice(due, self.limits.batch):
            if not batch and (self.time_left() < BATCH_TIMEOUT or not self._hold(BATCH_TIMEOUT)):
                break
            self._seen.add(reference)
            batch.append(self._lease(reference))
            if self.service.clock() >= until:
                break
        return batch

    def _lease(self, reference: str) -> LeasedLead | None:
        """Return the due action and the leased lead; None if none is due, or another worker was faster."""
        clock, leads = self.service.clock, self.service.leads
        try:
            lead = leads.get(reference, clock())
            if lead is None or not lifecycle.is_due(lead, clock()):
                return None
            screened = self._screened(lead)
            action = lifecycle.next_action(screened, clock())
            changed = leads.change(lead, lifecycle.lease(screened, clock()) if action else screened)
        except StaleError:
            return None
        except Exception as error:
            log.exception("sweep failed for a lead", error, reference=reference)
            return None
        _log_screening(lead, changed)
        return (action, changed) if action else None

    def _screened(self, lead: StoredLead) -> StoredLead:
        # One write both screens and leases the lead. If this run dies before it, the next one counts the request again:
        # too careful by one, and never too careless.
        if lead.screening is None:
            return lead
        service = self.service
        reason = screening.review_reason(lead, lead.screening, service.counters, service.settings)
        return lifecycle.screen(lead, reason, service.clock(), service.practice)

    def _attend(self, batch: Iterable[LeasedLead], sender: LimitedSender) -> int:
        """Carry out each action, and return for how many leads an e-mail went out."""
        leased: dict[tuple[bool, Action], list[StoredLead]] = defaultdict(list)
        for action, lead in batch:
            leased[not lead.priority, action].append(lead)
        return sum(self._carry_out(action, leads, sender) for (_, action), leads in sorted(leased.items()))

    def _carry_out(self, action: Action, leads: Sequence[StoredLead], sender: LimitedSender) -> int:
        try:
            return sender.send(action, leads, urgent=leads[0].priority)
        except Exception as error:
            log.exception("sweep failed", error)
            return 0

    def _report_unsent(self) -> None:
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


def _log_screening(before: StoredLead, after: StoredLead) -> None:
    if before.status is after.status:
        return
    if after.status is Status.IN_REVIEW:
        log.event("in review", reference=after.reference, metrics={"InReview": 1})
    else:
        log.event("released", reference=after.reference)
