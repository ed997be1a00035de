"""AWS on this machine: moto's server in this process, with the template's table and a sender that SES knows.

The handlers find it by boto3's own variables, so they run as they do on AWS. Real AWS is out of reach: every
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

VARIABLES_FILE = site.ROOT / ".cache" / "local.json"
"""The file in which the `leads` command finds the running system's variables (leads.cli.target)."""


@contextmanager
def cloud(template: Template, site_url: str, sender: str) -> Iterator[None]:
    """Run moto's server with table and sender inside the block, and point this process's environment to it."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else it logs each of boto3's requests
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    replace_environment(environment(f"http://{host}:{port}", site_url, sender))
    create_resources(template, sender)
    try:
        yield
    finally:
        remove_variables()  # the server's thread ends with the process: waiting for it takes a second


def remove_variables() -> None:
    """Remove the variables' file, unless another running system has replaced it since."""
    if VARIABLES_FILE.exists() and os.environ["LEADS_SECRET"] in VARIABLES_FILE.read_text(encoding="utf-8"):
        VARIABLES_FILE.unlink()


def write_variables() -> None:
    """Write the functions' present environment to VARIABLES_FILE, for the `leads` command."""
    variables = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "LEADS_"))}
    VARIABLES_FILE.parent.mkdir(exist_ok=True)
    draft = VARIABLES_FILE.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(variables), encoding="utf-8")
    draft.replace(VARIABLES_FILE)


def environment(endpoint: str, site_url: str, sender: str) -> dict[str, str]:
    """Return the environment of the functions and of boto3 inside of them."""
    return {
        "AWS_ENDPOINT_URL": endpoint,  # of every service
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
        "LEADS_ADDRESS_LIMIT": "1000",  # all visitors of this machine share an address
    }


def replace_environment(variables: Mapping[str, str]) -> None:
    """Make these the process's only variables that begin with AWS_ or LEADS_."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        del os.environ[name]
    os.environ.update(variables)
    boto3.DEFAULT_SESSION = None  # a session made before keeps its old credentials


def create_resources(template: Template, sender: str) -> None:
    """Create the table and the verified sender."""
    boto3.client("dynamodb").create_table(**leads_table(template, TABLE))
    boto3.client("sesv2").create_email_identity(EmailIdentity=sender)


def sent_emails() -> list[EmailMessage]:
    """Return every e-mail that SES accepted, oldest first."""
    messages = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return [message_from_bytes(message.raw_data.encode(), policy=default) for message in messages]


def stored_items() -> list[dict[str, Any]]:
    """Return every item of the table."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    return [from_item(item) for page in pages for item in page["Items"]]
