"""Leads as items of DynamoDB: what is written is read, and what another version wrote is not lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from leads.aws import items
from leads.domain.errors import UnreadableError
from leads.domain.lifecycle import Event, StoredLead

from tests.support import factories
from tests.support.factories import TUESDAY
from tests.support.memory import as_stored

LEADS = {
    "open": factories.stored(),
    "without answers": factories.stored(conditions=None, best_time=None, voicemail=None, consent=None, source=None),
    "urgent": factories.stored(conditions=["suicidal-thoughts"]),
    "in review": factories.stored(review_reason="odd"),
    "with a history": factories.stored(Event.NOTIFIED, Event.NO_ANSWER, Event.SEND_FAILED, Event.REMINDED),
    "closed": factories.stored(Event.CONTACTED),
    "asked again": factories.stored(Event.CONTACTED, Event.ASKED_AGAIN),
}


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_what_is_written_is_read(lead: StoredLead) -> None:
    assert items.read(items.write(lead)) == as_stored(lead)


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_only_a_lead_that_owes_a_call_is_in_the_index_of_due_leads(lead: StoredLead) -> None:
    assert ("next_at" in (item := items.write(lead)), "shard" in item) == (lead.is_open, lead.is_open)


@pytest.mark.parametrize(
    ("name", "partition", "look_at"),
    [
        ("open", "open", "call_by"),
        ("urgent", "urgent", "call_by"),
        ("in review", "review", "contact_by"),
        ("asked again", "open", "call_by"),
    ],
)
def test_the_worklist_is_sorted_by_when_a_person_should_look(name: str, partition: str, look_at: str) -> None:
    lead = replace(LEADS[name], call_by=TUESDAY + dt.timedelta(days=3))
    item = items.write(lead)

    assert (item["list"]["S"], item["look_at"]["S"]) == (partition, items.moment_text(getattr(lead, look_at)))


def test_a_closed_lead_is_in_the_worklist_of_its_day_by_the_time_of_closing() -> None:
    item = items.write(LEADS["closed"])

    closed_at = items.moment_text(LEADS["closed"].history[-1].at)
    assert (item["list"]["S"], item["look_at"]["S"]) == ("closed 2026-11-17", closed_at)


def test_a_number_is_found_by_its_last_four_digits() -> None:
    item = items.write(factories.stored(phone="(312) 555-0187 x12"))

    assert (item["last_four"], item["e164"]) == ({"S": "0187"}, {"S": "+13125550187"})


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_only_a_closed_lead_expires(lead: StoredLead) -> None:
    assert ("expires_at" in items.write(lead)) is lead.is_closed


def test_attributes_that_this_code_does_not_know_survive_a_write() -> None:
    item: Any = items.write(factories.stored())
    item["newer"] = {"S": "kept"}
    item["lead"]["M"]["newer"] = {"SS": ["kept"]}
    item["history"]["L"][0]["M"]["newer"] = {"N": "1.5"}

    again: Any = items.write(items.read(item))

    assert again["newer"] == {"S": "kept"}
    assert again["lead"]["M"]["newer"] == {"SS": ["kept"]}
    assert again["history"]["L"][0]["M"]["newer"] == {"N": "1.5"}


def test_two_writes_of_one_lead_differ() -> None:
    lead = factories.stored()

    assert items.write(lead)["write"] != items.write(lead)["write"]


def test_an_unreadable_item_is_named_by_its_reference_alone() -> None:
    item = items.write(factories.stored())
    del item["received_at"]

    with pytest.raises(UnreadableError, match=f"^{factories.stored().reference}$") as raised:
        items.read(item)

    assert raised.value.__cause__ is None
