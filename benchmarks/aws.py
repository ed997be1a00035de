"""A stub of DynamoDB and SES that answers the handlers' calls at once from memory.

Without retries and throttling, the rest of a call is the handler's own time. Nothing else changes an item meanwhile, so
a condition decides between writes that follow each other, never between writers that race.
"""

from __future__ import annotations

import json
import re
import time
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from infra.template import leads_table, load
from leads.aws import facts
from plugins.lint import practice_file

from benchmarks.expressions import Expression, Item
from benchmarks.loopback import LoopbackRequest, LoopbackResponse

ROOT = Path(__file__).parents[1]

Entry = tuple[str, str]
"""An index's sort key, and the item's key."""

LEADS, FACTS = "leads", "facts"
"""The names of the tables here."""

LAST = "\U0010ffff"

LATENCIES = {
    "DeleteItem": 0.008,
    "GetItem": 0.005,
    "PutItem": 0.008,
    "Query": 0.010,
    "SendEmail": 0.150,
    "UpdateItem": 0.008,
}
"""Seconds that each call takes the function. Assumptions, rather too slow: none was measured on AWS (docs/costs.md)."""

KEY_CONDITION = re.compile(r"#?\w+ = (:\w+)(?: AND #?\w+ (<=|<|>=|>) (:\w+))?")


class ConditionNotMetError(Exception):
    """The condition of a write did not hold."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


@dataclass(frozen=True)
class Index:
    """A sparse index of a table."""

    partition: str
    sort: str
    whole: bool
    """Whether it has all attributes; else the keys only."""
    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    @property
    def page(self) -> int:
        """Return how many entries of a query are about as many as fit into DynamoDB's limit of 1 MB."""
        return 700 if self.whole else 5_000

    def holds(self, item: Item) -> bool:
        """Return whether the item has the index's keys."""
        return self.partition in item and self.sort in item


class Table:
    """A table and its indexes, made from CreateTable's arguments."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self.key: str = properties["KeySchema"][0]["AttributeName"]
        self.items: dict[str, Item] = {}
        self.indexes = {index["IndexName"]: _index(index) for index in properties.get("GlobalSecondaryIndexes", [])}

    @classmethod
    def of_leads(cls) -> Table:
        """Return an empty table of leads as the template has it."""
        return cls(LEADS_TABLE)

    def put(self, item: Item) -> None:
        """Store the item, replacing one with the same key."""
        name = item[self.key]["S"]
        self.delete(name)
        for index in self.indexes.values():
            if index.holds(item):
                insort(index.entries[item[index.partition]["S"]], (item[index.sort]["S"], name))
        self.items[name] = item

    def delete(self, name: str) -> None:
        """Remove the item, if there is one."""
        if not (old := self.items.get(name)):
            return
        for index in self.indexes.values():
            if index.holds(old):
                entries = index.entries[old[index.partition]["S"]]
                del entries[bisect_left(entries, (old[index.sort]["S"], name))]
        del self.items[name]


def _index(properties: Mapping[str, Any]) -> Index:
    partition, sort = (key["AttributeName"] for key in properties["KeySchema"])
    return Index(partition, sort, properties["Projection"]["ProjectionType"] == "ALL")


LEADS_TABLE = leads_table(load())


@cache
def _published(shell: str) -> Table:
    """Return the table of facts as `make publish` and `make staff` fill it."""
    practice = practice_file.read(ROOT / "content" / "practice.toml")
    table = Table({"KeySchema": [{"AttributeName": "name"}]})
    table.put(facts.facts_item(practice.facts_json, shell))
    table.put(facts.people_item(practice.people_json))
    return table


class AwsStub:
    """DynamoDB and SES behind one port."""

    def __init__(self, shell: str = "<!--title--><!--main-->") -> None:
        self.calls: list[tuple[str, float]] = []
        """Each operation with its time."""
        self.tables = {FACTS: _published(shell)}
        """Tables by name; any other is empty."""
        self.reset(Table.of_leads())

    def reset(self, leads: Table) -> None:
        """Forget all calls, and replace the table of leads."""
        self.calls.clear()
        self.tables[LEADS] = leads

    def answer(self, request: LoopbackRequest) -> LoopbackResponse:
        """Return the service's response."""
        operation = request.headers.get("x-amz-target", ".SendEmail").partition(".")[2]
        self.calls.append((operation, time.perf_counter()))
        if operation == "SendEmail":
            return LoopbackResponse(body=b'{"MessageId":"0"}', headers=(("content-type", "application/json"),))
        try:
            return LoopbackResponse(body=json.dumps(self.call(operation, json.loads(request.body))).encode())
        except ConditionNotMetError as failed:
            kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
            return LoopbackResponse(400, json.dumps({"__type": kind, "Item": failed.item}).encode())

    def call(self, operation: str, parameters: Item) -> Item:
        """Return DynamoDB's answer to the operation. Raises ConditionNotMetError."""
        operations = {
            "DeleteItem": self._delete,
            "GetItem": self._get,
            "PutItem": self._put,
            "Query": self._query,
            "UpdateItem": self._update,
        }
        return operations[operation](parameters)

    def _put(self, parameters: Item) -> Item:
        table, item = self.tables[parameters["TableName"]], parameters["Item"]
        _require(parameters, table.items.get(item[table.key]["S"]) or {})
        table.put(item)
        return {}

    def _update(self, parameters: Item) -> Item:
        table, key = self.tables[parameters["TableName"]], parameters["Key"]
        found = table.items.get(_name(key)) or {}
        _require(parameters, found)
        after = Expression(parameters["UpdateExpression"], parameters, found | key).updated()
        table.put(after)
        return {"Attributes": after}

    def _delete(self, parameters: Item) -> Item:
        table, name = self.tables[parameters["TableName"]], _name(parameters["Key"])
        found = table.items.get(name) or {}
        _require(parameters, found)
        table.delete(name)
        return {"Attributes": found} if found else {}

    def _get(self, parameters: Item) -> Item:
        found = self._found(parameters["TableName"], parameters["Key"])
        return {"Item": found} if found else {}

    def _found(self, table: str, key: Item) -> Item | None:
        return self.tables[table].items.get(_name(key)) if table in self.tables else None

    def _query(self, parameters: Item) -> Item:
        table = self.tables[parameters["TableName"]]
        index = table.indexes[parameters["IndexName"]]
        partition, low, high = _bounds(parameters)
        entries, last = index.entries[partition], parameters.get("ExclusiveStartKey")
        begin = bisect_left(entries, max(low, (last[index.sort]["S"], last[table.key]["S"] + "\0") if last else low))
        end = min(bisect_left(entries, high), begin + min(parameters.get("Limit", index.page), index.page))
        wanted = parameters.get("FilterExpression", "")
        found = (_projected(table, index, entry) for entry in entries[begin:end])
        page = [item for item in found if Expression(wanted, parameters, item).holds()]
        more = {"LastEvaluatedKey": _key(table, index, entries[end - 1])} if end < bisect_left(entries, high) else {}
        return {"Items": page, "Count": len(page), **more}


def _require(parameters: Item, found: Item) -> None:
    if not Expression(parameters.get("ConditionExpression", ""), parameters, found).holds():
        raise ConditionNotMetError(found)


def _name(key: Item) -> str:
    (value,) = key.values()
    name: str = value["S"]
    return name


def _bounds(parameters: Item) -> tuple[str, Entry, Entry]:
    """Return the partition, the first entry, and the first entry that is too far."""
    condition, values = (
        KEY_CONDITION.fullmatch(parameters["KeyConditionExpression"]),
        parameters["ExpressionAttributeValues"],
    )
    assert condition, parameters["KeyConditionExpression"]
    partition, comparison, limit = values[condition[1]]["S"], condition[2] or "", condition[3]
    # `<` and `>=` end or begin before all entries of the limit, `<=` and `>` after them.
    entry = (values[limit]["S"] if limit else "", LAST if comparison in {"<=", ">"} else "")
    return (partition, ("", ""), entry) if comparison.startswith("<") else (partition, entry, (LAST, LAST))


def _key(table: Table, index: Index, entry: Entry) -> Item:
    item = table.items[entry[1]]
    return {name: item[name] for name in (table.key, index.partition, index.sort)}


def _projected(table: Table, index: Index, entry: Entry) -> Item:
    return table.items[entry[1]] if index.whole else _key(table, index, entry)
