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

from leads import log, tokens
from leads.aws import clients
from leads.domain import promise
from leads.domain.lifecycle import Action, Event, Status, StoredLead
from leads.domain.practice import Practice
from leads.domain.text import isolated
from leads.mail.lead_email import Letter, Row
from leads.settings import Settings

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
    made: SESV2Client = clients.client("sesv2", connect_timeout=0.5, read_timeout=1.5, tries=1)
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
    Action.ESCALATE: "Overdue: {calls} ({reference})",
    Action.REPORT_CALL: "Not reached: {calls} ({reference})",
}

URGENT_SUBJECTS = {
    Action.NOTIFY: "Urgent call-back {reference}",
    Action.REMIND: "Urgent call-back {reference}: reminder, call by {deadline}",
    Action.ESCALATE: "Urgent call-back {reference}: overdue, {calls}",
    Action.REPORT_CALL: "Urgent call-back {reference}: {calls}",
}
"""They say nothing of why: what a visitor may tick must not show in a subject."""

CALL_AGAIN = "Urgent call-back {reference}: call again now"

LIST_SUBJECTS = {
    Action.NOTIFY: "{count} people ask for a call",
    Action.REMIND: "Reminder: {count} people wait for a call",
    Action.ESCALATE: "Overdue: {count} people have not been reached",
    Action.REPORT_CALL: "{count} people were called and not reached",
}

URGENT_MARK = "Urgent call-backs. "

OPENED = {
    Event.RECEIVED: "Somebody asks for a call",
    Event.ASKED_AGAIN: "Somebody asks for a call again",
    Event.RELEASED: "Reviewed: this person waits for a call",
    Event.REOPENED: "Opened again: this person waits for a call",
}
"""What the first e-mail says first, by what made the staff hear of the lead."""

TIMES = {1: "called", 2: "called twice"}


@dataclass(frozen=True)
class Line:
    """One lead in an e-mail that lists several."""

    title: str
    phone: str
    phone_uri: str
    call_by: str
    calls: str
    """What is recorded of calls."""
    link: str
    is_urgent: bool
    doubt: str
    """Why it may not be a person, while it waits for review."""
    no_voicemail: bool = False
    """Whether the number is shown and no voicemail may be left at it; `mail/lead.html` and `.txt` say so beside it."""


def subject(action: Action, lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return what the inbox shows. All that is about an urgent lead begins alike."""
    form = (URGENT_SUBJECTS if lead.priority else SUBJECTS)[_said(action, lead, now)]
    if lead.priority and lead.attempts and action is Action.REMIND:
        form = CALL_AGAIN
    deadline = promise.in_words(lead.call_by, practice)
    return form.format(deadline=deadline, reference=lead.reference, calls=calls(lead, practice, now))


def _said(action: Action, lead: StoredLead, now: dt.datetime) -> Action:
    """Return what an e-mail to the manager may say: three unanswered calls before the deadline are not overdue."""
    is_early = action is Action.ESCALATE and now < min(lead.call_by, lead.contact_by)
    return Action.REPORT_CALL if is_early else action


def calls(lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return what is recorded of calls since the promise was made: "called at 9:30 AM, not reached"."""
    if not lead.attempts:
        taken_back = lead.opened.event is Event.REOPENED and lead.first_call_at is None
        return "opened again, no other call is recorded" if taken_back else "no call is recorded"
    count, last = len(lead.attempts), promise.at_in_words(lead.attempts[-1].at, now, practice)
    called = TIMES.get(count, f"called {count} times")
    return f"{called} {last}, not reached" if count == 1 else f"{called}, not reached; last {last}"


def heading(action: Action, lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return what the e-mail says first."""
    called = calls(lead, practice, now)
    if action is Action.NOTIFY:
        said = OPENED[lead.opened.event]
    elif action is Action.REMIND:
        said = f"Call again: {called}" if lead.attempts else "Still waiting for a call"
    elif _said(action, lead, now) is Action.ESCALATE:
        said = f"Overdue: {called}"
    else:
        said = called[0].upper() + called[1:]
    return f"Urgent. {said}" if lead.priority else said


def due_in_words(lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return when the call is or was due, and the promise where it has passed."""
    due = promise.in_words(lead.call_by, practice)
    if now < lead.call_by:
        said = f"Call again at {due}." if lead.priority and lead.attempts else f"Call by {due}."
    else:
        said = f"Call now: the call was due by {due}."
    late = now >= lead.contact_by != lead.call_by
    return f"{said} We had promised a call by {promise.in_words(lead.contact_by, practice)}." if late else said


def rows(lead: StoredLead, practice: Practice) -> list[Row]:
    """The facts that the e-mail gives, most useful first."""
    answers, full = lead.lead, practice.notify.email_detail == "full"
    voicemail = [Row("Voicemail", "May be left" if answers.voicemail else "Do not leave one")]
    person = [
        Row("Name", isolated(answers.name)),
        Row("Phone", answers.phone.display, tel=answers.phone.uri, note="" if answers.voicemail else "No voicemail"),
    ]
    # What a link says of its origin can be any word, also a condition.
    network = answers.utm_source if answers.utm_source in practice.share.networks else ""
    again = {Event.ASKED_AGAIN: "Asked again", Event.REOPENED: "Opened again", Event.RELEASED: "Reviewed"}
    opened = again.get(lead.opened.event)
    return [
        *(person if full else []),
        Row("Call by", promise.in_words(lead.call_by, practice)),
        Row("Best time", "Any time" if answers.best_time == "any" else f"In the {answers.best_time}"),
        *(voicemail if answers.voicemail or not full else []),
        Row("Received", promise.in_words(lead.received_at, practice)),
        *([Row(opened, promise.in_words(lead.opened.at, practice))] if opened else []),
        *([Row("Came from", network)] if network else []),
        Row("Reference", lead.reference),
    ]


def staff_link(lead: StoredLead, settings: Settings, now: dt.datetime) -> str:
    """The address of the lead's staff page."""
    return f"{settings.public_url}/staff/leads/{tokens.staff_token(lead.reference, now, settings.key)}"


def line(lead: StoredLead, practice: Practice, settings: Settings, now: dt.datetime) -> Line:
    """The lead in one line of a list."""
    full = practice.notify.email_detail == "full"
    return Line(
        title=isolated(lead.lead.name) if full else lead.reference,
        phone=lead.lead.phone.display if full else "",
        phone_uri=lead.lead.phone.uri if full else "",
        call_by=promise.in_words(lead.call_by, practice),
        calls=calls(lead, practice, now),
        link=staff_link(lead, settings, now),
        is_urgent=lead.priority,
        doubt=lead.suspicion or "" if lead.status is Status.QUARANTINED else "",
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
        log.failure("cannot be listed", error, reference=lead.reference)
        return None


def about_one(
    action: Action, lead: StoredLead, practice: Practice, settings: Settings, now: dt.datetime
) -> EmailMessage:
    """Return the e-mail about one lead."""
    is_reviewed = any(entry.event is Event.RELEASED for entry in lead.history)
    letter = Letter(
        subject=subject(action, lead, practice, now),
        heading=heading(action, lead, practice, now),
        due=due_in_words(lead, practice, now),
        suspicion=None if is_reviewed else lead.suspicion,
        rows=rows(lead, practice),
        link=staff_link(lead, settings, now),
        link_days=tokens.LINK_LIFE.days,
        signature=practice.name,
    )
    to = _readers(action, practice, is_urgent=lead.priority)
    return _filled(_envelope(letter.subject, to, practice, settings), letter.as_text(), letter.as_html())


def about_many(
    action: Action, listed: Sequence[tuple[StoredLead, Line]], practice: Practice, settings: Settings
) -> EmailMessage:
    """Return one e-mail that lists them all: urgent ones first, those without a doubt first, the next deadline first.

    A flood must not meet SES's quota twice.
    """
    in_order = sorted(listed, key=lambda pair: (not pair[0].priority, bool(pair[0].suspicion), pair[0].call_by))
    is_urgent = any(lead.priority for lead, _ in listed)
    said = LIST_SUBJECTS[action].format(count=len(listed))
    return message(
        "list",
        subject=f"{URGENT_MARK}{said}" if is_urgent else said,
        to=_readers(action, practice, is_urgent=is_urgent),
        practice=practice,
        settings=settings,
        heading=f"{URGENT_MARK}{said}" if is_urgent else said,
        intro="They came faster than one e-mail each." if action is Action.NOTIFY else "",
        lines=[line for _, line in in_order],
        more=0,
        link_days=tokens.LINK_LIFE.days,
    )


def about_review(
    listed: Sequence[tuple[StoredLead, Line]], total: int, practice: Practice, settings: Settings, *, is_overdue: bool
) -> EmailMessage:
    """Return the e-mail about requests that may not be people; `total` counts those that it does not list, too."""
    requests = "1 request" if total == 1 else f"{total:,} requests"
    overdue = f"Overdue: {requests} not looked at"
    said = overdue if is_overdue else f"To look at: {requests} that may not be people"
    return message(
        "list",
        subject=said,
        to=practice.notify.escalate_to if is_overdue else practice.notify.to,
        practice=practice,
        settings=settings,
        heading=said,
        intro=f"{'The promised call is late.' if is_overdue else 'Each was promised a call.'} "
        "Open each link: release the request if it is a person, and call; or say that it is not a lead.",
        lines=[line for _, line in listed],
        more=total - len(listed),
        link_days=tokens.LINK_LIFE.days,
    )


def _readers(action: Action, practice: Practice, *, is_urgent: bool) -> Sequence[str]:
    """Return who gets it: the manager hears of what is late or not reached; if it is urgent, both hear."""
    notify = practice.notify
    if action is Action.ESCALATE and is_urgent:
        return tuple(dict.fromkeys((*notify.to, *notify.escalate_to)))
    return notify.escalate_to if action in {Action.ESCALATE, Action.REPORT_CALL} else notify.to


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
        raise MailError(log.code(error)) from None


def send_in_any_words(write: Callable[[Practice], EmailMessage], practice: Practice, settings: Settings) -> None:
    """Send what `write` makes for the practice; if SES rejects it, once more without anybody's name and number.

    Those are the only words in it that are not ours, and one person's must not keep back what others wait for.
    """
    try:
        send(write(practice), settings)
    except MailError as error:
        if str(error) != REJECTED or practice.notify.email_detail == "reference":
            raise
        log.record("words rejected", outcome=REJECTED)
        reserved = practice.notify.model_copy(update={"email_detail": "reference"})
        send(write(practice.model_copy(update={"notify": reserved})), settings)


def record_failure(purpose: str, error: MailError, waiting: int) -> None:
    """Log that an e-mail for which so many leads wait was not taken; refused is what no retry cures."""
    refused = float(str(error) in INCURABLE)
    log.record(f"{purpose} failed", outcome=str(error), metrics={"NotifyFailed": waiting, "NotifyRefused": refused})
