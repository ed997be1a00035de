"""Counters and locks, as items of the leads table. Their names hold nothing personal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from leads.aws import dynamodb
from leads.aws.dynamodb import ConditionFailedError, Item, call, from_item, to_item
from leads.domain.retention import COUNT_LIFETIME, TIMESTAMP_LIFETIME

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

NO_CONDITION: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Counters:
    """Counters that every process shares. Raise StoreError if DynamoDB fails."""

    table: str
    dynamodb: DynamoDBClient

    def one_short_try(self) -> AbstractContextManager[None]:
        """Let calls in the block try once, for half a second: a count is not worth a delay."""
        return dynamodb.one_short_try()

    def increment(self, name: str, now: dt.datetime) -> int:
        """Increment the counter and return its new value."""
        return int(self._add(name, {"N": "1"}, now)["N"])

    def add_distinct(self, name: str, member: str, limit: int, now: dt.datetime) -> int:
        """Add a member to a set and return the size of the set, counted no further than `limit`.

        A set that grew with every request would make each write dearer, and end at DynamoDB's limit of 400 kB.
        """
        try:
            return len(self._add(name, {"SS": [member]}, now, limit)["SS"])
        except ConditionFailedError:
            return limit

    def _add(self, name: str, value: dict[str, object], now: dt.datetime, limit: int | None = None) -> dict[str, str]:
        has_room = {"ConditionExpression": "attribute_not_exists(#counted) OR size(#counted) < :limit"}
        limit_value = {} if limit is None else to_item({":limit": limit})
        expires_at = to_item({":expires_at": int((now + COUNT_LIFETIME).timestamp())})
        changed = call(
            self.dynamodb.update_item,
            TableName=self.table,
            Key=to_item({"reference": name}),
            UpdateExpression="ADD #counted :value SET #expires_at = :expires_at",
            ExpressionAttributeNames={"#counted": "counted", "#expires_at": "expires_at"},
            ExpressionAttributeValues={":value": value, **expires_at, **limit_value},
            ReturnValues="ALL_NEW",  # UPDATED_NEW would do on AWS, but moto omits unchanged attributes
            **(has_room if limit_value else {}),
        )
        counted: dict[str, str] = changed["Attributes"]["counted"]
        return counted

    def take_slot(self, name: str, limit: int, window: dt.timedelta, now: dt.datetime) -> bool:
        """Return whether one more event fits into `limit` events within `window` of the first of them."""
        ago = int((now - window).timestamp())
        for _ in range(2):  # the second time if two were first at once
            try:
                self._count_slot(name, limit, ago)
            except ConditionFailedError as full:
                if full.item.get("since", 0) > ago:
                    return False
            else:
                return True
            if self._first_slot(name, ago, now):
                return True
        return False

    def _count_slot(self, name: str, limit: int, ago: int) -> None:
        call(
            self.dynamodb.update_item,
            TableName=self.table,
            Key=to_item({"reference": name}),
            UpdateExpression="ADD #counted :one",
            ConditionExpression="#since > :ago AND #counted < :limit",
            ExpressionAttributeNames={"#counted": "counted", "#since": "since"},
            ExpressionAttributeValues=to_item({":one": 1, ":ago": ago, ":limit": limit}),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def _first_slot(self, name: str, ago: int, now: dt.datetime) -> bool:
        since, expires_at = int(now.timestamp()), int((now + COUNT_LIFETIME).timestamp())
        item = {"reference": name, "since": since, "counted": 1, "expires_at": expires_at}
        condition = _condition("attribute_not_exists(#since) OR #since <= :ago", {":ago": ago})
        return _put(self.dynamodb, self.table, item, condition)


@dataclass(frozen=True)
class Locks:
    """Locks and stored times that every process shares. Raise StoreError if DynamoDB fails."""

    table: str
    dynamodb: DynamoDBClient

    def acquire(self, name: str, now: dt.datetime, lease: dt.timedelta, owner: str = "") -> bool:
        """Acquire the lock for `lease`. Return False if another holds it or its work is complete.

        Its owner renews it by the same call, which also recognises its own write after a lost answer.
        """
        free = "attribute_not_exists(#until) OR #until <= :now"
        values: Item = {":now": int(now.timestamp())}
        if owner:
            free, values = f"{free} OR #owner = :owner", {**values, ":owner": owner}
        return _put(self.dynamodb, self.table, _lock(name, now, now + lease, owner), _condition(free, values))

    def complete(self, name: str, now: dt.datetime) -> None:
        """Mark the work under this lock as done: it cannot be acquired again within COUNT_LIFETIME."""
        _put(self.dynamodb, self.table, _lock(name, now, now + COUNT_LIFETIME))

    def release(self, name: str, now: dt.datetime, owner: str = "") -> None:
        """Release the lock, if it is still the owner's: it can be acquired again at once."""
        _put(self.dynamodb, self.table, _lock(name, now, now, owner), _condition("#owner = :owner", {":owner": owner}))

    def store_time(self, name: str, moment: dt.datetime) -> None:
        """Store when something was done last."""
        expires_at = int((moment + TIMESTAMP_LIFETIME).timestamp())
        _put(self.dynamodb, self.table, {"reference": name, "at": int(moment.timestamp()), "expires_at": expires_at})

    def stored_time(self, name: str) -> dt.datetime:
        """Return when something was done last (UTC); the beginning of 1970 if it never was."""
        found = call(
            self.dynamodb.get_item, TableName=self.table, Key=to_item({"reference": name}), ConsistentRead=True
        )
        return dt.datetime.fromtimestamp(from_item(found.get("Item", {})).get("at", 0), dt.UTC)


def _condition(expression: str, values: Item) -> dict[str, object]:
    """Return the parameters of a condition; each `#name` in it is an attribute."""
    return {
        "ConditionExpression": expression,
        "ExpressionAttributeNames": {f"#{name}": name for name in re.findall(r"#(\w+)", expression)},
        "ExpressionAttributeValues": to_item(values),
    }


def _put(client: DynamoDBClient, table: str, item: Item, condition: Mapping[str, object] = NO_CONDITION) -> bool:
    """Write the item. Return False if the condition does not hold."""
    try:
        call(client.put_item, TableName=table, Item=to_item(item), **condition)
    except ConditionFailedError:
        return False
    return True


def _lock(name: str, now: dt.datetime, until: dt.datetime, owner: str = "") -> Item:
    expires_at = int((now + COUNT_LIFETIME).timestamp())
    return {"reference": name, "until": int(until.timestamp()), "owner": owner, "expires_at": expires_at}
