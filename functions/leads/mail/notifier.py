"""Sends e-mails to the staff. Implements `leads.services.ports.StaffMailer`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

from leads import log
from leads.domain.errors import MailError
from leads.domain.lifecycle import Action, StoredLead
from leads.mail.compose import Composer

if TYPE_CHECKING:  # not loaded at capture's cold start
    from leads.domain.worklist import Digest

Transport = Callable[[EmailMessage], None]
"""Sends a message once. Raises MailError if it is not taken."""


@dataclass(frozen=True)
class EmailNotifier:
    """Composes each e-mail and hands it to the transport. Its methods raise MailError."""

    composer: Composer
    transport: Transport

    def can_list(self, lead: StoredLead, now: dt.datetime) -> bool:
        """Return whether the lead can be written into a list. Log why, if not."""
        return self.composer.line_or_none(lead, now) is not None

    def send_one(self, action: Action, lead: StoredLead, now: dt.datetime) -> None:
        """Send the e-mail about one lead. The first try is one call of SES: a visitor may be waiting."""
        if lead.failures:
            self._send(lambda composer: composer.one(action, lead, now))
        else:
            self.transport(self.composer.one(action, lead, now))

    def send_many(self, action: Action, leads: Sequence[StoredLead], now: dt.datetime) -> None:
        """Send one e-mail that lists these leads."""
        self._send(lambda composer: composer.many(action, leads, now))

    def send_digest(self, digest: Digest, now: dt.datetime) -> None:
        """Send the daily digest to the front desk."""
        self._send(lambda composer: composer.digest(digest, now))

    def send_review(self, leads: Sequence[StoredLead], total: int, now: dt.datetime, *, is_overdue: bool) -> None:
        """Send the review list: to the front desk, or to the manager if promises have passed."""
        self._send(lambda composer: composer.review(leads, total, now, is_overdue=is_overdue))

    def _send(self, compose: Callable[[Composer], EmailMessage]) -> None:
        """Send the message; if SES rejects it, send it once more without names and numbers.

        Those are the only words in it that are typed, and one visitor's must not hold back what others wait for.
        """
        try:
            self.transport(compose(self.composer))
        except MailError as error:
            if not error.rejected or not self.composer.shows_names:
                raise
            log.event("words rejected", outcome=str(error))
            self.transport(compose(self.composer.without_names()))
