"""E-mails to the staff as messages: text and HTML. Names and numbers are in them only if the practice wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import TYPE_CHECKING

from leads import log, tokens
from leads.domain import promise
from leads.domain.lifecycle import Action, Event, Status, StoredLead
from leads.domain.people import StaffedPractice
from leads.domain.text import isolated
from leads.mail.lead_email import LeadEmail
from leads.mail.wording import calls, due_in_words, heading, rows, subject
from leads.settings import Settings

if TYPE_CHECKING:  # not loaded at capture's cold start
    from leads.domain.worklist import Digest


class _CachedHeaders(HeaderRegistry):
    """HeaderRegistry that caches the classes it generates; Python generates them again for every header."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


POLICY = SMTP.clone(header_factory=_CachedHeaders())

LIST_SUBJECTS = {
    Action.NOTIFY: "{count} people ask for a call",
    Action.REMIND: "Reminder: {count} people wait for a call",
    Action.ESCALATE: "Overdue: {count} people have not been reached",
    Action.REPORT_CALL: "{count} people were called and not reached",
}

URGENT_MARK = "Urgent call-backs. "


@dataclass(frozen=True)
class Line:
    """One lead in an e-mail that lists several."""

    title: str
    phone: str
    phone_uri: str
    call_by: str
    calls: str
    """Recorded calls, in words."""
    link: str
    is_urgent: bool
    doubt: str
    """Why it may not be a person, while it waits for review."""
    no_voicemail: bool = False
    """Whether the number is shown and no voicemail may be left at it."""


@dataclass(frozen=True)
class Composer:
    """Composes the e-mails of one practice. `now` is UTC."""

    practice: StaffedPractice
    settings: Settings

    def without_names(self) -> Composer:
        """Return a composer whose e-mails hold no name and no number."""
        notify = self.practice.notify.model_copy(update={"email_detail": "reference"})
        return Composer(self.practice.model_copy(update={"notify": notify}), self.settings)

    @property
    def shows_names(self) -> bool:
        """Return whether e-mails hold names and numbers."""
        return self.practice.notify.email_detail == "full"

    def staff_link(self, lead: StoredLead, now: dt.datetime) -> str:
        """Return the address of the lead's staff page."""
        return f"{self.settings.site_url}/staff/leads/{tokens.staff_token(lead.reference, now, self.settings.key)}"

    def line(self, lead: StoredLead, now: dt.datetime) -> Line:
        """Return the lead as one line of a list."""
        full = self.shows_names
        return Line(
            title=isolated(lead.lead.name) if full else lead.reference,
            phone=lead.lead.phone.display if full else "",
            phone_uri=lead.lead.phone.uri if full else "",
            call_by=promise.in_words(lead.call_by, self.practice),
            calls=calls(lead, self.practice, now),
            link=self.staff_link(lead, now),
            is_urgent=lead.priority,
            doubt=lead.review_reason or "" if lead.status is Status.IN_REVIEW else "",
            no_voicemail=full and not lead.lead.voicemail,
        )

    def line_or_none(self, lead: StoredLead, now: dt.datetime) -> Line | None:
        """Return the line, or None if it cannot be written; that is logged. One lead must not stop the others."""
        try:
            return self.line(lead, now)
        except Exception as error:
            log.exception("cannot be listed", error, reference=lead.reference)
            return None

    def _lines(self, leads: Sequence[StoredLead], now: dt.datetime) -> list[Line]:
        return [line for lead in leads if (line := self.line_or_none(lead, now))]

    def one(self, action: Action, lead: StoredLead, now: dt.datetime) -> EmailMessage:
        """Return the e-mail about one lead."""
        is_reviewed = any(entry.event is Event.RELEASED for entry in lead.history)
        email = LeadEmail(
            subject=subject(action, lead, self.practice, now),
            heading=heading(action, lead, self.practice, now),
            due=due_in_words(lead, self.practice, now),
            review_reason=None if is_reviewed else lead.review_reason,
            rows=rows(lead, self.practice),
            link=self.staff_link(lead, now),
            link_days=tokens.LINK_LIFETIME.days,
            signature=self.practice.name,
        )
        to = self._recipients(action, is_urgent=lead.priority)
        return _fill(self._envelope(email.subject, to), email.as_text(), email.as_html())

    def many(self, action: Action, leads: Sequence[StoredLead], now: dt.datetime) -> EmailMessage:
        """Return one e-mail that lists these leads: urgent ones first, then those without a doubt, then by deadline.

        One e-mail, because a flood must not use up SES's quota.
        """
        in_order = sorted(leads, key=lambda lead: (not lead.priority, bool(lead.review_reason), lead.call_by))
        is_urgent = any(lead.priority for lead in leads)
        text = LIST_SUBJECTS[action].format(count=len(leads))
        title = f"{URGENT_MARK}{text}" if is_urgent else text
        return self._from_template(
            "list",
            subject=title,
            to=self._recipients(action, is_urgent=is_urgent),
            heading=title,
            intro="They came faster than one e-mail each." if action is Action.NOTIFY else "",
            lines=self._lines(in_order, now),
            more=0,
        )

    def review(self, leads: Sequence[StoredLead], total: int, now: dt.datetime, *, is_overdue: bool) -> EmailMessage:
        """Return the review list. `total` counts the requests that it does not list, too."""
        requests = "1 request" if total == 1 else f"{total:,} requests"
        to_review = f"To look at: {requests} that may not be people"
        title = f"Overdue: {requests} not looked at" if is_overdue else to_review
        lines = self._lines(leads, now)
        return self._from_template(
            "list",
            subject=title,
            to=self.practice.late_contacts if is_overdue else self.practice.front_desk,
            heading=title,
            intro=f"{'The promised call is late.' if is_overdue else 'Each was promised a call.'} "
            "Open each link: release the request if it is a person, and call; or say that it is not a lead.",
            lines=lines,
            more=total - len(lines),
        )

    def digest(self, digest: Digest, now: dt.datetime) -> EmailMessage:
        """Return the daily digest."""
        today = now.astimezone(self.practice.zone).date()
        urgent = sum(lead.priority for lead in digest.open)
        waiting = _amount(len(digest.open), digest.open_limit)
        return self._from_template(
            "digest",
            subject=f"Today: {waiting} to call, {f'{urgent} urgent, ' if urgent else ''}"
            f"{digest.in_review_total} to look at",
            to=self.practice.front_desk,
            day=promise.day_in_words(today),
            open=self._lines(digest.open[: digest.max_lines], now),
            waiting=waiting,
            more_open=_more(digest),
            in_review=self._lines(digest.in_review[: digest.max_lines], now),
            in_review_total=str(digest.in_review_total),
            more_in_review=max(digest.in_review_total - digest.max_lines, 0),
            kept_rate=digest.kept_rate,
            kept_rate_days=digest.days,
            site_url=self.settings.site_url,
        )

    def _recipients(self, action: Action, *, is_urgent: bool) -> Sequence[str]:
        """Return the addresses: the manager for late and unreached leads, both for overdue urgent ones."""
        front_desk, late_contacts = self.practice.front_desk, self.practice.late_contacts
        if action is Action.ESCALATE and is_urgent:
            return tuple(dict.fromkeys((*front_desk, *late_contacts)))
        return late_contacts if action in {Action.ESCALATE, Action.REPORT_CALL} else front_desk

    def _from_template(self, template: str, *, subject: str, to: Sequence[str], **context: object) -> EmailMessage:
        """Return a message, text and HTML, from mail/templates/<template>.txt and .html."""
        from leads import rendering  # Jinja: not needed to take a lead, so not at cold start

        context |= {"subject": subject, "link_days": tokens.LINK_LIFETIME.days}
        text, html = (
            rendering.render(f"mail/{template}.{kind}", practice=self.practice, **context) for kind in ("txt", "html")
        )
        return _fill(self._envelope(subject, to), text, html)

    def _envelope(self, subject: str, to: Sequence[str]) -> EmailMessage:
        email = EmailMessage(policy=POLICY)
        email["From"] = Address(self.practice.name, addr_spec=self.practice.notify.sender)
        email["To"] = ", ".join(to)
        email["Subject"] = subject
        email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation reply comes back
        return email


def _fill(email: EmailMessage, text: str, html: str) -> EmailMessage:
    email.set_content(text)
    email.add_alternative(html, subtype="html")
    return email


def _amount(number: int, limit: int) -> str:
    return f"more than {limit:,}" if number > limit else str(number)


def _more(digest: Digest) -> str:
    """Return how many open leads the digest does not list; empty where it lists all."""
    number = len(digest.open)
    if number > digest.open_limit:
        return f"more than {digest.open_limit - digest.max_lines:,}"
    return str(number - digest.max_lines) if number > digest.max_lines else ""
