"""AWS on this machine: moto's server in this process, with the template's tables and a sender that SES knows.

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
from pathlib import Path
from typing import Any

import boto3
from leads.aws.dynamodb import from_item
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends

from infra import facts, site
from infra.facts import FactsTable, ReleaseFacts
from infra.template import Template, facts_table, leads_table

REGION = "us-east-1"
TABLE = "leads"
FACTS_TABLE = "facts"

VARIABLES_FILE = site.ROOT / ".cache" / "local.json"
"""The file in which the `leads` command finds the running system's variables (leads.cli.target)."""


@contextmanager
def cloud(template: Template, site_url: str) -> Iterator[None]:
    """Run moto's server with the tables inside the block, and point this process's environment to it."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else it logs each of boto3's requests
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    replace_environment(environment(f"http://{host}:{port}", site_url))
    for table in (leads_table(template, TABLE), facts_table(template, FACTS_TABLE)):
        boto3.client("dynamodb").create_table(**table)
    write_variables()
    try:
        yield
    finally:
        remove_variables()  # the server's thread ends with the process: waiting for it takes a second


def remove_variables() -> None:
    """Remove the variables' file, unless another running system has replaced it since."""
    if VARIABLES_FILE.exists() and os.environ["LEADS_SECRET"] in VARIABLES_FILE.read_text(encoding="utf-8"):
        VARIABLES_FILE.unlink()


def write_variables() -> None:
    """Write the functions' environment to VARIABLES_FILE, for the `leads` command."""
    variables = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "LEADS_"))}
    VARIABLES_FILE.parent.mkdir(exist_ok=True)
    draft = VARIABLES_FILE.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(variables), encoding="utf-8")
    draft.replace(VARIABLES_FILE)


def environment(endpoint: str, site_url: str) -> dict[str, str]:
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
        "LEADS_FACTS": FACTS_TABLE,
        "LEADS_FACTS_MAX_AGE": "0",  # a change shows at once
        "LEADS_SITE_URL": site_url,
        "LEADS_ADDRESS_LIMIT": "1000",  # all visitors of this machine share an address
    }


def replace_environment(variables: Mapping[str, str]) -> None:
    """Make these the process's only variables that begin with AWS_ or LEADS_."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        del os.environ[name]
    os.environ.update(variables)
    boto3.DEFAULT_SESSION = None  # a session made before keeps its old credentials


def store_facts(compiled: Path) -> None:
    """Store what the site's build compiled and the practice file's people, as `make publish` and `make staff` do."""
    table, practice = FactsTable(FACTS_TABLE, boto3.client("dynamodb")), site.practice()
    boto3.client("ses").verify_email_identity(EmailAddress=practice.notify.sender)
    table.put(ReleaseFacts.compiled(compiled).item)
    table.put(facts.people_item_of(practice))


def sent_emails() -> list[EmailMessage]:
    """Return every e-mail that SES accepted, oldest first."""
    messages = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return [message_from_bytes(message.raw_data.encode(), policy=default) for message in messages]


def stored_items() -> list[dict[str, Any]]:
    """Return every item of the table."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    return [from_item(item) for page in pages for item in page["Items"]]
