"""Pydantic models of the stored form of a lead, and how they are read (leads.aws.items writes it)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from leads.aws.dynamodb import Item, from_item
from leads.domain.lead import Lead, Phone
from leads.domain.lifecycle import Entry, Event, Promise, Screening, Status, StoredLead, UnknownAttributes
from leads.domain.practice import KEY


def _parse_moment(text: object) -> object:
    # Without its zone a time cannot be compared with another.
    return dt.datetime.fromisoformat(text) if isinstance(text, str) and text.endswith("Z") else None


Moment = Annotated[dt.datetime, BeforeValidator(_parse_moment)]
StoredStatus = Annotated[Status, Field(strict=False)]
StoredEvent = Annotated[Event, Field(strict=False)]


class _Stored(BaseModel):
    # Ignored, not refused: a newer version may have added attributes. The item keeps them (UnknownAttributes).
    model_config = ConfigDict(strict=True, extra="ignore")


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
    best_time: Annotated[str, StringConstraints(pattern=KEY)] = "any"
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


class StoredScreening(_Stored):
    """What the sweep needs for screening, as it is stored."""

    network: str
    reason: str | None


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
    screening: StoredScreening | None = None

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
            screening=Screening(**dict(self.screening)) if self.screening else None,
            unknown=unknown,
        )


_INDEX_ATTRIBUTES = frozenset({"write", "list", "look_at", "last_four", "e164", "shard"})
"""Attributes that are written for conditions and indexes only, and never read back."""

_KNOWN = frozenset(field.alias or name for name, field in LeadItem.model_fields.items()) | _INDEX_ATTRIBUTES


def stored_lead(stored: Item) -> StoredLead:
    """Return the lead in an item of DynamoDB's notation. Raises an error for anything that cannot be read."""
    item = LeadItem.model_validate(from_item(stored))
    return item.stored_lead(_unknown(stored, item.schema_number))


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
