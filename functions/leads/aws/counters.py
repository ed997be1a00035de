"""Small shared facts beside the leads in the same table: counts, and whose turn something is. Each has a
name that holds nothing personal, and a life of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads.aws.dynamodb import Item, RefusedError, ask, from_item, to_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LIFE = dt.timedelta(days=2)
"""How long a count is kept; its name says the hour or day that it counts."""

MARK_LIFE = dt.timedelta(days=400)
"""How long a mark is kept; longer than any practice is closed."""


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

    def take_slot(self, name: str, most: int, within: dt.timedelta, now: dt.datetime) -> bool:
        """Return whether one more may happen: at most `most` within `within` of the first of them."""
        ago = int((now - within).timestamp())
        for _ in range(2):  # the second time if two were first at once
            try:
                self._count_slot(name, most, ago)
            except RefusedError as full:
                if full.item.get("since", 0) > ago:
                    return False
            else:
                return True
            if self._first_slot(name, ago, now):
                return True
        return False

    def _count_slot(self, name: str, most: int, ago: int) -> None:
        ask(
            self.dynamodb.update_item,
            TableName=self.table,
            Key=to_item({"reference": name}),
            UpdateExpression="ADD #counted :one",
            ConditionExpression="#since > :ago AND #counted < :most",
            ExpressionAttributeNames={"#counted": "counted", "#since": "since"},
            ExpressionAttributeValues=to_item({":one": 1, ":ago": ago, ":most": most}),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def _first_slot(self, name: str, ago: int, now: dt.datetime) -> bool:
        since, expires_at = int(now.timestamp()), int((now + LIFE).timestamp())
        item = {"reference": name, "since": since, "counted": 1, "expires_at": expires_at}
        return self._put(item, "attribute_not_exists(#since) OR #since <= :ago", {"#since": "since"}, {":ago": ago})

    def take_turn(self, name: str, now: dt.datetime, lease: dt.timedelta) -> bool:
        """Whether the caller may do this now: nobody has done it, and nobody is at it."""
        free, now_in_seconds = "attribute_not_exists(#until) OR #until <= :now", int(now.timestamp())
        return self._put(_turn(name, now, now + lease), free, {"#until": "until"}, {":now": now_in_seconds})

    def end_turn(self, name: str, now: dt.datetime) -> None:
        """It is done; nobody else gets a turn under this name."""
        self._put(_turn(name, now, now + LIFE))

    def give_back_turn(self, name: str, now: dt.datetime) -> None:
        """Let the next caller have the turn at once: what it was for is done for now, or failed."""
        self._put(_turn(name, now, now))

    def mark(self, name: str, moment: dt.datetime) -> None:
        """Store when something was done last."""
        expires_at = int((moment + MARK_LIFE).timestamp())
        self._put({"reference": name, "at": int(moment.timestamp()), "expires_at": expires_at})

    def marked_at(self, name: str) -> dt.datetime:
        """Return when something was done last, UTC; the beginning of 1970 if it never was."""
        found = ask(self.dynamodb.get_item, TableName=self.table, Key=to_item({"reference": name}), ConsistentRead=True)
        return dt.datetime.fromtimestamp(from_item(found.get("Item", {})).get("at", 0), dt.UTC)

    def _put(
        self, item: Item, condition: str = "", names: dict[str, str] | None = None, values: Item | None = None
    ) -> bool:
        """Write the item; return False if the condition does not hold."""
        conditional = {
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(values or {}),
        }
        try:
            ask(self.dynamodb.put_item, TableName=self.table, Item=to_item(item), **(conditional if condition else {}))
        except RefusedError:
            return False
        return True


def _turn(name: str, now: dt.datetime, until: dt.datetime) -> Item:
    return {"reference": name, "until": int(until.timestamp()), "expires_at": int((now + LIFE).timestamp())}
