"""The table of leads in DynamoDB. It holds the truth: what is not here was not promised."""

from __future__ import annotations

import datetime as dt
import heapq
import math
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from leads import log, tokens
from leads.aws.dynamodb import Item, RefusedError, StoreError, ask, from_item, to_item
from leads.domain.lead import BEST_TIMES, Lead, Phone
from leads.domain.lifecycle import OPEN, Entry, Event, Promise, Status, StoredLead

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SHARDS = 8
"""The index of open leads is spread over this many partitions, so that a flood heats none of them."""

PRIORITY = "priority"
"""The partition of those with priority: whatever else is due, they are found at once."""

_ALL_URGENT = ("due", "#shard = :shard", {":shard": PRIORITY})
"""What `Leads._keys` takes to find every open urgent lead."""

AT_ONCE = 100
"""Leads that DynamoDB hands over in one answer, at most."""


class StaleError(RuntimeError):
    """Somebody else changed the lead since it was read."""


class DamagedError(ValueError):
    """What the table holds under a reference, which is its text, cannot be read as a lead."""


def _log(damaged: DamagedError) -> None:
    # The log's Failed metric raises the alarm about it.
    log.failure("cannot be read", damaged, reference=str(damaged))


@dataclass(frozen=True)
class Leads:
    """The table."""

    table: str
    dynamodb: DynamoDBClient
    on_damage: Callable[[DamagedError], None] = _log
    """Told of each lead that cannot be read, where many are: one damaged lead must not hide all others."""

    def put(self, lead: StoredLead) -> tuple[StoredLead, bool]:
        """Keep a new lead: what the table holds of the submission now, and whether this call wrote it.

        The same submission again (a double click, a retry by browser or CDN) finds the lead that it made
        the first time. botocore's own retry after a lost response does too, and counts as ours.
        """
        for reference in tokens.references(lead.digest):
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
            if refused.get("digest") == lead.digest:
                try:
                    return _read(refused), refused.get("write") == written["write"]
                except DamagedError as damaged:
                    self.on_damage(damaged)  # kept once more, under the next reference: no sweep can read this one
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
        """The lead, or None if there is none or it has expired (TTL may take two days to delete it).

        Raises DamagedError if it cannot be read.
        """
        found = ask(
            self.dynamodb.get_item, TableName=self.table, Key=to_item({"reference": reference}), ConsistentRead=True
        )
        item = from_item(found.get("Item") or {})
        return _read(item) if item and _is_kept(item, now) else None

    def due(self, now: dt.datetime) -> Iterator[str]:
        """References of open leads whose `next_at` has come: those with priority, then whoever is due the longest."""
        shards = [self._due_in(str(shard), now) for shard in range(SHARDS)]
        for found in (self._due_in(PRIORITY, now), heapq.merge(*shards, key=lambda item: str(item["next_at"]))):
            yield from (item["reference"] for item in found)

    def _due_in(self, shard: str, now: dt.datetime) -> Iterator[Item]:
        return self._keys("due", "#shard = :shard AND #next_at <= :now", {":shard": shard, ":now": _text(now)})

    def open(self, now: dt.datetime, most: int | None = None) -> list[StoredLead]:
        """Return leads that are owed a call, urgent ones first, then the next deadline; reads no more than `most`."""
        # The urgent ones are read first: behind a thousand others they would not be read at all.
        urgent = self._in_batches((item["reference"] for item in self._keys(*_ALL_URGENT)), now, AT_ONCE)
        others = (lead for status in OPEN for lead in self._listed(status.value, now) if not lead.priority)
        found = chain((lead for lead in urgent if lead.is_open), others)
        return sorted(islice(found, most), key=lambda lead: (not lead.priority, lead.call_by))

    def quarantined(self, now: dt.datetime, since: dt.datetime | None = None) -> Iterator[StoredLead]:
        """Yield suspicious leads that the staff have not reviewed, received after `since`, oldest first."""
        return self._listed(Status.QUARANTINED.value, now, since=since)

    def has_quarantined(self, now: dt.datetime) -> bool:
        """Return whether a suspicious lead waits for review."""
        return next(self._listed(Status.QUARANTINED.value, now, at_once=1), None) is not None

    def count_quarantined(self) -> int:
        """Return how many suspicious leads wait for review, without reading them."""
        return sum(1 for _ in self._list_keys(Status.QUARANTINED.value))

    def oldest_unsent(self, now: dt.datetime) -> StoredLead | None:
        """Return the lead that has waited longest for the staff to hear of it, for the first time or anew."""
        return next(self._listed(Status.STORED.value, now, at_once=1), None)

    def closed(self, day: dt.date, now: dt.datetime) -> Iterator[StoredLead]:
        """Leads that were closed on this day (UTC)."""
        return self._listed(_closed_list(day), now)

    def _listed(
        self, name: str, now: dt.datetime, at_once: int = AT_ONCE, since: dt.datetime | None = None
    ) -> Iterator[StoredLead]:
        # The index is a moment behind the table: the table decides.
        found = self._in_batches(self._list_keys(name, since), now, at_once)
        return (lead for lead in found if _list(lead) == name)

    def _list_keys(self, name: str, since: dt.datetime | None = None) -> Iterator[str]:
        condition, values = "#list = :list", {":list": name}
        if since:
            condition, values = f"{condition} AND #listed_at > :since", {**values, ":since": _text(since)}
        return (item["reference"] for item in self._keys("listed", condition, values))

    def _in_batches(self, references: Iterator[str], now: dt.datetime, at_once: int) -> Iterator[StoredLead]:
        while batch := list(islice(references, at_once)):
            yield from self._several(batch, now)

    def _several(self, references: Sequence[str], now: dt.datetime) -> list[StoredLead]:
        """These leads, in this order, without those that are gone or cannot be read."""
        found = {item["reference"]: item for item in self._items(references)}
        return list(self._readable((found[reference] for reference in references if reference in found), now))

    def _items(self, references: Sequence[str]) -> Iterator[Item]:
        keys = [to_item({"reference": reference}) for reference in references]
        while keys:
            answer = ask(
                self.dynamodb.batch_get_item, RequestItems={self.table: {"Keys": keys, "ConsistentRead": True}}
            )
            yield from (from_item(item) for item in answer["Responses"].get(self.table, []))
            left = answer.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
            if len(left) == len(keys):
                raise StoreError("UnprocessedKeys")  # DynamoDB has no capacity for even one of them
            keys = left

    def _readable(self, items: Iterator[Item], now: dt.datetime) -> Iterator[StoredLead]:
        for item in items:
            try:
                if _is_kept(item, now):
                    yield _read(item)
            except DamagedError as damaged:
                self.on_damage(damaged)

    def _keys(self, index: str, condition: str, values: Item) -> Iterator[Item]:
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
            yield from (from_item(item) for item in page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def everything(self, now: dt.datetime) -> Iterator[StoredLead]:
        """Every lead, by reading the whole table: for reports and exports, never for a handler."""
        condition = "attribute_exists(#digest) OR attribute_exists(#lead)"  # a damaged one may have lost either
        return self._readable(self._scan(condition, {"#digest": "digest", "#lead": "lead"}, {}), now)

    def of_number(self, e164: str) -> Iterator[tuple[str, bool]]:
        """References of all leads of this number, and whether a call is owed; expired and damaged ones too."""
        names = {"#lead": "lead", "#phone": "phone", "#e164": "e164"}
        # Older rules kept zeros that were typed before a +1 number.
        values = {":e164": e164, ":zero": e164.replace("+1", "+10", 1), ":zeros": e164.replace("+1", "+100", 1)}
        for item in self._scan("#lead.#phone.#e164 IN (:e164, :zero, :zeros)", names, values):
            yield item["reference"], "next_at" in item

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


def _shard(lead: StoredLead) -> str:
    return PRIORITY if lead.priority else str(sum(lead.reference.encode()) % SHARDS)


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
        "listed_at": _text(lead.opened.at),
        "earlier": [{"made_at": _text(made.made_at), "due_at": _text(made.due_at)} for made in lead.earlier],
    }
    if lead.expires_at is not None:  # DynamoDB deletes what has this attribute: an open lead must not
        item |= {"expires_at": int(lead.expires_at.timestamp())}
    if lead.next_at is not None:  # sparse: only open leads are in the index
        item |= {"next_at": _text(lead.next_at), "shard": _shard(lead)}
    return item


def _is_kept(item: Item, now: dt.datetime) -> bool:
    """Whether it has not expired yet. Raises DamagedError if that cannot be known."""
    try:
        return bool(item.get("expires_at", math.inf) > now.timestamp())
    except TypeError:
        raise DamagedError(item["reference"]) from None


def _read(item: Item) -> StoredLead:
    try:
        _refuse_unsound(item)
        lead = _stored_lead(item)
        # Each raises where the history tells of no promise, there is no name, or a promise is missing.
        _ = lead.promised, _list(lead), lead.lead.name, list(zip(lead.promises, lead.first_calls, strict=True))
    except Exception:
        raise DamagedError(item["reference"]) from None  # the error's own text may hold what is personal
    return lead


def _is_moment(value: object) -> bool:
    return isinstance(value, str) and value.endswith("Z")  # without its zone it cannot be compared with another


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_nothing(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return type(value) is int  # not truth, which is an int to Python


_SOUND: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("received_at", "contact_by", "call_by", "next_at"), _is_moment),
    **dict.fromkeys(("expires_at", "no_answers", "failures", "version"), _is_whole),
    "digest": _is_text,
    "priority": _is_truth,
    "suspicion": _is_text_or_nothing,
    "history": lambda entries: all(_is_moment(entry["at"]) for entry in entries),
    "earlier": lambda promises: all(_is_moment(made["made_at"]) and _is_moment(made["due_at"]) for made in promises),
}

_SOUND_ANSWERS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("consent", "source", "utm_source", "utm_medium", "utm_campaign"), _is_text_or_nothing),
    "name": _is_text,
    "phone": lambda phone: re.fullmatch(r"\+[1-9][0-9]{6,16}", phone["e164"]) is not None,
    "conditions": lambda keys: isinstance(keys, list) and all(map(_is_text, keys)),
    "best_time": lambda time: time in dict(BEST_TIMES),
    "voicemail": _is_truth,
}


def _refuse_unsound(item: Item) -> None:
    """Raise an error if anything that is there is not what `_item` writes: it would stop a list or an e-mail of many
    leads, where this one is sorted or shown. What is missing, `_stored_lead` misses."""
    for facts, sound in ((item, _SOUND), (item["lead"], _SOUND_ANSWERS)):
        if not all(is_sound(facts[name]) for name, is_sound in sound.items() if name in facts):
            raise ValueError("not what was written")


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
        expires_at=dt.datetime.fromtimestamp(int(item["expires_at"]), dt.UTC) if "expires_at" in item else None,
        history=tuple(Entry(moment(entry["at"]), Event(entry["event"])) for entry in item["history"]),
        no_answers=int(item["no_answers"]),
        failures=int(item["failures"]),
        version=int(item["version"]),
        earlier=tuple(Promise(moment(made["made_at"]), moment(made["due_at"])) for made in item.get("earlier", [])),
    )
