"""E-mails to the staff over Amazon SES. No condition is ever in one, and no article, whose address may name one.

Names and numbers are in one only if the practice wants.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from leads import aws, environment, journal, promise, signing
from leads.environment import Settings
from leads.letter import Letter, Row
from leads.lifecycle import MOST_NO_ANSWERS, Action, Event, StoredLead
from leads.practice import SHARE_TARGETS, Practice
from leads.typed import isolated

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client


class _Headers(HeaderRegistry):
    """Python's own headers, whose classes are made once each: Python makes them anew for every header."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


POLICY = SMTP.clone(header_factory=_Headers())


class MailError(RuntimeError):
    """SES did not take the e-mail; its text is AWS's error code and nothing else."""


@cache
def client() -> SESV2Client:
    # One try of at most 2 s in all: the visitor is waiting, and the sweep tries again.
    made: SESV2Client = aws.client("sesv2", connect_timeout=0.5, read_timeout=1.5, tries=1)
    return made


REJECTED = "MessageRejected"
"""SES does not like what the message says."""

INCURABLE = frozenset(
    {"AccountSuspendedException", "SendingPausedException", REJECTED, "MailFromDomainNotVerifiedException"}
)
"""Errors of SES that no retry cures: somebody has to do something in AWS (aws.md, SES v2)."""

SUBJECTS = {
    Action.NOTIFY: "Call back by {deadline} ({reference})",
    Action.REMIND: "Reminder: call back by {deadline} ({reference})",
    Action.ESCALATE: "Overdue: nobody has called yet ({reference})",
}

LIST_SUBJECTS = {
    Action.NOTIFY: "{count} people ask for a call",
    Action.REMIND: "Reminder: {count} people wait for a call",
    Action.ESCALATE: "Overdue: {count} people have not been called",
}

HEADINGS = {
    Action.NOTIFY: "Somebody asks for a call",
    Action.REMIND: "Still waiting for a call",
    Action.ESCALATE: "We promised to call, and nobody has",
}


@dataclass(frozen=True)
class Line:
    """One lead in an e-mail that lists several."""

    title: str
    phone: str
    phone_uri: str
    call_by: str
    status: str
    link: str
    no_voicemail: bool = False
    """Whether the number is shown and no voicemail may be left at it; `mail/lead.html` and `.txt` say so beside it."""


def subject(action: Action, lead: StoredLead, practice: Practice) -> str:
    """What the inbox shows. A priority lead's says that and nothing more."""
    if lead.priority and action is Action.NOTIFY:
        return "Priority call-back"
    if action is Action.ESCALATE and lead.no_answers >= MOST_NO_ANSWERS:
        return f"No answer after {lead.no_answers} calls ({lead.reference})"
    return SUBJECTS[action].format(deadline=promise.in_words(lead.call_by, practice), reference=lead.reference)


def heading(action: Action, lead: StoredLead) -> str:
    """What the e-mail says first."""
    if action is Action.ESCALATE and lead.no_answers >= MOST_NO_ANSWERS:
        return f"Called {lead.no_answers} times without an answer"
    return HEADINGS[action]


def rows(lead: StoredLead, practice: Practice) -> list[Row]:
    """The facts that the e-mail gives, most useful first."""
    answers, full = lead.lead, practice.notify.email_detail == "full"
    voicemail = [Row("Voicemail", "May be left" if answers.voicemail else "Do not leave one")]
    person = [
        Row("Name", isolated(answers.name)),
        Row("Phone", answers.phone.display, tel=answers.phone.uri, note="" if answers.voicemail else "No voicemail"),
    ]
    # What a link says of its origin can be any word, also a condition.
    network = answers.utm_source if answers.utm_source in SHARE_TARGETS else ""
    anew = lead.promised.event is not Event.RECEIVED
    counts_from = f"{promise.in_words(lead.promised.at, practice)}, when it was {lead.promised.event}"
    return [
        *(person if full else []),
        Row("Call by", promise.in_words(lead.call_by, practice)),
        Row("Best time", "Any time" if answers.best_time == "any" else f"In the {answers.best_time}"),
        *(voicemail if answers.voicemail or not full else []),
        Row("Received", promise.in_words(lead.received_at, practice)),
        *([Row("Promise counts from", counts_from)] if anew else []),
        *([Row("Came from", network)] if network else []),
        Row("Reference", lead.reference),
    ]


def staff_link(lead: StoredLead, settings: Settings, now: dt.datetime) -> str:
    """The address of the lead's staff page."""
    return f"{environment.site_url(settings)}/staff/leads/{signing.staff_token(lead.reference, now, settings.key)}"


def line(lead: StoredLead, practice: Practice, settings: Settings, now: dt.datetime) -> Line:
    """The lead in one line of a list."""
    full = practice.notify.email_detail == "full"
    return Line(
        title=isolated(lead.lead.name) if full else lead.reference,
        phone=lead.lead.phone.display if full else "",
        phone_uri=lead.lead.phone.uri if full else "",
        call_by=promise.in_words(lead.call_by, practice),
        status=lead.status.value,
        link=staff_link(lead, settings, now),
        no_voicemail=full and not lead.lead.voicemail,
    )


def listable(
    leads: Iterable[StoredLead], practice: Practice, settings: Settings, now: dt.datetime
) -> list[tuple[StoredLead, Line]]:
    """The leads with their lines. One that cannot be written is logged and left out: it must not stop the others."""
    return [(lead, made) for lead in leads if (made := _line_or_none(lead, practice, settings, now))]


def _line_or_none(lead: StoredLead, practice: Practice, settings: Settings, now: dt.datetime) -> Line | None:
    try:
        return line(lead, practice, settings, now)
    except Exception as error:
        journal.failure("cannot be listed", error, reference=lead.reference)
        return None


def about_one(
    action: Action, lead: StoredLead, practice: Practice, settings: Settings, now: dt.datetime
) -> EmailMessage:
    """The e-mail about one lead."""
    letter = Letter(
        subject=subject(action, lead, practice),
        heading=heading(action, lead),
        call_by=promise.in_words(lead.call_by, practice),
        suspicion=None if lead.promised.event is Event.RELEASED else lead.suspicion,
        rows=rows(lead, practice),
        link=staff_link(lead, settings, now),
        link_days=signing.LINK_LIFE.days,
        signature=practice.name,
    )
    envelope = _envelope(letter.subject, _readers(action, practice), practice, settings)
    return _filled(envelope, letter.as_text(), letter.as_html())


def about_many(
    action: Action, listed: Sequence[tuple[StoredLead, Line]], practice: Practice, settings: Settings
) -> EmailMessage:
    """One e-mail that lists them all, the next deadline first: a flood must not meet SES's quota twice."""
    in_order = sorted(listed, key=lambda pair: (not pair[0].priority, pair[0].call_by))
    plain = LIST_SUBJECTS[action].format(count=len(listed))
    return message(
        "list",
        subject="Priority call-back" if action is Action.NOTIFY and in_order[0][0].priority else plain,
        to=_readers(action, practice),
        practice=practice,
        settings=settings,
        heading=plain,
        lines=[line for _, line in in_order],
        link_days=signing.LINK_LIFE.days,
    )


def _readers(action: Action, practice: Practice) -> Sequence[str]:
    return practice.notify.escalate_to if action is Action.ESCALATE else practice.notify.to


def message(
    template: str, *, subject: str, to: Sequence[str], practice: Practice, settings: Settings, **context: object
) -> EmailMessage:
    """A whole message, text and HTML, from `mail/<template>.txt` and `.html`."""
    from leads import (
        rendering,  # Jinja: not needed to take a lead, so not at cold start
    )

    context |= {"subject": subject, "practice": practice}
    text, html = (rendering.render(f"mail/{template}.{kind}", **context) for kind in ("txt", "html"))
    return _filled(_envelope(subject, to, practice, settings), text, html)


def _envelope(subject: str, to: Sequence[str], practice: Practice, settings: Settings) -> EmailMessage:
    email = EmailMessage(policy=POLICY)
    email["From"] = Address(practice.name, addr_spec=settings.sender)
    email["To"] = ", ".join(to)
    email["Subject"] = subject
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply comes back
    return email


def _filled(email: EmailMessage, text: str, html: str) -> EmailMessage:
    email.set_content(text)
    email.add_alternative(html, subtype="html")
    return email


def send(email: EmailMessage, settings: Settings) -> None:
    """Hand the message to SES, once. Raises MailError if SES does not take it."""
    options = {"ConfigurationSetName": settings.configuration_set} if settings.configuration_set else {}
    try:
        client().send_email(
            FromEmailAddress=settings.sender,
            Destination={"ToAddresses": [address.addr_spec for address in email["To"].addresses]},
            Content={"Raw": {"Data": email.as_bytes()}},
            **options,  # type: ignore[arg-type]  # the stubs want each option spelt out
        )
    except (ClientError, BotoCoreError) as error:
        raise MailError(journal.code(error)) from None


def send_in_any_words(write: Callable[[Practice], EmailMessage], practice: Practice, settings: Settings) -> None:
    """Send what `write` makes for the practice; if SES rejects it, once more without anybody's name and number.

    Those are the only words in it that are not ours, and one person's must not keep back what others wait for.
    """
    try:
        send(write(practice), settings)
    except MailError as error:
        if str(error) != REJECTED or practice.notify.email_detail == "reference":
            raise
        journal.record("words rejected", outcome=REJECTED)
        reserved = practice.notify.model_copy(update={"email_detail": "reference"})
        send(write(practice.model_copy(update={"notify": reserved})), settings)


def record_failure(purpose: str, error: MailError, waiting: int) -> None:
    """Log that an e-mail for which so many leads wait was not taken; refused is what no retry cures."""
    refused = float(str(error) in INCURABLE)
    journal.record(f"{purpose} failed", outcome=str(error), metrics={"NotifyFailed": waiting, "NotifyRefused": refused})
