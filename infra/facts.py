"""The table of facts, as the commands write it. The functions read it (leads.aws.facts)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from leads.aws.dynamodb import Item, from_item, to_item
from leads.aws.facts import FACTS, PEOPLE, facts_item, people_item, read_people
from leads.domain.lead import BEST_TIMES, CONSENT_VERSIONS
from leads.domain.people import People, StaffedPractice
from pydantic import BaseModel, ConfigDict, ValidationError


class ReleaseFacts(BaseModel):
    """The facts of one release: the practice, and the shell of the functions' pages."""

    model_config = ConfigDict(frozen=True)

    practice: str
    """JSON that leads.domain.practice reads, with every best time and consent version that a form may send."""
    shell: str

    @classmethod
    def of(cls, practice: str, shell: str) -> ReleaseFacts:
        """Return the facts of a practice, given as JSON without its people."""
        sent = {"best_times": [key for key, _ in BEST_TIMES], "consent_versions": CONSENT_VERSIONS}
        return cls(practice=json.dumps({**json.loads(practice), **sent}), shell=shell)

    @classmethod
    def compiled(cls, folder: Path) -> ReleaseFacts:
        """Return the facts that the site's build wrote into this folder."""
        return cls.of(*((folder / name).read_text(encoding="utf-8") for name in ("practice.json", "shell.html")))

    @property
    def body(self) -> bytes:
        """Return the facts as the bucket keeps them for a rollback."""
        return self.model_dump_json().encode()

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of `body`."""
        return sha256(self.body).hexdigest()

    @property
    def item(self) -> Item:
        """Return the item that the functions read."""
        return facts_item(self.practice, self.shell)

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the practice as plain data."""
        values: Mapping[str, Any] = json.loads(self.practice)
        return values


@dataclass(frozen=True)
class FactsTable:
    """Every request that the commands make to the table of facts."""

    name: str
    client: Any

    def facts(self) -> ReleaseFacts | None:
        """Return the facts that the functions read; None if there are none yet."""
        item = self._item(FACTS)
        return ReleaseFacts.model_validate(item) if item else None

    def people(self) -> People | None:
        """Return the people who get the requests; None if there are none yet, or none that this code can read."""
        item = self._item(PEOPLE)
        try:
            return read_people(to_item(item)) if item else None
        except ValidationError:
            return None

    def _item(self, name: str) -> dict[str, Any]:
        found = self.client.get_item(TableName=self.name, Key=to_item({"name": name}), ConsistentRead=True)
        return from_item(found["Item"]) if "Item" in found else {}

    def put(self, item: Item) -> None:
        """Write an item in place of the one of its name."""
        self.client.put_item(TableName=self.name, Item=item)

    def put_missing(self, item: Item) -> None:
        """Write an item unless there is one of its name."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=item,
                ConditionExpression="attribute_not_exists(#name)",
                ExpressionAttributeNames={"#name": "name"},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def people_item_of(practice: StaffedPractice) -> Item:
    """Return the item by which the functions know who gets the requests."""
    return people_item(practice.people_json)
