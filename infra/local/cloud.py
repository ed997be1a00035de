"""What stands in for AWS: moto's server in this process, with the template's table and a sender that SES knows.

Only boto3's own variables lead to it, so the handlers run as they do on AWS. Real AWS is out of reach: every
variable that could name an account, a profile or an endpoint is replaced.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import boto3
from leads.aws.dynamodb import from_item
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends

from infra import site
from infra.template import Template, leads_table

REGION = "us-east-1"
TABLE = "leads"

ANNOUNCED = site.ROOT / ".cache" / "local.json"
"""Where the `leads` command looks for the running system (leads.cli.target)."""


@contextmanager
def cloud(template: Template, site_url: str, sender: str) -> Iterator[None]:
    """AWS as the handlers need it, for as long as the block runs; the environment leads to it."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each of boto3's requests
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    enter(environment(f"http://{host}:{port}", site_url, sender))
    furnish(template, sender)
    try:
        yield
    finally:
        withdraw()  # the server's thread ends with the process: waiting for it takes a second


def withdraw() -> None:
    """Tell the `leads` command that nothing runs any more, unless another system has announced itself since."""
    if ANNOUNCED.exists() and os.environ["LEADS_SECRET"] in ANNOUNCED.read_text(encoding="utf-8"):
        ANNOUNCED.unlink()


def announce() -> None:
    """Tell the `leads` command what the functions find in their environment now."""
    variables = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "LEADS_"))}
    ANNOUNCED.parent.mkdir(exist_ok=True)
    draft = ANNOUNCED.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(variables), encoding="utf-8")
    draft.replace(ANNOUNCED)


def environment(endpoint: str, site_url: str, sender: str) -> dict[str, str]:
    """What the functions find in their environment, and boto3 in its own part of it."""
    return {
        "AWS_ENDPOINT_URL": endpoint,  # of every service there is
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LEADS_TABLE": TABLE,
        "LEADS_SECRET": secrets.token_hex(32),
        "LEADS_SENDER": sender,
        "LEADS_SITE_URL": site_url,
        "LEADS_ADDRESS_LIMIT": "1000",  # here every visitor has the same address
        "LEADS_EMAIL_LIMIT": "1000",  # and whoever tries things out wants to see each e-mail at once
    }


def enter(variables: Mapping[str, str]) -> None:
    """Make these the process's only AWS_ and LEADS_ variables."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        del os.environ[name]
    os.environ.update(variables)
    boto3.DEFAULT_SESSION = None  # one that was made before remembers who was signed in then


def furnish(template: Template, sender: str) -> None:
    """Make the table and the sender."""
    boto3.client("dynamodb").create_table(**leads_table(template, TABLE))
    boto3.client("sesv2").create_email_identity(EmailIdentity=sender)


def sent() -> list[EmailMessage]:
    """Every e-mail that SES took, oldest first."""
    messages = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return [message_from_bytes(message.raw_data.encode(), policy=default) for message in messages]


def leads() -> list[dict[str, Any]]:
    """Everything in the table."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    return [from_item(item) for page in pages for item in page["Items"]]
