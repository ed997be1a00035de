"""One stored item of each status, and one of a lead that was asked again.

The leads are written out here, not made by the rules of `leads.domain.lifecycle`: a rule may change, a format may not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from leads.aws import items
from leads.domain.lead import Lead, Phone
from leads.domain.lifecycle import Entry, Event, Promise, Screening, Status, StoredLead

from tests.golden.files import as_json

WRITE = {"S": "0123456789abcdef"}
"""In place of the random value that each write gets."""


def at(time: str, day: int = 17) -> dt.datetime:
    """Return a moment in November 2026, UTC: "16:00" or "16:00:00.123456"."""
    return dt.datetime.fromisoformat(f"2026-11-{day}T{time}+00:00")


ALL_ANSWERS = Lead.model_construct(
    name="Ada Lovelace, née Byron",
    phone=Phone(typed="(312) 555-0187 x12", e164="+13125550187", extension="12"),
    conditions=("trd", "ptsd"),
    best_time="morning",
    voicemail=True,
    consent="2026-11",
    source="/guide/",
    utm_source="pinterest",
    utm_medium="social",
    utm_campaign="autumn-2026",
)

FEWEST_ANSWERS = Lead.model_construct(name="Bo", phone=Phone(typed="+44 20 7946 0958", e164="+442079460958"))


def _lead(status: Status, *history: tuple[str, Event], **facts: Any) -> StoredLead:
    standard = {
        "reference": "7K2M-9QXA-T3VB",
        "fingerprint": "7K2M9QXAT3VB0123456789ABCDEFGHJKMNPQRSTVWXYZ01234567",
        "lead": ALL_ANSWERS,
        "priority": False,
        "review_reason": None,
        "received_at": at("16:00:00.123456"),
        "contact_by": at("23:00", 18),
        "call_by": at("23:00", 18),
        "next_at": None,
        "expires_at": None,
        "version": len(history) - 1,
    }
    entries = (Entry(at("16:00:00.123456"), Event.RECEIVED), *(Entry(at(time), event) for time, event in history))
    return StoredLead(**{**standard, **facts}, status=status, history=entries)


LEADS: Mapping[str, StoredLead] = {
    "in_review": _lead(
        Status.IN_REVIEW,
        ("16:00:00.123456", Event.HELD_FOR_REVIEW),
        lead=FEWEST_ANSWERS,
        review_reason="there is a web address in the name",
        version=0,
    ),
    "stored": _lead(
        Status.STORED,
        next_at=at("16:00:00.123456"),
        version=0,
        screening=Screening(network="0123456789ABCDEFGHJKMNPQRS", reason="there is a web address in the name"),
    ),
    "notified": _lead(
        Status.NOTIFIED, ("16:00:01", Event.SEND_FAILED), ("16:01", Event.NOTIFIED), next_at=at("21:00", 18)
    ),
    "try_again": _lead(
        Status.TRY_AGAIN,
        ("16:00:01", Event.NOTIFIED),
        ("16:20", Event.NO_ANSWER),
        ("16:21", Event.CALL_REPORTED),
        priority=True,
        contact_by=at("18:00"),
        call_by=at("16:50"),
        next_at=at("16:50"),
        no_answers=1,
    ),
    "reminded": _lead(
        Status.REMINDED,
        ("16:00:00.123456", Event.HELD_FOR_REVIEW),
        ("16:30", Event.RELEASED),
        ("16:30:01", Event.NOTIFIED),
        ("21:00", Event.REMINDED),
        review_reason="there is a web address in the name",
        next_at=at("23:00", 18),
    ),
    "overdue": _lead(
        Status.OVERDUE,
        ("16:00:01", Event.NOTIFIED),
        ("17:00", Event.NO_ANSWER),
        ("18:00", Event.NO_ANSWER),
        ("19:00", Event.UNREACHABLE),
        ("19:01", Event.ESCALATED),
        ("19:02", Event.SEND_FAILED),
        ("19:04", Event.SEND_FAILED),
        lead=FEWEST_ANSWERS,
        call_by=at("18:00", 19),
        next_at=at("19:06"),
        no_answers=3,
        failures=2,
    ),
    "contacted": _lead(
        Status.CONTACTED, ("16:00:01", Event.NOTIFIED), ("16:45", Event.CONTACTED), expires_at=at("16:45", 30)
    ),
    "not_a_lead": _lead(
        Status.NOT_A_LEAD,
        ("16:00:00.123456", Event.HELD_FOR_REVIEW),
        ("17:00", Event.NOT_A_LEAD),
        review_reason="there is a web address in the name",
        expires_at=at("17:00", 30),
    ),
    "asked_again": _lead(
        Status.STORED,
        ("16:00:01", Event.NOTIFIED),
        ("16:45", Event.CONTACTED),
        ("16:46", Event.REOPENED),
        ("16:47", Event.CONTACTED),
        ("20:00", Event.ASKED_AGAIN),
        contact_by=at("23:00", 19),
        call_by=at("23:00", 19),
        next_at=at("20:01"),
        earlier=(Promise(made_at=at("16:00:00.123456"), due_at=at("23:00", 18)),),
    ),
}
"""The lead in each golden file, by the file's name. Together they have every status and every event."""


def text(lead: StoredLead) -> str:
    """Return the item that today's code writes, in DynamoDB's notation."""
    return as_json({**items.write(lead), "write": WRITE})


def texts() -> dict[str, str]:
    """Return each golden file as today's code writes it."""
    return {f"items/{name}.json": text(lead) for name, lead in LEADS.items()}
