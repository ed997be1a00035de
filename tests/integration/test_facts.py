"""Facts and people in their table: read when they are old, remembered when they cannot be read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from leads.aws import facts
from leads.aws.facts import FactsReader
from leads.domain.errors import PeopleUnknownError
from leads.domain.facts import Facts
from leads.settings import TableSettings
from moto import mock_aws

from infra.template import facts_table, load
from tests.support import deployed, factories
from tests.support.compiled_assets import compiled, variables
from tests.support.factories import TUESDAY

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

A_SECOND = dt.timedelta(seconds=1)
FIVE_MINUTES = dt.timedelta(minutes=5)

SHELL = "<!--title--><!--main-->"


@pytest.fixture
def settings(tmp_path: Path) -> TableSettings:
    return TableSettings.read(variables(compiled(tmp_path, factories.SAMPLE)))


@pytest.fixture
def table(account: None) -> Iterator[DynamoDBClient]:
    """Return a client of an empty table of facts in memory."""
    with mock_aws():
        client: DynamoDBClient = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(**facts_table(load()))
        yield client


def publish(client: DynamoDBClient, tagline: str = "Care") -> None:
    practice = factories.practice(tagline=tagline)
    client.put_item(TableName="facts", Item=facts.facts_item(practice.facts_json, SHELL))


def staff(client: DynamoDBClient) -> None:
    client.put_item(TableName="facts", Item=facts.people_item(factories.SAMPLE.people_json))


class Reading:
    """A reader of one process, its clock, and the requests that it makes."""

    def __init__(self, settings: TableSettings, client: DynamoDBClient) -> None:
        self.reader, self.settings, self.client, self.now = FactsReader(), settings, client, TUESDAY
        self.requests = 0

    def _client(self) -> Any:
        self.requests += 1
        return self.client

    def facts(self, after: dt.timedelta = dt.timedelta()) -> Facts:
        self.now += after
        return self.reader.facts(self.settings, self._client, self.now)

    def people(self, after: dt.timedelta = dt.timedelta()) -> tuple[str, ...]:
        self.now += after
        return self.reader.people(self.settings, self._client, self.now).front_desk


@pytest.fixture
def reading(settings: TableSettings, table: DynamoDBClient) -> Reading:
    return Reading(settings, table)


def test_published_facts_are_read(reading: Reading) -> None:
    publish(reading.client, "Open on Sundays")

    assert (reading.facts().practice.tagline, reading.facts().shell) == ("Open on Sundays", SHELL)


def test_facts_are_not_read_again_within_five_minutes(reading: Reading) -> None:
    publish(reading.client)
    reading.facts()
    reading.facts(FIVE_MINUTES - A_SECOND)

    assert reading.requests == 1


def test_facts_that_are_five_minutes_old_are_read_again(reading: Reading) -> None:
    publish(reading.client)
    reading.facts()
    publish(reading.client, "Open on Sundays")

    assert reading.facts(FIVE_MINUTES).practice.tagline == "Open on Sundays"


def test_the_last_facts_serve_where_newer_ones_cannot_be_read(reading: Reading) -> None:
    publish(reading.client, "Open on Sundays")
    reading.facts()
    reading.client = deployed.dead()

    assert reading.facts(FIVE_MINUTES).practice.tagline == "Open on Sundays"


@pytest.mark.parametrize(
    ("practice", "shell"), [('{"name": "half of it"}', SHELL), (factories.SAMPLE.facts_json, "<!--title-->")]
)
def test_the_last_facts_serve_where_newer_ones_are_of_no_use(reading: Reading, practice: str, shell: str) -> None:
    publish(reading.client, "Open on Sundays")
    reading.facts()
    reading.client.put_item(TableName="facts", Item=facts.facts_item(practice, shell))

    assert reading.facts(FIVE_MINUTES).practice.tagline == "Open on Sundays"


@pytest.mark.parametrize("broken", ["nothing published", "a dead table"])
def test_the_copy_that_was_deployed_serves_where_facts_were_never_read(reading: Reading, broken: str) -> None:
    if broken == "a dead table":
        reading.client = deployed.dead()

    assert reading.facts().practice.name == "Lakeside Test Clinic"


def test_an_outage_delays_one_call_in_half_a_minute(reading: Reading) -> None:
    reading.client = deployed.dead()
    reading.facts()
    reading.facts(dt.timedelta(seconds=29))

    assert reading.requests == 1


def test_facts_are_read_soon_after_an_outage(reading: Reading) -> None:
    healthy, reading.client = reading.client, deployed.dead()
    reading.facts()
    reading.client = healthy
    publish(healthy, "Open on Sundays")

    assert reading.facts(dt.timedelta(seconds=30)).practice.tagline == "Open on Sundays"


def test_facts_that_are_not_read_are_counted(reading: Reading, capsys: pytest.CaptureFixture[str]) -> None:
    reading.facts()

    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["FactsUnread"]) == ("facts not read", 1)


def test_people_are_read(reading: Reading) -> None:
    staff(reading.client)

    assert reading.people() == ("front-desk@lakeside.example",)


def test_the_last_people_serve_where_they_cannot_be_read(reading: Reading) -> None:
    staff(reading.client)
    reading.people()
    reading.client = deployed.dead()

    assert reading.people(FIVE_MINUTES) == ("front-desk@lakeside.example",)


def test_people_that_were_never_read_are_an_error(reading: Reading) -> None:
    with pytest.raises(PeopleUnknownError):
        reading.people()
