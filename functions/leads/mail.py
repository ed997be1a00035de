"""E-mails to the staff over Amazon SES. No condition is ever in one; names and numbers only if the practice wants."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from leads import environment, journal, promise, signing
from leads.environment import Settings
from leads.lifecycle import Action, StoredLead
from leads.practice import Practice

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client


class MailError(RuntimeError):
    """SES did not take the e-mail; its text is AWS's error code and nothing else."""


@cache
def client() -> SESV2Client:
    # One try of at most 2 s in all: the visitor is waiting, and the sweep tries again.
    made: SESV2Client = boto3.client(
        "sesv2",
        config=Config(connect_timeout=0.5, read_timeout=1.5, retries={"mode": "standard", "total_max_attempts": 1}),
    )
    return made


SUBJECTS = {
    Action.NOTIFY: "Call back by {deadline} ({reference})",
    Action.REMIND: "Reminder: call back by {deadline} ({reference})",
    Action.ESCALATE: "Overdue: nobody has called yet ({reference})",
}

HEADINGS = {
    Action.NOTIFY: "Somebody asks for a call",
    Action.REMIND: "Still waiting for a call",
    Action.ESCALATE: "We promised to call, and nobody has",
}


@dataclass(frozen=True)
class Row:
    """One line of an e-mail's facts; `link` makes the value clickable."""

    label: str
    value: str
    link: str = ""


def subject(action: Action, lead: StoredLead, practice: Practice) -> str:
    """What the inbox shows. A priority lead's says that and nothing more."""
    if lead.priority and action is Action.NOTIFY:
        return "Priority call-back"
    return SUBJECTS[action].format(deadline=promise.in_words(lead.call_by, practice), reference=lead.reference)


def rows(lead: StoredLead, practice: Practice, site_url: str) -> list[Row]:
    """The facts that the e-mail gives, most useful first."""
    answers = lead.lead
    person = [Row("Name", answers.name), Row("Phone", answers.phone.display, answers.phone.uri)]
    preferences = [
        Row("Best time", "Any time" if answers.best_time == "any" else f"In the {answers.best_time}"),
        Row("Voicemail", "May be left" if answers.voicemail else "Do not leave one"),
    ]
    return [
        *(person if practice.notify.email_detail == "full" else []),
        Row("Call by", promise.in_words(lead.call_by, practice)),
        *preferences,
        Row("Received", promise.in_words(lead.received_at, practice)),
        Row(
            "Read on",
            site_url + answers.source if answers.source else "Not known",
            site_url + answers.source if answers.source else "",
        ),
        Row("Came from", answers.utm_source or "Directly, or not known"),
        Row("Reference", lead.reference),
    ]


def compose(action: Action, lead: StoredLead, practice: Practice, settings: Settings, now: dt.datetime) -> EmailMessage:
    """The whole message, text and HTML."""
    from leads import rendering  # Jinja: not needed to take a lead, so not at cold start

    site_url = environment.site_url(settings)
    context = {
        "heading": HEADINGS[action],
        "subject": subject(action, lead, practice),
        "rows": rows(lead, practice, site_url),
        "link": f"{site_url}/staff/leads/{signing.staff_token(lead.reference, now, settings.key)}",
        "suspicion": lead.suspicion or "",
        "priority": lead.priority,
        "call_by": promise.in_words(lead.call_by, practice),
        "practice": practice,
    }
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(practice.name, addr_spec=settings.sender)
    message["To"] = ", ".join(practice.notify.escalate_to if action is Action.ESCALATE else practice.notify.to)
    message["Subject"] = context["subject"]
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply comes back
    message.set_content(rendering.render("mail/lead.txt", **context))
    message.add_alternative(rendering.render("mail/lead.html", **context), subtype="html")
    return message


def send(message: EmailMessage, settings: Settings) -> None:
    """Hand the message to SES, once. Raises MailError if SES does not take it."""
    options = {"ConfigurationSetName": settings.configuration_set} if settings.configuration_set else {}
    try:
        client().send_email(
            FromEmailAddress=settings.sender,
            Destination={"ToAddresses": [address.addr_spec for address in message["To"].addresses]},
            Content={"Raw": {"Data": message.as_bytes()}},
            **options,  # type: ignore[arg-type]  # the stubs want each option spelt out
        )
    except (ClientError, BotoCoreError) as error:
        raise MailError(journal.code(error)) from None
