"""The SES transport: one call for a message, and an error code for what SES refuses."""

from __future__ import annotations

from contextlib import suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber
from hypothesis import example, given
from hypothesis import strategies as st
from leads.aws import ses
from leads.domain import errors
from leads.domain.lifecycle import Action
from leads.mail.compose import Composer
from leads.settings import Settings
from pydantic import ValidationError

from tests.support import compiled_assets, factories, fakes
from tests.support.factories import TUESDAY
from tests.support.fakes import Mailbox

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client


LEAD = factories.stored()
SETTINGS = compiled_assets.settings(LEADS_SITE_URL="https://www.lakeside.example")


def send(mailbox: Mailbox, settings: Settings, email: EmailMessage | None = None) -> None:
    """Send the e-mail about LEAD, or another one, over this mailbox."""
    composed = Composer(factories.SAMPLE, settings).one(Action.NOTIFY, LEAD, TUESDAY)
    ses.send(email or composed, cast("SESV2Client", mailbox), settings)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def test_ses_gets_the_whole_message(mailbox: Mailbox) -> None:
    email = Composer(factories.SAMPLE, SETTINGS).one(Action.NOTIFY, LEAD, TUESDAY)

    send(mailbox, SETTINGS, email)

    assert mailbox.calls == [
        {
            "FromEmailAddress": "call-back@lakeside.example",
            "Destination": {"ToAddresses": ["front-desk@lakeside.example"]},
            "Content": {"Raw": {"Data": email.as_bytes()}},
        }
    ]


def test_ses_gets_the_configuration_set_where_there_is_one(mailbox: Mailbox) -> None:
    settings = SETTINGS.model_copy(update={"configuration_set": "promise"})

    send(mailbox, settings)

    assert mailbox.calls[0]["ConfigurationSetName"] == "promise"


LOOSE = st.from_regex(r"[^@\s]{1,20}@[^@\s]{1,20}\.[A-Za-z]{2,5}", fullmatch=True)
ORDINARY = st.from_regex(r"[a-z0-9!#$%&'*+./=?^_`{|}~-]{1,20}@[a-z0-9.-]{1,20}\.[a-z]{2,5}", fullmatch=True)


@given(LOOSE | ORDINARY | st.emails())
@example("a(b)c@lakeside.example")
@example("group:a@lakeside.example")
@example("a\\b@lakeside.example")
@example("o'neil+call.back@lakeside.example")
def test_every_address_that_the_practice_file_takes_is_one_that_ses_gets(address: str) -> None:
    with suppress(ValidationError):
        practice = factories.practice(staff={"ana": {"name": "Ana Ruiz", "email": address}})
        mailbox = fakes.Mailbox()

        send(mailbox, SETTINGS, Composer(practice, SETTINGS).one(Action.NOTIFY, LEAD, TUESDAY))

        assert mailbox.calls[0]["Destination"]["ToAddresses"] == [address]


ENDPOINT = {"endpoint_url": "https://email.example/Ada"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (fakes.aws_error("TooManyRequestsException"), "TooManyRequestsException"),
        (fakes.aws_error("MessageRejected"), "MessageRejected"),
        (fakes.aws_error("AccountSuspendedException"), "AccountSuspendedException"),
        (ReadTimeoutError(**ENDPOINT), "ReadTimeoutError"),
        (ConnectTimeoutError(**ENDPOINT), "ConnectTimeoutError"),
        (EndpointConnectionError(**ENDPOINT), "EndpointConnectionError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_of_ses_is_its_code_and_nothing_else(mailbox: Mailbox, error: Exception, words: str) -> None:
    mailbox.refuse = error

    with pytest.raises(errors.MailError) as failed:
        send(mailbox, SETTINGS)

    assert str(failed.value) == words


def test_ses_takes_what_we_send(aws: None) -> None:
    # botocore checks the call against the service's own description, and SES's answer is its Stubber's.
    client = ses.client()
    with Stubber(client) as stubber:
        stubber.add_response("send_email", {"MessageId": "1"})

        ses.send(Composer(factories.SAMPLE, SETTINGS).one(Action.NOTIFY, LEAD, TUESDAY), client, SETTINGS)

    stubber.assert_no_pending_responses()


def test_an_email_is_tried_once_and_for_two_seconds_at_most(aws: None) -> None:
    config: Any = ses.client().meta.config

    assert (config.retries["total_max_attempts"], config.connect_timeout + config.read_timeout) == (1, 2)
