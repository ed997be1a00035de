"""What every version of the stored form keeps to: defaults, unknown attributes, removed attributes, the number."""

from __future__ import annotations

import copy
import json
import traceback
from collections.abc import Sequence
from typing import Any

import pytest
from leads.aws import item_models, items
from leads.aws.dynamodb import Item
from leads.domain import lifecycle
from leads.domain.errors import UnreadableError
from leads.domain.lifecycle import Event

from tests.golden.files import golden
from tests.golden.today.items import at
from tests.support.factories import SAMPLE

Place = Sequence[str | int]


def item(name: str) -> Item:
    """Return a golden item."""
    found: Item = json.loads(golden(f"items/{name}.json"))
    return found


def attributes(stored: Item, place: Place) -> Item:
    """Return the map of attributes at this place of an item, for example ("history", 0)."""
    inner: Any = {"M": stored}
    for step in place:
        inner = inner["L"][step] if isinstance(step, int) else inner["M"][step]
    found: Item = inner["M"]
    return found


def after(stored: Item, *events: Event) -> Item:
    """Return the item as it is written back after these events."""
    lead = items.read(stored)
    for minute, event in enumerate(events):
        lead = lifecycle.apply(lead, event, at(f"21:{minute:02}"), SAMPLE)
    return items.write(lead)


# --- Defaults ---

OPTIONAL: dict[str, tuple[Place, str]] = {
    "schema": ((), "schema"),
    "review_reason": ((), "review_reason"),
    "next_at": ((), "next_at"),
    "expires_at": ((), "expires_at"),
    "no_answers": ((), "no_answers"),
    "failures": ((), "failures"),
    "earlier": ((), "earlier"),
    "screening": ((), "screening"),
    "phone extension": (("lead", "phone"), "extension"),
    "conditions": (("lead",), "conditions"),
    "best_time": (("lead",), "best_time"),
    "voicemail": (("lead",), "voicemail"),
    "consent": (("lead",), "consent"),
    "source": (("lead",), "source"),
    "utm_source": (("lead",), "utm_source"),
    "utm_medium": (("lead",), "utm_medium"),
    "utm_campaign": (("lead",), "utm_campaign"),
}
"""Each attribute that an item may lack, by where it is."""


@pytest.mark.parametrize(("place", "name"), OPTIONAL.values(), ids=OPTIONAL)
def test_an_item_is_readable_without_an_attribute_that_has_a_default(place: Place, name: str) -> None:
    stored = item("contacted")
    attributes(stored, place).pop(name, None)

    assert items.read(stored).reference == stored["reference"]["S"]


def test_every_attribute_with_a_default_is_in_the_table_above() -> None:
    models = (
        ((), item_models.LeadItem),
        (("lead",), item_models.StoredAnswers),
        (("lead", "phone"), item_models.StoredPhone),
    )
    with_default = [
        (place, field.alias or name)
        for place, model in models
        for name, field in model.model_fields.items()
        if not field.is_required()
    ]

    assert sorted(map(str, with_default)) == sorted(map(str, OPTIONAL.values()))


# --- Unknown attributes ---

UNKNOWN: dict[str, Item] = {
    "text": {"S": "kept"},
    "a fraction": {"N": "1.5"},
    "bytes": {"B": "AAE="},
    "a map": {"M": {"inner": {"L": [{"NULL": True}]}}},
}

PLACES: dict[str, Place] = {
    "at the top": (),
    "inside the answers": ("lead",),
    "inside the phone number": ("lead", "phone"),
    "inside the first entry of the history": ("history", 0),
    "inside the last entry of the history": ("history", 5),
    "inside an earlier promise": ("earlier", 0),
}


@pytest.mark.parametrize("value", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_an_unknown_attribute_survives_a_change(place: Place, value: Item) -> None:
    stored = item("asked_again")
    attributes(stored, place)["language"] = value

    assert attributes(after(stored, Event.NOTIFIED), place)["language"] == value


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_an_unknown_attribute_survives_a_new_request(place: Place) -> None:
    # It adds an entry to the history and an earlier promise: neither may take the attribute of another.
    stored = item("asked_again")
    attributes(stored, place)["language"] = {"S": "kept"}

    written = after(stored, Event.CONTACTED, Event.ASKED_AGAIN)

    assert attributes(written, place)["language"] == {"S": "kept"}


def test_a_new_entry_of_the_history_has_no_unknown_attribute() -> None:
    stored = item("notified")
    for entry in stored["history"]["L"]:
        entry["M"]["by"] = {"S": "ana"}

    written = after(stored, Event.CONTACTED)

    assert "by" not in written["history"]["L"][-1]["M"]


def test_a_known_attribute_is_written_with_its_new_value() -> None:
    assert after(item("notified"), Event.CONTACTED)["status"] == {"S": "contacted"}


# --- Removed attributes ---


def test_a_closed_item_expires() -> None:
    assert "expires_at" in item("contacted")


@pytest.mark.parametrize("event", [Event.REOPENED, Event.ASKED_AGAIN])
def test_an_item_that_is_open_again_does_not_expire(event: Event) -> None:
    assert "expires_at" not in after(item("contacted"), event)


@pytest.mark.parametrize("name", ["next_at", "shard"])
def test_an_open_item_is_in_the_index_of_due_leads(name: str) -> None:
    assert name in item("notified")


@pytest.mark.parametrize("name", ["next_at", "shard"])
def test_a_closed_item_leaves_the_index_of_due_leads(name: str) -> None:
    assert name not in after(item("notified"), Event.CONTACTED)


@pytest.mark.parametrize("event", [Event.HELD_FOR_REVIEW, Event.NOTIFIED, Event.CONTACTED, Event.NO_ANSWER])
def test_nothing_of_the_visitors_network_is_left_in_an_item_after_any_event(event: Event) -> None:
    assert "screening" not in after(item("stored"), event)


# --- The format's number ---


def test_the_number_of_a_newer_format_is_not_lowered() -> None:
    stored = {**item("notified"), "schema": {"N": str(items.SCHEMA + 1)}}

    assert after(stored, Event.CONTACTED)["schema"] == {"N": str(items.SCHEMA + 1)}


def test_an_item_without_a_number_gets_todays() -> None:
    stored = item("notified")
    del stored["schema"]

    assert after(stored, Event.CONTACTED)["schema"] == {"N": str(items.SCHEMA)}


# --- Unreadable items ---


def unreadable(place: Place, name: str, value: Item) -> UnreadableError:
    """Return the error of reading an item with this value at this place."""
    stored = copy.deepcopy(item("notified"))
    attributes(stored, place)[name] = value
    with pytest.raises(UnreadableError) as caught:
        items.read(stored)
    return caught.value


DAMAGE: dict[str, tuple[Place, str, Item]] = {
    "an unknown status": ((), "status", {"S": "Ada Lovelace"}),
    "an unknown event": (("history", 0), "event", {"S": "Ada Lovelace"}),
    "no answers": ((), "lead", {"S": "Ada Lovelace"}),
    "a number that is none": (("lead", "phone"), "e164", {"S": "Ada Lovelace"}),
    "no history": ((), "history", {"L": []}),
    "a time without its zone": ((), "call_by", {"S": "2026-11-17T16:00:00"}),
    "text in place of the format's number": ((), "schema", {"S": "1"}),
}


@pytest.mark.parametrize(("place", "name", "value"), DAMAGE.values(), ids=DAMAGE)
def test_the_error_of_an_unreadable_item_is_its_reference(place: Place, name: str, value: Item) -> None:
    assert unreadable(place, name, value).args == ("7K2M-9QXA-T3VB",)


@pytest.mark.parametrize(("place", "name", "value"), DAMAGE.values(), ids=DAMAGE)
def test_the_printed_error_of_an_unreadable_item_holds_no_answer(place: Place, name: str, value: Item) -> None:
    printed = "".join(traceback.format_exception(unreadable(place, name, value)))

    assert [word for word in ("Lovelace", "555", "+1312") if word in printed] == []
