"""The functions as they are deployed, on a table in memory, with a clock and a mailbox that tests control."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import boto3
import pytest
from leads import tokens
from leads.aws.repository import LeadRepository
from leads.domain.facts import Facts
from leads.domain.lifecycle import StoredLead
from leads.domain.people import People, StaffedPractice
from leads.handlers import capture, staff, sweep
from leads.services.sweep import Limits
from leads.settings import Settings, TableSettings
from leads.wiring import Wiring
from moto import mock_aws

from infra.template import leads_table, load
from tests.support.api_events import MEDIA_TYPES, NO_HEADERS, Answer, Headers, event, submission
from tests.support.compiled_assets import compiled, variables
from tests.support.factories import KEY, SAMPLE, answers
from tests.support.fakes import Clock, Mailbox, TimeLeft, aws_error, failing, interfering

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sesv2 import SESV2Client


ALL = ("put_item", "get_item", "update_item", "delete_item", "query", "scan")


def dead(dynamodb: DynamoDBClient | None = None, *operations: str) -> DynamoDBClient:
    """Return a client whose operations fail: these, or all of them if none is named."""
    error = aws_error("InternalServerError", "PutItem")
    return interfering(dynamodb or _dynamodb(), *(operations or ALL), before=failing(error))


@cache
def _dynamodb() -> DynamoDBClient:
    # Made once: boto3 takes a fifth of a second to read its descriptions of AWS, and moto catches older clients too.
    client: DynamoDBClient = boto3.client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    return client


TABLE = leads_table(load())


@contextmanager
def table() -> Iterator[DynamoDBClient]:
    """Return a client of the template's table in memory, empty. moto has no locks: it proves no races."""
    with mock_aws():
        _dynamodb().create_table(**TABLE)
        yield _dynamodb()


@dataclass
class KnownFacts:
    """The facts and people of one practice, as if they had been read. Implements FactsSource."""

    practice: StaffedPractice

    def facts(self, settings: TableSettings, dynamodb: Callable[[], Any], now: dt.datetime) -> Facts:
        """Return the practice, with the shell that the settings name."""
        return Facts(self.practice, (settings.compiled / "shell.html").read_text(encoding="utf-8"))

    def people(self, settings: TableSettings, dynamodb: Callable[[], Any], now: dt.datetime) -> People:
        """Return the practice's people."""
        return self.practice


@dataclass
class Clinic:
    """Deployed functions: real handlers on a table, with a clock and a mailbox that tests control."""

    practice: StaffedPractice
    settings: Settings
    dynamodb: DynamoDBClient
    clock: Clock = field(default_factory=Clock)
    mailbox: Mailbox = field(default_factory=Mailbox)
    limits: Limits = field(default_factory=Limits)
    wiring: Wiring = field(init=False)

    def __post_init__(self) -> None:
        """Wire the handlers to what this object holds at the moment of a call: a test may replace it."""
        self.wiring = Wiring(
            dynamodb=lambda: self.dynamodb,
            ses=lambda: cast("SESV2Client", self.mailbox),
            clock=lambda: self.clock(),  # noqa: PLW0108 -- the clock of the moment, not of now
            source=KnownFacts(self.practice),
        )

    @property
    def table(self) -> LeadRepository:
        return LeadRepository(self.settings.table, self.dynamodb)

    def leads(self) -> list[StoredLead]:
        """Return all stored leads."""
        return list(self.table.everything(self.clock()))

    def only(self) -> StoredLead:
        """Return the only stored lead."""
        (lead,) = self.leads()
        return lead

    def due(self) -> list[str]:
        """Return the references of leads that the sweep must look at now, urgent ones first."""
        return [reference for urgent in (True, False) for reference in self.table.due(self.clock(), urgent=urgent)]

    def keep(self, lead: StoredLead) -> StoredLead:
        """Store this lead as it is."""
        self.table.put(lead)
        return lead

    def submit(self, **changes: str | Sequence[str] | None) -> Answer:
        """Send the form with these answers changed."""
        return self.send(submission(answers(**changes)))

    def submit_by_script(self, **changes: str | Sequence[str] | None) -> Answer:
        """Send the form with these answers changed, as the page's script does."""
        return self.send(submission(answers(**changes), "json"))

    def send(self, event: Mapping[str, Any], context: object = None) -> Answer:
        """Send this event to the form's handler."""
        return Answer(capture.make_handler(self.wiring)(event, context))

    def visit(self, address: str, method: str = "GET", context: object = None) -> Answer:
        """Open a confirmation's address, as a browser does after a redirect."""
        return self.send(event(method, address, token=address.rpartition("/")[2]), context)

    def load_handler(self, name: str) -> Callable[[Mapping[str, Any], object], Mapping[str, Any]]:
        """Return the handler that the template names, with this object's wiring."""
        made = {"capture": capture.make_handler, "staff": staff.make_handler}
        return made[name.split(".")[-2]](self.wiring)

    def token(self, lead: StoredLead) -> str:
        return tokens.staff_token(lead.reference, self.clock(), KEY)

    def follow(self, token: str, method: str = "GET") -> Answer:
        """Follow the link of this token."""
        return self.send_to_staff_page(event(method, f"/staff/leads/{token}", token=token))

    def send_to_staff_page(self, event: Mapping[str, Any], context: object = None) -> Answer:
        """Send this event to the staff page's handler."""
        return Answer(staff.make_handler(self.wiring)(event, context))

    def press(self, button: str, token: str, page: Answer | None = None, headers: Headers = NO_HEADERS) -> Answer:
        """Press a button on the staff page of this token, as it shows now or as it showed on `page`."""
        shown = page or self.follow(token)
        body = urlencode({**shown.filled_in, "action": [button]}, doseq=True)
        given = {"content-type": MEDIA_TYPES["form"], **headers}
        made = event("POST", f"/staff/leads/{token}", body=body, token=token, headers=given)
        return self.send_to_staff_page(made)

    def sweep(self, context: TimeLeft | None = None) -> dict[str, int]:
        return sweep.make_handler(self.wiring, self.limits)({}, context or TimeLeft())


@contextmanager
def clinic_with_table(folder: Path, practice: StaffedPractice | None = None, **changes: str) -> Iterator[Clinic]:
    """Deploy the functions for the duration of the block, with a table in memory."""
    with table() as dynamodb, clinic(folder, dynamodb, practice, **changes) as made:
        yield made


@contextmanager
def clinic(
    folder: Path, dynamodb: DynamoDBClient, practice: StaffedPractice | None = None, **changes: str
) -> Iterator[Clinic]:
    """Deploy the functions for the duration of the block; their table must exist."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(compiled(folder, practice or SAMPLE), **changes).items():
            patch.setenv(name, value)
        yield Clinic(practice or SAMPLE, Settings.read(), dynamodb)
