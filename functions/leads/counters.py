"""Small shared facts beside the leads in the same table: counts, and whose turn something is. Each has a
name that holds nothing personal, and a life of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads.dynamo import RefusedError, ask, to_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LIFE = dt.timedelta(days=2)
"""How long a count is kept; its name says the hour or day that it counts."""


@dataclass(frozen=True)
class Counters:
    """The table's counts and turns."""

    table: str
    dynamodb: DynamoDBClient

    def count(self, name: str, now: dt.datetime) -> int:
        """One more; how many there are now."""
        return int(self._add(name, {"N": "1"}, now)["N"])

    def gather(self, name: str, member: str, most: int, now: dt.datetime) -> int:
        """Put a member into a set; how many different ones there are now, counted no further than `most`.

        A set that grew with every request would cost more with each, and at 400 kB be too large for DynamoDB.
        """
        try:
            return len(self._add(name, {"SS": [member]}, now, most)["SS"])
        except RefusedError:
            return most

    def _add(self, name: str, value: dict[str, object], now: dt.datetime, most: int | None = None) -> dict[str, str]:
        has_room = {"ConditionExpression": "attribute_not_exists(#counted) OR size(#counted) < :most"}
        limit = {} if most is None else to_item({":most": most})
        expires_at = to_item({":expires_at": int((now + LIFE).timestamp())})
        changed = ask(
            self.dynamodb.update_item,
            TableName=self.table,
            Key=to_item({"reference": name}),
            UpdateExpression="ADD #counted :value SET #expires_at = :expires_at",
            ExpressionAttributeNames={"#counted": "counted", "#expires_at": "expires_at"},
            ExpressionAttributeValues={":value": value, **expires_at, **limit},
            ReturnValues="ALL_NEW",  # of what was not changed, moto tells nothing otherwise
            **(has_room if limit else {}),
        )
        counted: dict[str, str] = changed["Attributes"]["counted"]
        return counted

    def take_turn(self, name: str, now: dt.datetime, lease: dt.timedelta) -> bool:
        """Whether the caller may do this now: nobody has done it, and nobody is at it."""
        return self._hold(name, now, now + lease)

    def end_turn(self, name: str, now: dt.datetime) -> None:
        """It is done; nobody else gets a turn under this name."""
        self._hold(name, now, now + LIFE, condition=False)

    def _hold(self, name: str, now: dt.datetime, until: dt.datetime, *, condition: bool = True) -> bool:
        item = {"reference": name, "until": int(until.timestamp()), "expires_at": int((now + LIFE).timestamp())}
        free = {
            "ConditionExpression": "attribute_not_exists(#until) OR #until <= :now",
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
        }
        try:
            ask(self.dynamodb.put_item, TableName=self.table, Item=to_item(item), **(free if condition else {}))
        except RefusedError:
            return False
        return True
