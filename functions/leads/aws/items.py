"""The stored form of a lead: one DynamoDB item. Golden files in tests/golden hold one item of each status.

Until v1.0 is tagged a commit that says so may change the format. Afterwards a field is added with a default and never
renamed (CONTRIBUTING.md, Stored formats).
"""

from __future__ import annotations

import datetime as dt
import secrets
from itertools import chain, repeat

from leads.aws.dynamodb import Item, to_item
from leads.domain.errors import UnreadableError
from leads.domain.lifecycle import StoredLead

SCHEMA = 1
"""Number of the format. It is written with each item, so that a later migration can tell old items from new ones."""

SHARDS = 8
"""Partitions of the index of open leads, so that a flood does not overload one."""

PRIORITY_SHARD = "priority"
"""The partition of urgent leads: they are found at once, whatever else is due."""

URGENT, OPEN, IN_REVIEW = "urgent", "open", "review"
"""Partitions of the index `worklist`. Closed leads are in `closed_list(day)`; `unreadable` is reserved."""


def read(stored: Item) -> StoredLead:
    """Return the lead in an item of DynamoDB's notation. Raises UnreadableError, naming its reference only."""
    from leads.aws import item_models  # capture only writes: the models would take three milliseconds of a cold start

    try:
        lead = item_models.stored_lead(stored)
        # Each raises where the history holds no promise, or a promise is missing.
        _ = lead.promised, list(zip(lead.promises, lead.first_calls, strict=True))
    except Exception:
        raise UnreadableError(stored["reference"]["S"]) from None  # the error's own text may hold a name or a number
    return lead


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
        **_index_keys(lead),
        "earlier": [
            {"made_at": moment_text(promise.made_at), "due_at": moment_text(promise.due_at)} for promise in lead.earlier
        ],
    }
    if lead.expires_at is not None:  # DynamoDB deletes items with this attribute: an open lead must not have it
        values |= {"expires_at": int(lead.expires_at.timestamp())}
    if lead.screening is not None:
        values |= {"screening": {"network": lead.screening.network, "reason": lead.screening.reason}}
    if lead.next_at is not None:  # sparse: only leads that the sweep must look at are in the index
        values |= {"next_at": moment_text(lead.next_at), "shard": _shard(lead)}
    return values


def moment_text(moment: dt.datetime) -> str:
    """Return the moment in UTC to the microsecond, always of one length: the indexes sort by it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _index_keys(lead: StoredLead) -> dict[str, str]:
    """Return the keys of the indexes that every lead is in: `worklist` and `number`."""
    name, look_at = _worklist_key(lead)
    e164 = lead.lead.phone.e164
    return {"list": name, "look_at": moment_text(look_at), "last_four": e164[-4:], "e164": e164}


def _worklist_key(lead: StoredLead) -> tuple[str, dt.datetime]:
    """Return the lead's partition, and when a person should look at it, or closed it (UTC)."""
    if lead.is_closed:
        closed_at = lead.history[-1].at
        return closed_list(closed_at.date()), closed_at
    if lead.is_open:
        return URGENT if lead.priority else OPEN, lead.call_by
    return IN_REVIEW, lead.contact_by


def closed_list(day: dt.date) -> str:
    """Return the partition of leads that were closed on this day (UTC)."""
    return f"closed {day.isoformat()}"


def _shard(lead: StoredLead) -> str:
    return PRIORITY_SHARD if lead.priority else str(sum(lead.reference.encode()) % SHARDS)
