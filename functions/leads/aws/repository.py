"""The leads table in DynamoDB. It holds the truth: what is not in it was not promised."""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from leads import log, tokens
from leads.aws import items
from leads.aws.dynamodb import ConditionFailedError, Item, call, from_item, to_item
from leads.aws.items import PRIORITY_SHARD, SHARDS, moment_text
from leads.domain.errors import StaleError, StoreError, UnreadableError
from leads.domain.lifecycle import OPEN, Status, StoredLead

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ALL_URGENT = ("due", "#shard = :shard", {":shard": PRIORITY_SHARD})
"""Arguments of `LeadRepository._keys` for every open urgent lead."""

BATCH_SIZE = 100
"""Most items of one BatchGetItem (DynamoDB API reference)."""


def _log(unreadable: UnreadableError) -> None:
    # The metric Failed raises an alarm.
    log.exception("cannot be read", unreadable, reference=str(unreadable))


@dataclass(frozen=True)
class LeadRepository:
    """Leads in one DynamoDB table. Every method raises StoreError if DynamoDB fails."""

    table: str
    dynamodb: DynamoDBClient
    on_unreadable: Callable[[UnreadableError], None] = _log
    """Called for each unreadable lead in a list: one damaged item must not hide the others."""

    def put(self, lead: StoredLead) -> tuple[StoredLead, bool]:
        """Store a new lead. Return the lead that is stored for the submission, and whether this call wrote it.

        The same submission again (a double click, a retry by browser or CDN) finds the lead that it made the first
        time. A retry after a lost response finds its own write, and counts as having written it.
        """
        for reference in tokens.references(lead.fingerprint):
            candidate = replace(lead, reference=reference)
            written = items.write(candidate)
            stored = self._put(
                written,
                "attribute_not_exists(#reference) OR #expires_at <= :now",
                {"#reference": "reference", "#expires_at": "expires_at"},
                {":now": int(lead.received_at.timestamp())},
            )
            if stored is None:
                return candidate, True
            if stored.get("fingerprint") == written["fingerprint"]:
                try:
                    return items.read(stored), stored.get("write") == written["write"]
                except UnreadableError as unreadable:
                    self.on_unreadable(unreadable)  # stored again under the next reference: no sweep can read this one
        raise StoreError("four other leads have this one's references")  # once in 10**60 submissions

    def change(self, before: StoredLead, after: StoredLead) -> StoredLead:
        """Write `after` if the item still has the version of `before`. Raises StaleError otherwise."""
        after = replace(after, version=before.version + 1)
        written = items.write(after)
        stored = self._put(written, "#version = :version", {"#version": "version"}, {":version": before.version})
        # There is no item if the lead was erased meanwhile.
        if stored is None or stored.get("write") == written["write"]:
            return after
        raise StaleError(f"{before.reference} has changed")

    def get(self, reference: str, now: dt.datetime) -> StoredLead | None:
        """Return the lead, or None if there is none or it has expired (DynamoDB deletes it up to two days later).

        Raises UnreadableError if it cannot be read.
        """
        found = call(
            self.dynamodb.get_item, TableName=self.table, Key=to_item({"reference": reference}), ConsistentRead=True
        )
        item = found.get("Item")
        return items.read(item) if item and _is_unexpired(item, now) else None

    def due(self, now: dt.datetime, *, urgent: bool) -> Iterator[str]:
        """Yield references of urgent or of other leads whose `next_at` has come, the longest due first."""
        shards = [PRIORITY_SHARD] if urgent else map(str, range(SHARDS))
        found = heapq.merge(*(self._due_in(shard, now) for shard in shards), key=lambda item: str(item["next_at"]))
        yield from (item["reference"] for item in found)

    def _due_in(self, shard: str, now: dt.datetime) -> Iterator[Item]:
        condition, values = "#shard = :shard AND #next_at <= :now", {":shard": shard, ":now": moment_text(now)}
        try:
            yield from self._keys("due", condition, values)
        except StoreError as error:
            log.exception("partition failed", error)  # the others go on

    def open(self, now: dt.datetime, limit: int | None = None) -> list[StoredLead]:
        """Return leads that are owed a call, urgent ones first, then by deadline; reads no more than `limit`."""
        # The urgent ones are read first: behind a thousand others they would not be read at all.
        urgent = self._in_batches((item["reference"] for item in self._keys(*_ALL_URGENT)), now, BATCH_SIZE)
        others = (lead for status in OPEN for lead in self._listed(status.value, now) if not lead.priority)
        found = chain((lead for lead in urgent if lead.is_open), others)
        return sorted(islice(found, limit), key=lambda lead: (not lead.priority, lead.call_by))

    def in_review(self, now: dt.datetime, since: dt.datetime | None = None) -> Iterator[StoredLead]:
        """Yield leads that wait for review and were received after `since`, oldest first."""
        return self._listed(Status.IN_REVIEW.value, now, since=since)

    def has_in_review(self, now: dt.datetime) -> bool:
        """Return whether a lead waits for review."""
        return next(self._listed(Status.IN_REVIEW.value, now, batch_size=1), None) is not None

    def count_in_review(self) -> int:
        """Return how many leads wait for review, without reading them."""
        return sum(1 for _ in self._list_keys(Status.IN_REVIEW.value))

    def oldest_unsent(self, now: dt.datetime) -> StoredLead | None:
        """Return the oldest lead that the staff have not been notified of, or None."""
        return next(self._listed(Status.STORED.value, now, batch_size=1), None)

    def closed(self, day: dt.date, now: dt.datetime) -> Iterator[StoredLead]:
        """Yield leads that were closed on this day (UTC)."""
        return self._listed(items.closed_list_name(day), now)

    def _listed(
        self, name: str, now: dt.datetime, batch_size: int = BATCH_SIZE, since: dt.datetime | None = None
    ) -> Iterator[StoredLead]:
        # The index is a moment behind the table: the table decides.
        found = self._in_batches(self._list_keys(name, since), now, batch_size)
        return (lead for lead in found if items.list_name(lead) == name)

    def _list_keys(self, name: str, since: dt.datetime | None = None) -> Iterator[str]:
        condition, values = "#list = :list", {":list": name}
        if since:
            condition, values = f"{condition} AND #listed_at > :since", {**values, ":since": moment_text(since)}
        return (item["reference"] for item in self._keys("listed", condition, values))

    def _in_batches(self, references: Iterator[str], now: dt.datetime, batch_size: int) -> Iterator[StoredLead]:
        while batch := list(islice(references, batch_size)):
            yield from self._several(batch, now)

    def _several(self, references: Sequence[str], now: dt.datetime) -> list[StoredLead]:
        """Return these leads in this order, without those that are gone or cannot be read."""
        found = {item["reference"]["S"]: item for item in self._items(references)}
        return list(self._readable((found[reference] for reference in references if reference in found), now))

    def _items(self, references: Sequence[str]) -> Iterator[Item]:
        keys = [to_item({"reference": reference}) for reference in references]
        while keys:
            answer = call(
                self.dynamodb.batch_get_item, RequestItems={self.table: {"Keys": keys, "ConsistentRead": True}}
            )
            yield from answer["Responses"].get(self.table, [])
            left = answer.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
            if len(left) == len(keys):
                raise StoreError("UnprocessedKeys")  # DynamoDB has no capacity for even one of them
            keys = left

    def _readable(self, stored: Iterator[Item], now: dt.datetime) -> Iterator[StoredLead]:
        for item in stored:
            try:
                if _is_unexpired(item, now):
                    yield items.read(item)
            except UnreadableError as unreadable:
                self.on_unreadable(unreadable)

    def _keys(self, index: str, condition: str, values: Item) -> Iterator[Item]:
        names = {f"#{word[1:]}": word[1:] for word in condition.split() if word.startswith("#")}
        found = self._pages(
            self.dynamodb.query,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_item(values),
        )
        return map(from_item, found)

    def _pages(self, operation: Callable[..., Any], **parameters: object) -> Iterator[Item]:
        """Yield the items of every page of a query or scan."""
        start: Item = {}
        while True:
            page = call(operation, TableName=self.table, **parameters, **start)
            yield from page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def everything(self, now: dt.datetime) -> Iterator[StoredLead]:
        """Yield every lead. Reads the whole table: for reports and exports, never for a handler."""
        # A damaged item may have lost either attribute.
        condition = "attribute_exists(#fingerprint) OR attribute_exists(#lead)"
        return self._readable(self._scan(condition, {"#fingerprint": "fingerprint", "#lead": "lead"}, {}), now)

    def of_number(self, e164: str) -> Iterator[tuple[str, bool]]:
        """Yield references of this number's leads, and whether a call is owed; expired and unreadable ones too."""
        names = {"#lead": "lead", "#phone": "phone", "#e164": "e164"}
        # Older rules kept zeros that were typed before a +1 number.
        values = {":e164": e164, ":zero": e164.replace("+1", "+10", 1), ":zeros": e164.replace("+1", "+100", 1)}
        for item in self._scan("#lead.#phone.#e164 IN (:e164, :zero, :zeros)", names, values):
            yield item["reference"]["S"], "next_at" in item

    def _scan(self, condition: str, names: dict[str, str], values: Item) -> Iterator[Item]:
        filled = {"ExpressionAttributeValues": to_item(values)} if values else {}
        names_and_values = {"ExpressionAttributeNames": names, **filled}
        return self._pages(self.dynamodb.scan, FilterExpression=condition, ConsistentRead=True, **names_and_values)

    def delete(self, key: str) -> bool:
        """Delete an item for good: a lead by its reference, or a counter by its name. Return whether there was one."""
        gone = call(
            self.dynamodb.delete_item, TableName=self.table, Key=to_item({"reference": key}), ReturnValues="ALL_OLD"
        )
        return "Attributes" in gone

    def _put(self, item: Item, condition: str, names: dict[str, str], values: Item) -> Item | None:
        """Write the item and return None; if the condition does not hold, return the item in the table."""
        try:
            call(
                self.dynamodb.put_item,
                TableName=self.table,
                Item=item,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item(values),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailedError as failed:
            return failed.stored
        return None


def _is_unexpired(item: Item, now: dt.datetime) -> bool:
    """Return whether the item has not expired yet. Raises UnreadableError if that cannot be known."""
    expires_at = from_item({"expires_at": item["expires_at"]})["expires_at"] if "expires_at" in item else math.inf
    try:
        return bool(expires_at > now.timestamp())
    except TypeError:
        raise UnreadableError(item["reference"]["S"]) from None
