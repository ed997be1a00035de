"""The leads table in DynamoDB. It holds the truth: what is not in it was not promised."""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from leads import log, tokens
from leads.aws import items
from leads.aws.dynamodb import ConditionFailedError, Item, call, from_item, to_item
from leads.aws.items import PRIORITY_SHARD, SHARDS, moment_text
from leads.domain.errors import StaleError, StoreError, UnreadableError
from leads.domain.lifecycle import Status, StoredLead

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MAX_UNSENT_READ = 100
"""Leads that are read of each partition to find the oldest unsent one: of a flood, no more are of interest."""


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

    # The lists are read from the index `worklist` alone, which is a moment behind the table, as a rule less than a
    # second: a list may show a lead as it was just before. What is done to a lead is decided by the table (`change`).

    def open(self, now: dt.datetime, limit: int | None = None) -> list[StoredLead]:
        """Return leads that are owed a call, urgent ones first, then by deadline; reads no more than `limit`."""
        found = chain.from_iterable(self._listed(name, now) for name in (items.URGENT, items.OPEN))
        return list(islice(found, limit))

    def in_review(self, now: dt.datetime, after: dt.datetime | None = None) -> Iterator[StoredLead]:
        """Yield leads that wait for review and whose promise is due after `after`, the earliest promise first."""
        return self._listed(items.IN_REVIEW, now, after=after)

    def count_in_review(self) -> int:
        """Return how many leads wait for review, unreadable ones too. DynamoDB counts; none is sent here."""
        pages = self._pages(self.dynamodb.query, Select="COUNT", **_worklist(items.IN_REVIEW))
        return sum(page["Count"] for page in pages)

    def oldest_unsent(self, now: dt.datetime) -> StoredLead | None:
        """Return the lead that the staff should have been notified of first, or None if they know of all.

        DynamoDB reads and charges for every open lead, though it sends unsent ones only: half a read unit for 4 kB, a
        call for 1 MB, about a thousand leads. A practice has a few; with 100,000 it takes 100 calls. The first unsent
        leads by deadline are the oldest, but for reopened ones: the oldest of the first MAX_UNSENT_READ is returned.
        """
        lists = (self._listed(name, now, status=Status.STORED) for name in (items.URGENT, items.OPEN))
        unsent = chain.from_iterable(islice(leads, MAX_UNSENT_READ) for leads in lists)
        return min(unsent, key=lambda lead: lead.opened.at, default=None)

    def closed(self, day: dt.date, now: dt.datetime) -> Iterator[StoredLead]:
        """Yield leads that were closed on this day (UTC), in the order of closing."""
        return self._listed(items.closed_list(day), now)

    def _listed(
        self, name: str, now: dt.datetime, after: dt.datetime | None = None, status: Status | None = None
    ) -> Iterator[StoredLead]:
        return self._readable(self._items(self.dynamodb.query, **_worklist(name, after, status)), now)

    def _readable(self, stored: Iterator[Item], now: dt.datetime) -> Iterator[StoredLead]:
        for item in stored:
            try:
                if _is_unexpired(item, now):
                    yield items.read(item)
            except UnreadableError as unreadable:
                self.on_unreadable(unreadable)

    def _keys(self, index: str, condition: str, values: Item) -> Iterator[Item]:
        return map(from_item, self._items(self.dynamodb.query, **_query(index, condition, values)))

    def _items(self, operation: Callable[..., Any], **parameters: object) -> Iterator[Item]:
        """Yield the items of a query or scan."""
        return chain.from_iterable(page["Items"] for page in self._pages(operation, **parameters))

    def _pages(self, operation: Callable[..., Any], **parameters: object) -> Iterator[Item]:
        """Yield every page of a query or scan."""
        start: Item = {}
        while True:
            page = call(operation, TableName=self.table, **parameters, **start)
            yield page
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
        return self._items(self.dynamodb.scan, FilterExpression=condition, ConsistentRead=True, **names_and_values)

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


def _query(index: str, condition: str, values: Item, only: str = "") -> dict[str, Any]:
    """Return the arguments of a query of an index: the keys' condition, and which of the items found are wanted."""
    names = {word: word[1:] for word in f"{condition} {only}".split() if word.startswith("#")}
    return {
        "IndexName": index,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_item(values),
        **({"FilterExpression": only} if only else {}),
    }


def _worklist(name: str, after: dt.datetime | None = None, status: Status | None = None) -> dict[str, Any]:
    """Return the arguments of a query of a partition of `worklist`: what is to be looked at after `after`."""
    condition, only, values = "#list = :list", "", {":list": name}
    if after:
        condition, values = f"{condition} AND #look_at > :after", {**values, ":after": moment_text(after)}
    if status:
        only, values = "#status = :status", {**values, ":status": status.value}
    return _query("worklist", condition, values, only)


def _is_unexpired(item: Item, now: dt.datetime) -> bool:
    """Return whether the item has not expired yet. Raises UnreadableError if that cannot be known."""
    expires_at = from_item({"expires_at": item["expires_at"]})["expires_at"] if "expires_at" in item else math.inf
    try:
        return bool(expires_at > now.timestamp())
    except TypeError:
        raise UnreadableError(item["reference"]["S"]) from None
