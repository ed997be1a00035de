"""The table of leads in DynamoDB. It holds the truth: what is not here was not promised."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from leads import signing
from leads.lead import Lead, Phone
from leads.lifecycle import Entry, Event, Status, StoredLead

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SHARDS = 8
"""The index of open leads is spread over this many partitions, so that a flood heats none of them."""

Item = dict[str, Any]


class StoreError(RuntimeError):
    """DynamoDB did not do what was asked; its text holds AWS's error code and nothing personal."""


class StaleError(RuntimeError):
    """Somebody else changed the lead since it was read."""


@cache
def client() -> DynamoDBClient:
    # The gateway gives up after 30 s: at most 4 tries of 1 + 3 s each stay well below (aws.md, botocore).
    made: DynamoDBClient = boto3.client(
        "dynamodb",
        config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4}),
    )
    return made


@dataclass(frozen=True)
class Leads:
    """The table."""

    table: str
    dynamodb: DynamoDBClient

    def put(self, lead: StoredLead) -> tuple[StoredLead, bool]:
        """Keep a new lead: what the table holds of the submission now, and whether this call wrote it.

        The same submission again (a double click, a retry by browser or CDN) finds the lead that it made
        the first time. botocore's own retry after a lost response does too, and counts as ours.
        """
        written = _item(lead)
        for reference in signing.references(lead.digest):
            refused = self._put(
                {**written, "reference": reference, "shard": _shard(reference)},
                "attribute_not_exists(#reference) OR #expires_at <= :now",
                {"#reference": "reference", "#expires_at": "expires_at"},
                {":now": int(lead.received_at.timestamp())},
            )
            if refused is None:
                return replace(lead, reference=reference), True
            if refused["digest"] == lead.digest:
                return _stored_lead(refused), refused["write"] == written["write"]
        raise StoreError("four other leads have this one's references")  # once in 10**60 submissions

    def change(self, before: StoredLead, after: StoredLead) -> StoredLead:
        """Replace the lead that was read by what became of it. Raises StaleError if it has changed since."""
        after = replace(after, version=before.version + 1)
        written = _item(after)
        refused = self._put(written, "#version = :version", {"#version": "version"}, {":version": before.version})
        if refused is None or refused["write"] == written["write"]:
            return after
        raise StaleError(f"{before.reference} has changed")

    def get(self, reference: str, now: dt.datetime) -> StoredLead | None:
        """The lead, or None if there is none or it has expired (TTL may take two days to delete it)."""
        found = _asked(
            self.dynamodb.get_item, TableName=self.table, Key=_plain({"reference": reference}), ConsistentRead=True
        )
        item = _values(found.get("Item") or {})
        return _stored_lead(item) if item and item["expires_at"] > now.timestamp() else None

    def due(self, now: dt.datetime) -> Iterator[str]:
        """References of open leads whose `next_at` has come, each shard's longest waiting first."""
        for shard in range(SHARDS):
            yield from self._due_in(str(shard), now)

    def _due_in(self, shard: str, now: dt.datetime) -> Iterator[str]:
        start: Item = {}
        while True:
            page = _asked(
                self.dynamodb.query,
                TableName=self.table,
                IndexName="due",
                KeyConditionExpression="#shard = :shard AND #next_at <= :now",
                ExpressionAttributeNames={"#shard": "shard", "#next_at": "next_at"},
                ExpressionAttributeValues=_plain({":shard": shard, ":now": _text(now)}),
                **start,
            )
            yield from (_values(item)["reference"] for item in page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _put(self, item: Item, condition: str, names: dict[str, str], values: Item) -> Item | None:
        """None if the condition held and the item is in the table; else the item that stands there."""
        try:
            _asked(
                self.dynamodb.put_item,
                TableName=self.table,
                Item=_plain(item),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=_plain(values),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except _RefusedError as refused:
            return refused.item
        return None


class _RefusedError(Exception):
    """A condition did not hold; the item that stands in the table is in `item`."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


def _asked(operation: Any, **parameters: Any) -> Any:
    # `from None`: botocore's errors may carry the request, and with it a name and a number.
    try:
        return operation(**parameters)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        item = _values(error.response.get("Item", {}))  # type: ignore[arg-type]  # not in botocore's type
    except BotoCoreError as error:
        code, item = type(error).__name__, {}
    if code == "ConditionalCheckFailedException":
        raise _RefusedError(item) from None
    raise StoreError(code) from None


def _plain(values: Item) -> Item:
    """Python values as DynamoDB writes them."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def _values(item: Item) -> Item:
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


def _text(moment: dt.datetime) -> str:
    """UTC to the microsecond, always as long as any other: the index sorts by it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _shard(reference: str) -> str:
    return str(sum(reference.encode()) % SHARDS)


def _item(lead: StoredLead) -> Item:
    item = {
        "reference": lead.reference,
        "digest": lead.digest,
        "write": secrets.token_hex(8),  # tells our own retried write from somebody else's
        "version": lead.version,
        "status": lead.status.value,
        "lead": lead.lead.model_dump(mode="json", exclude={"leave_empty", "elapsed"}, exclude_none=True),
        "priority": lead.priority,
        "suspicion": lead.suspicion,
        "received_at": _text(lead.received_at),
        "contact_by": _text(lead.contact_by),
        "call_by": _text(lead.call_by),
        "history": [{"at": _text(entry.at), "event": entry.event.value} for entry in lead.history],
        "no_answers": lead.no_answers,
        "failures": lead.failures,
        "expires_at": int(lead.expires_at.timestamp()),
    }
    if lead.next_at is not None:  # sparse: only open leads are in the index
        item |= {"next_at": _text(lead.next_at), "shard": _shard(lead.reference)}
    return item


def _stored_lead(item: Item) -> StoredLead:
    moment = dt.datetime.fromisoformat
    answers = item["lead"]
    # Not validated again: a lead that was taken under older rules must stay readable under newer ones.
    lead = Lead.model_construct(
        **{**answers, "phone": Phone(**answers["phone"]), "conditions": tuple(answers["conditions"])}
    )
    return StoredLead(
        reference=item["reference"],
        digest=item["digest"],
        lead=lead,
        priority=item["priority"],
        suspicion=item["suspicion"],
        received_at=moment(item["received_at"]),
        contact_by=moment(item["contact_by"]),
        call_by=moment(item["call_by"]),
        status=Status(item["status"]),
        next_at=moment(item["next_at"]) if "next_at" in item else None,
        expires_at=dt.datetime.fromtimestamp(int(item["expires_at"]), dt.UTC),
        history=tuple(Entry(moment(entry["at"]), Event(entry["event"])) for entry in item["history"]),
        no_answers=int(item["no_answers"]),
        failures=int(item["failures"]),
        version=int(item["version"]),
    )
