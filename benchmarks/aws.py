"""DynamoDB and SES as far as the handlers need them, answered at once from memory.

No retries, no throttling, no TLS: what is left of a call is the handler's own time. Every write succeeds,
as it does for a new lead and where nobody else is at work; only a turn that is taken stays taken.
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
"""What an index sorts by, and the reference."""

PAGE = 5_000
"""Entries in one answer of an index: about what fits into DynamoDB's megabyte."""

INDEXES = {"due": ("shard", "next_at"), "listed": ("list", "listed_at")}


class Table:
    """The table of leads and its two sparse indexes."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.indexes: dict[str, dict[str, list[Entry]]] = {name: defaultdict(list) for name in INDEXES}

    def put(self, item: Item) -> None:
        """Keep the item in place of any that stood there."""
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
        """One page of a partition, in order, up to and with `until`; and whether there is more."""
        entries = self.indexes[index][partition]
        start = bisect_left(entries, (after[0], after[1] + "\0"))
        found = entries[start : min(bisect_left(entries, (until, "\U0010ffff")), start + PAGE)]
        return found, len(found) == PAGE


class AwsStub:
    """Both services behind one port."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float]] = []
        """What was asked for, and when; the measuring program empties it."""
        self.table: Table | None = None
        """Without a table nothing is kept: every lead is new."""

    def answer(self, request: LoopbackRequest) -> LoopbackResponse:
        """The service's answer."""
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
        if operation == "PutItem" and self.is_taken(parameters):
            return LoopbackResponse(
                400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}'
            )
        return LoopbackResponse(body=json.dumps(operations[operation](parameters)).encode())

    def is_taken(self, parameters: Item) -> bool:
        """Whether the item is a turn that somebody has."""
        if "#until" not in parameters.get("ConditionExpression", "") or self.table is None:
            return False
        turn = self.table.items.get(parameters["Item"]["reference"]["S"])
        return turn is not None and int(turn["until"]["N"]) > int(parameters["ExpressionAttributeValues"][":now"]["N"])

    def put(self, parameters: Item) -> Item:
        """PutItem."""
        if self.table:
            self.table.put(parameters["Item"])
        return {}

    def update(self, parameters: Item) -> Item:
        """UpdateItem: it counts nothing, every count is the first."""
        return {"Attributes": {"counted": parameters["ExpressionAttributeValues"][":value"]}}

    def get(self, parameters: Item) -> Item:
        """GetItem."""
        found = self.table.items.get(parameters["Key"]["reference"]["S"]) if self.table else None
        return {"Item": found} if found else {}

    def get_several(self, parameters: Item) -> Item:
        """BatchGetItem."""
        found = {
            name: [item for key in wanted["Keys"] if (item := self.get({"Key": key}).get("Item"))]
            for name, wanted in parameters["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, parameters: Item) -> Item:
        """Query of one of the two indexes."""
        assert self.table
        hash_key, range_key = INDEXES[parameters["IndexName"]]
        values = parameters["ExpressionAttributeValues"]
        last = parameters.get("ExclusiveStartKey")
        after = (last[range_key]["S"], last["reference"]["S"]) if last else ("", "")
        until = values.get(":now", {"S": "\U0010ffff"})["S"]
        found, more = self.table.query(parameters["IndexName"], values[f":{hash_key}"]["S"], after, until)
        items = [{"reference": {"S": reference}, range_key: {"S": moment}} for moment, reference in found]
        return {"Items": items, "Count": len(items), **({"LastEvaluatedKey": items[-1]} if more else {})}
