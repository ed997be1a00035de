"""The table of facts: what `make publish` and `make staff` store for the functions, and how these read it.

It is a table of its own, so that the rights of editors never reach leads (docs/decisions/0015-facts-table.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from leads import log
from leads.aws.dynamodb import Item, call, from_item, one_short_try, to_item
from leads.domain.errors import PeopleUnknownError
from leads.domain.facts import PLACES, Facts
from leads.domain.practice import Practice
from leads.settings import TableSettings

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from leads.domain.people import People

SCHEMA = 1
"""Number of the items' format. A key is added and never renamed: a reader ignores keys that it does not know."""

FACTS = "facts"
"""Key of the item that `make publish` writes."""

PEOPLE = "people"
"""Key of the item that `make staff` writes."""

RETRY_AFTER = dt.timedelta(seconds=30)
"""Pause after an item could not be read, so that an outage does not delay each call."""

READ_TIMEOUT = 0.3
"""Seconds that a call waits for an item: the last one serves as well."""

NEVER_READ = dt.datetime.min.replace(tzinfo=dt.UTC)

Known = TypeVar("Known")


def facts_item(practice: str, shell: str) -> Item:
    """Return the item `facts`, in DynamoDB's notation. `practice` is JSON without the people."""
    return to_item({"name": FACTS, "schema": SCHEMA, "practice": practice, "shell": shell})


def people_item(people: str) -> Item:
    """Return the item `people`, in DynamoDB's notation. `people` is JSON."""
    return to_item({"name": PEOPLE, "schema": SCHEMA, "people": people})


def read_facts(item: Item) -> Facts:
    """Return the facts in an item. Raises KeyError or ValueError where it cannot be used."""
    values = from_item(item)
    shell = str(values["shell"])
    if not all(place in shell for place in PLACES):
        raise ValueError("the shell lacks a place to fill in")
    return Facts(Practice.from_json(values["practice"]), shell)


def read_people(item: Item) -> People:
    """Return the people in an item. Raises KeyError or pydantic's ValidationError where it cannot be used."""
    from leads.domain.people import People  # taking a lead needs no people

    return People.from_json(from_item(item)["people"])


def deployed_copy(compiled: Path) -> Facts:
    """Return the facts that were deployed with the code. Raises OSError or pydantic's ValidationError."""
    practice = Practice.from_json((compiled / "practice.json").read_bytes())
    return Facts(practice, (compiled / "shell.html").read_text(encoding="utf-8"))


@dataclass
class _Remembered(Generic[Known]):
    """What was read last, and when it must be read again (UTC)."""

    value: Known | None = None
    read_again_at: dt.datetime = NEVER_READ


@dataclass
class FactsReader:
    """Reads facts and people, and remembers them. Implements `leads.services.ports.FactsSource`."""

    _facts: _Remembered[Facts] = field(default_factory=_Remembered)
    _people: _Remembered[People] = field(default_factory=_Remembered)

    def facts(self, settings: TableSettings, dynamodb: Callable[[], DynamoDBClient], now: dt.datetime) -> Facts:
        """Return the published facts, at most `facts_max_age_seconds` old if the table can be read.

        Otherwise the last ones that were read serve, and before the first the copy that was deployed with the code.
        """
        self._refresh(self._facts, lambda: read_facts(_item(FACTS, settings, dynamodb)), settings, now)
        if self._facts.value is None:
            self._facts.value = deployed_copy(settings.compiled)
        return self._facts.value

    def people(self, settings: TableSettings, dynamodb: Callable[[], DynamoDBClient], now: dt.datetime) -> People:
        """Return the people who get the requests, or the last ones that were read.

        Raises PeopleUnknownError if none were ever read: requests wait then, and an alarm rings.
        """
        self._refresh(self._people, lambda: read_people(_item(PEOPLE, settings, dynamodb)), settings, now)
        if self._people.value is None:
            raise PeopleUnknownError
        return self._people.value

    def _refresh(
        self, remembered: _Remembered[Known], read: Callable[[], Known], settings: TableSettings, now: dt.datetime
    ) -> None:
        if now < remembered.read_again_at:
            return
        max_age = dt.timedelta(seconds=settings.facts_max_age_seconds)
        try:
            remembered.value = read()
        except Exception as error:  # whatever it is, the last ones serve
            log.event("facts not read", outcome=log.error_code(error), metrics={"FactsUnread": 1})
            remembered.read_again_at = now + min(RETRY_AFTER, max_age)
        else:
            remembered.read_again_at = now + max_age


def _item(name: str, settings: TableSettings, dynamodb: Callable[[], DynamoDBClient]) -> Item:
    """Return the item. Raises StoreError if the table cannot be read, LookupError if it has no such item."""
    with one_short_try(READ_TIMEOUT):
        found = call(dynamodb().get_item, TableName=settings.facts, Key=to_item({"name": name}))
    if "Item" not in found:
        raise LookupError(name)
    item: Item = found["Item"]
    return item
