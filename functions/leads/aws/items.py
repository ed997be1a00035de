"""The stored form of a lead: one DynamoDB item. Golden files in tests/golden hold one item of each status.

Until v1.0 is tagged a commit that says so may change the format. Afterwards a field is added with a default and never
renamed (CONTRIBUTING.md, Stored formats).
"""

from __future__ import annotations

import datetime as dt
import secrets
from itertools import chain, repeat
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from leads.aws.dynamodb import Item, from_item, to_item
from leads.domain.errors import UnreadableError
from leads.domain.lead import Lead, Phone
from leads.domain.lifecycle import Entry, Event, Promise, Status, StoredLead, UnknownAttributes

SCHEMA = 1
"""Number of the format. It is written with each item, so that a later migration can tell old items from new ones."""

SHARDS = 8
"""Partitions of the index of open leads, so that a flood does not overload one."""

PRIORITY_SHARD = "priority"
"""The partition of urgent leads: they are found at once, whatever else is due."""


def _parse_moment(text: object) -> object:
    # Without its zone a time cannot be compared with another.
    return dt.datetime.fromisoformat(text) if isinstance(text, str) and text.endswith("Z") else None


Moment = Annotated[dt.datetime, BeforeValidator(_parse_moment)]
StoredStatus = Annotated[Status, Field(strict=False)]
StoredEvent = Annotated[Event, Field(strict=False)]
BestTime = Literal["any", "morning", "afternoon"]


class _Stored(BaseModel):
    # Ignored, not refused: a newer version may have added attributes. The item keeps them (UnknownAttributes).
    # Built at the first read: a new lead is only written, and building takes four milliseconds of a cold start.
    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True)


class StoredPhone(_Stored):
    """A phone number as it is stored."""

    typed: str
    e164: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,16}$")]
    extension: str = ""


class StoredAnswers(_Stored):
    """The answers of the form as they are stored.

    Not checked by the form's rules: a lead that was taken under older rules must stay readable under newer ones.
    """

    name: str
    phone: StoredPhone
    conditions: list[str] = []
    best_time: BestTime = "any"
    voicemail: bool = False
    consent: str | None = None
    source: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None

    def lead(self) -> Lead:
        """Return the answers as a lead."""
        answers = {name: getattr(self, name) for name in type(self).model_fields}
        phone = Phone(**dict(self.phone))
        return Lead.model_construct(**{**answers, "phone": phone, "conditions": tuple(self.conditions)})


class StoredEntry(_Stored):
    """One event of a lead's history as it is stored."""

    at: Moment
    event: StoredEvent


class StoredPromise(_Stored):
    """An earlier promise as it is stored."""

    made_at: Moment
    due_at: Moment


class LeadItem(_Stored):
    """A lead as it is stored."""

    schema_number: int = Field(default=0, alias="schema")
    reference: str
    fingerprint: str
    version: int
    status: StoredStatus
    answers: StoredAnswers = Field(alias="lead")
    priority: bool
    review_reason: str | None = None
    received_at: Moment
    contact_by: Moment
    call_by: Moment
    next_at: Moment | None = None
    expires_at: int | None = None
    history: list[StoredEntry]
    no_answers: int = 0
    failures: int = 0
    earlier: list[StoredPromise] = []

    def stored_lead(self, unknown: UnknownAttributes) -> StoredLead:
        """Return the item as a lead."""
        expires_at = None if self.expires_at is None else dt.datetime.fromtimestamp(self.expires_at, dt.UTC)
        return StoredLead(
            reference=self.reference,
            fingerprint=self.fingerprint,
            lead=self.answers.lead(),
            priority=self.priority,
            review_reason=self.review_reason,
            received_at=self.received_at,
            contact_by=self.contact_by,
            call_by=self.call_by,
            status=self.status,
            next_at=self.next_at,
            expires_at=expires_at,
            history=tuple(Entry(entry.at, entry.event) for entry in self.history),
            no_answers=self.no_answers,
            failures=self.failures,
            version=self.version,
            earlier=tuple(Promise(promise.made_at, promise.due_at) for promise in self.earlier),
            unknown=unknown,
        )


_INDEX_ATTRIBUTES = frozenset({"write", "list", "listed_at", "shard"})
"""Attributes that are written for conditions and indexes only, and never read back."""

_KNOWN = frozenset(field.alias or name for name, field in LeadItem.model_fields.items()) | _INDEX_ATTRIBUTES


def read(stored: Item) -> StoredLead:
    """Return the lead in an item of DynamoDB's notation. Raises UnreadableError, naming its reference only."""
    values = from_item(stored)
    try:
        item = LeadItem.model_validate(values)
        lead = item.stored_lead(_unknown(stored, item.schema_number))
        # Each raises where the history holds no promise, or a promise is missing.
        _ = lead.promised, list_name(lead), list(zip(lead.promises, lead.first_calls, strict=True))
    except Exception:
        raise UnreadableError(values["reference"]) from None  # the error's own text may hold a name or a number
    return lead


def _unknown(stored: Item, schema: int) -> UnknownAttributes:
    answers = stored["lead"]["M"]
    phone = {"M": _without(answers["phone"]["M"], StoredPhone.model_fields)}
    kept = {
        **_without(stored, _KNOWN),
        "lead": {"M": {**_without(answers, StoredAnswers.model_fields), "phone": phone}},
        "history": _each_without(stored["history"], StoredEntry.model_fields),
        "earlier": _each_without(stored.get("earlier", {"L": []}), StoredPromise.model_fields),
    }
    return UnknownAttributes(kept, schema)


def _without(stored: Item, known: Any) -> Item:
    return {name: value for name, value in stored.items() if name not in known}


def _each_without(stored: Item, known: Any) -> Item:
    return {"L": [{"M": _without(entry["M"], known)} for entry in stored["L"]]}


def _add_unknown(unknown: Item, written: Item) -> Item:
    """Return the written value with the unknown attributes of its maps.

    Entries of a list are matched by their place: lists of an item only grow, and a new entry has nothing unknown.
    """
    match unknown, written:
        case {"M": before}, {"M": now}:
            return {"M": {**before, **{name: _add_unknown(before.get(name, {}), value) for name, value in now.items()}}}
        case {"L": before}, {"L": now}:
            return {"L": [_add_unknown(*pair) for pair in zip(chain(before, repeat({})), now, strict=False)]}
    return written


def write(lead: StoredLead) -> Item:
    """Return the lead as an item in DynamoDB's notation.

    Attributes that this code does not know stay as they were read. Those that it knows and does not write are removed.
    """
    stored: Item = _add_unknown({"M": lead.unknown.item}, {"M": to_item(_values(lead))})["M"]
    return stored


def _values(lead: StoredLead) -> Item:
    values = {
        "schema": max(SCHEMA, lead.unknown.schema),
        "reference": lead.reference,
        "fingerprint": lead.fingerprint,
        "write": secrets.token_hex(8),  # tells our own retried write from another writer's
        "version": lead.version,
        "status": lead.status.value,
        "lead": lead.lead.model_dump(mode="json", exclude={"leave_empty", "elapsed"}, exclude_none=True),
        "priority": lead.priority,
        "review_reason": lead.review_reason,
        "received_at": moment_text(lead.received_at),
        "contact_by": moment_text(lead.contact_by),
        "call_by": moment_text(lead.call_by),
        "history": [{"at": moment_text(entry.at), "event": entry.event.value} for entry in lead.history],
        "no_answers": lead.no_answers,
        "failures": lead.failures,
        "list": list_name(lead),
        "listed_at": moment_text(lead.opened.at),
        "earlier": [
            {"made_at": moment_text(promise.made_at), "due_at": moment_text(promise.due_at)} for promise in lead.earlier
        ],
    }
    if lead.expires_at is not None:  # DynamoDB deletes items with this attribute: an open lead must not have it
        values |= {"expires_at": int(lead.expires_at.timestamp())}
    if lead.next_at is not None:  # sparse: only open leads are in the index
        values |= {"next_at": moment_text(lead.next_at), "shard": _shard(lead)}
    return values


def moment_text(moment: dt.datetime) -> str:
    """Return the moment in UTC to the microsecond, always of one length: the indexes sort by it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def list_name(lead: StoredLead) -> str:
    """Return the lead's partition in the index `listed`: its status, or the day (UTC) on which it was closed."""
    return closed_list_name(lead.history[-1].at.date()) if lead.is_closed else lead.status.value


def closed_list_name(day: dt.date) -> str:
    """Return the partition of leads that were closed on this day (UTC)."""
    return f"closed {day.isoformat()}"


def _shard(lead: StoredLead) -> str:
    return PRIORITY_SHARD if lead.priority else str(sum(lead.reference.encode()) % SHARDS)
