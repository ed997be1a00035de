"""The table of leads in DynamoDB. It holds the truth: what is not here was not promised."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from leads import journal, signing
from leads.dynamo import Item, RefusedError, StoreError, ask, from_item, to_item
from leads.lead import Lead, Phone
from leads.lifecycle import OPEN, Entry, Event, Status, StoredLead

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SHARDS = 8
"""The index of open leads is spread over this many partitions, so that a flood heats none of them."""


class StaleError(RuntimeError):
    """Somebody else changed the lead since it was read."""


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
        for reference in signing.references(lead.digest):
            candidate = replace(lead, reference=reference)
            written = _item(candidate)
            refused = self._put(
                written,
                "attribute_not_exists(#reference) OR #expires_at <= :now",
                {"#reference": "reference", "#expires_at": "expires_at"},
                {":now": int(lead.received_at.timestamp())},
            )
            if refused is None:
                return candidate, True
            if refused["digest"] == lead.digest:
                return _stored_lead(refused), refused["write"] == written["write"]
        raise StoreError("four other leads have this one's references")  # once in 10**60 submissions

    def change(self, before: StoredLead, after: StoredLead) -> StoredLead:
        """Replace the lead that was read by what became of it. Raises StaleError if it has changed since."""
        after = replace(after, version=before.version + 1)
        written = _item(after)
        refused = self._put(written, "#version = :version", {"#version": "version"}, {":version": before.version})
        # Nothing stands there if the lead was erased meanwhile.
        if refused is None or refused.get("write") == written["write"]:
            return after
        raise StaleError(f"{before.reference} has changed")

    def get(self, reference: str, now: dt.datetime) -> StoredLead | None:
        """The lead, or None if there is none or it has expired (TTL may take two days to delete it)."""
        found = ask(
            self.dynamodb.get_item, TableName=self.table, Key=to_item({"reference": reference}), ConsistentRead=True
        )
        item = from_item(found.get("Item") or {})
        return _stored_lead(item) if item and item["expires_at"] > now.timestamp() else None

    def due(self, now: dt.datetime) -> Iterator[str]:
        """References of open leads whose `next_at` has come, each shard's longest waiting first."""
        for shard in range(SHARDS):
            yield from self._references(
                "due", "#shard = :shard AND #next_at <= :now", {":shard": str(shard), ":now": _text(now)}
            )

    def open(self, now: dt.datetime, most: int | None = None) -> list[StoredLead]:
        """Leads that are owed a call, the next deadline first; no more than `most` are read."""
        found = (lead for status in OPEN for lead in self._listed(status.value, now))
        return sorted(islice(found, most), key=lambda lead: lead.call_by)

    def quarantined(self, now: dt.datetime) -> Iterator[StoredLead]:
        """Suspicious leads that nobody has released or discarded, oldest first."""
        return self._listed(Status.QUARANTINED.value, now)

    def oldest_unsent(self, now: dt.datetime) -> StoredLead | None:
        """The lead that the staff have been kept waiting for the longest."""
        return next(self._listed(Status.STORED.value, now), None)

    def closed(self, day: dt.date, now: dt.datetime) -> Iterator[StoredLead]:
        """Leads that were closed on this day (UTC)."""
        return self._listed(_closed_list(day), now)

    def _listed(self, name: str, now: dt.datetime) -> Iterator[StoredLead]:
        # Read one by one: the index is a moment behind the table, the table decides.
        for reference in self._references("listed", "#list = :list", {":list": name}):
            lead = self._readable(reference, now)
            if lead is not None and _list(lead) == name:
                yield lead

    def _readable(self, reference: str, now: dt.datetime) -> StoredLead | None:
        # One damaged lead must not hide all others; the log's Failed metric raises the alarm about it.
        try:
            return self.get(reference, now)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            journal.failure("cannot be read", error, reference=reference)
            return None

    def _references(self, index: str, condition: str, values: Item) -> Iterator[str]:
        names = {f"#{word[1:]}": word[1:] for word in condition.split() if word.startswith("#")}
        start: Item = {}
        while True:
            page = ask(
                self.dynamodb.query,
                TableName=self.table,
                IndexName=index,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item(values),
                **start,
            )
            yield from (from_item(item)["reference"] for item in page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def everything(self, now: dt.datetime) -> Iterator[StoredLead]:
        """Every lead, by reading the whole table: for reports and exports, never for a handler."""
        for item in self._scan("attribute_exists(#digest)", {"#digest": "digest"}, {}):
            if item["expires_at"] > now.timestamp():
                yield _stored_lead(item)

    def of_number(self, e164: str) -> Iterator[StoredLead]:
        """Every lead of this number, expired ones too, by reading the whole table."""
        names = {"#lead": "lead", "#phone": "phone", "#e164": "e164"}
        for item in self._scan("#lead.#phone.#e164 = :e164", names, {":e164": e164}):
            yield _stored_lead(item)

    def _scan(self, condition: str, names: dict[str, str], values: Item) -> Iterator[Item]:
        start: Item = {"ExpressionAttributeValues": to_item(values)} if values else {}
        while True:
            page = ask(
                self.dynamodb.scan,
                TableName=self.table,
                FilterExpression=condition,
                ExpressionAttributeNames=names,
                ConsistentRead=True,
                **start,
            )
            yield from (from_item(item) for item in page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            start["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def delete(self, key: str) -> bool:
        """Remove an item for good: a lead by its reference, or a count by its name. Whether there was one."""
        gone = ask(
            self.dynamodb.delete_item, TableName=self.table, Key=to_item({"reference": key}), ReturnValues="ALL_OLD"
        )
        return "Attributes" in gone

    def _put(self, item: Item, condition: str, names: dict[str, str], values: Item) -> Item | None:
        """None if the condition held and the item is in the table; else the item that stands there."""
        try:
            ask(
                self.dynamodb.put_item,
                TableName=self.table,
                Item=to_item(item),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item(values),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except RefusedError as refused:
            return refused.item
        return None


def _text(moment: dt.datetime) -> str:
    """UTC to the microsecond, always as long as any other: the index sorts by it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _closed_list(day: dt.date) -> str:
    return f"closed {day.isoformat()}"


def _list(lead: StoredLead) -> str:
    """The lead's place in the index `listed`: its state, or the day (UTC) on which it was closed."""
    return _closed_list(lead.history[-1].at.date()) if lead.is_closed else lead.status.value


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
        "list": _list(lead),
        "listed_at": _text(lead.received_at),
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
