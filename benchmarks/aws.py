"""A stub of DynamoDB and SES that answers the handlers' calls at once from memory.

Without retries, throttling and TLS, the rest of a call is the handler's own time. Every write succeeds, as it does for
a new lead without concurrent changes; only a lock that is held stays held.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_left, insort
from collections import defaultdict
from typing import Any

from benchmarks.loopback import LoopbackRequest, LoopbackResponse

Item = dict[str, Any]
Entry = tuple[str, str]
"""An index's sort key, and the lead's reference."""

PAGE = 5_000
"""Entries in one page of an index: about as many as fit into DynamoDB's limit of 1 MB."""

INDEXES = {"due": ("shard", "next_at"), "listed": ("list", "listed_at")}


class Table:
    """The table of leads and its two sparse indexes."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.indexes: dict[str, dict[str, list[Entry]]] = {name: defaultdict(list) for name in INDEXES}

    def put(self, item: Item) -> None:
        """Store the item, replacing one with the same reference."""
        reference = item["reference"]["S"]
        self._index(self.items.get(reference, {}), add=False)
        self._index(item, add=True)
        self.items[reference] = item

    def _index(self, item: Item, *, add: bool) -> None:
        for name, (hash_key, range_key) in INDEXES.items():
            if hash_key in item and range_key in item:
                entries = self.indexes[name][item[hash_key]["S"]]
                entry = (item[range_key]["S"], item["reference"]["S"])
                if add:
                    insort(entries, entry)
                else:
                    del entries[bisect_left(entries, entry)]

    def query(self, index: str, partition: str, after: Entry, until: str) -> tuple[list[Entry], bool]:
        """Return one page of a partition up to and including `until`, in order, and whether there is more."""
        entries = self.indexes[index][partition]
        start = bisect_left(entries, (after[0], after[1] + "\0"))
        found = entries[start : min(bisect_left(entries, (until, "\U0010ffff")), start + PAGE)]
        return found, len(found) == PAGE


class AwsStub:
    """DynamoDB and SES behind one port."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float]] = []
        """Each operation with its time; the benchmark empties the list."""
        self.table: Table | None = None
        """None to store nothing, so that every lead is new."""

    def answer(self, request: LoopbackRequest) -> LoopbackResponse:
        """Return the service's response."""
        operation = request.headers.get("x-amz-target", ".SendEmail").partition(".")[2]
        self.calls.append((operation, time.perf_counter()))
        if operation == "SendEmail":
            return LoopbackResponse(body=b'{"MessageId":"0"}', headers=(("content-type", "application/json"),))
        parameters = json.loads(request.body)
        operations = {
            "BatchGetItem": self.get_several,
            "GetItem": self.get,
            "PutItem": self.put,
            "Query": self.query,
            "UpdateItem": self.update,
        }
        if operation in {"PutItem", "UpdateItem"} and self.is_taken(parameters):
            return LoopbackResponse(
                400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}'
            )
        return LoopbackResponse(body=json.dumps(operations[operation](parameters)).encode())

    def is_taken(self, parameters: Item) -> bool:
        """Return True if a lock is another's, or if the slots of a window are used up."""
        condition, values = parameters.get("ConditionExpression", ""), parameters.get("ExpressionAttributeValues", {})
        item = parameters.get("Item") or parameters["Key"]
        held = self.table.items.get(item["reference"]["S"]) if self.table else None
        if held and "#until" in condition:
            is_ours = held["owner"] == values.get(":owner")
            return not is_ours and int(held["until"]["N"]) > int(values[":now"]["N"])
        if self.table and "#since" in condition:
            is_current = held is not None and int(held["since"]["N"]) > int(values[":ago"]["N"])
            is_full = held is not None and int(held["counted"]["N"]) >= int(values.get(":limit", {"N": "0"})["N"])
            return is_current if "Item" in parameters else is_full or not is_current
        return False

    def put(self, parameters: Item) -> Item:
        """Answer PutItem."""
        if self.table:
            self.table.put(parameters["Item"])
        return {}

    def update(self, parameters: Item) -> Item:
        """Answer UpdateItem: count slots; every other count is at its first value."""
        values = parameters["ExpressionAttributeValues"]
        if ":one" not in values:
            return {"Attributes": {"counted": values[":value"]}}
        if self.table:
            item = self.table.items[parameters["Key"]["reference"]["S"]]
            self.table.put({**item, "counted": {"N": str(int(item["counted"]["N"]) + 1)}})
        return {}

    def get(self, parameters: Item) -> Item:
        """Answer GetItem."""
        found = self.table.items.get(parameters["Key"]["reference"]["S"]) if self.table else None
        return {"Item": found} if found else {}

    def get_several(self, parameters: Item) -> Item:
        """Answer BatchGetItem."""
        found = {
            name: [item for key in wanted["Keys"] if (item := self.get({"Key": key}).get("Item"))]
            for name, wanted in parameters["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, parameters: Item) -> Item:
        """Answer Query on one of the two indexes."""
        assert self.table
        hash_key, range_key = INDEXES[parameters["IndexName"]]
        values = parameters["ExpressionAttributeValues"]
        last = parameters.get("ExclusiveStartKey")
        after = (last[range_key]["S"], last["reference"]["S"]) if last else ("", "")
        until = values.get(":now", {"S": "\U0010ffff"})["S"]
        found, more = self.table.query(parameters["IndexName"], values[f":{hash_key}"]["S"], after, until)
        items = [{"reference": {"S": reference}, range_key: {"S": moment}} for moment, reference in found]
        return {"Items": items, "Count": len(items), **({"LastEvaluatedKey": items[-1]} if more else {})}
