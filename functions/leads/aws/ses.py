"""Amazon SES: sends an e-mail as it was composed."""

from __future__ import annotations

from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from leads import log
from leads.aws import clients
from leads.domain.errors import MailError
from leads.settings import Settings

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client

REJECTED = "MessageRejected"
"""SES objects to the content of the message."""

PERMANENT = frozenset(
    {"AccountSuspendedException", "SendingPausedException", REJECTED, "MailFromDomainNotVerifiedException"}
)
"""Errors that no retry cures (SES API reference, SendEmail; docs/operations.md)."""


@cache
def client() -> SESV2Client:
    """Return the one client."""
    # One try of at most 2 s: a visitor is waiting, and the sweep tries again.
    made: SESV2Client = clients.client("sesv2", connect_timeout=0.5, read_timeout=1.5, tries=1)
    return made


def send(email: EmailMessage, ses: SESV2Client, settings: Settings) -> None:
    """Send the message once. Raises MailError if SES does not take it."""
    options = {"ConfigurationSetName": settings.configuration_set} if settings.configuration_set else {}
    try:
        ses.send_email(
            FromEmailAddress=email["From"].addresses[0].addr_spec,
            Destination={"ToAddresses": [address.addr_spec for address in email["To"].addresses]},
            Content={"Raw": {"Data": email.as_bytes()}},
            **options,  # type: ignore[arg-type]  # the stubs want each option spelt out
        )
    except (ClientError, BotoCoreError) as error:
        code = log.error_code(error)
        raise MailError(code, rejected=code == REJECTED, permanent=code in PERMANENT) from None
