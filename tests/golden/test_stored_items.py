"""Stored items are read, and written byte for byte as they were recorded."""

from __future__ import annotations

import json
import re

import pytest
from leads.aws import items
from leads.domain.lifecycle import Event, Status

from tests.golden.files import every, golden
from tests.golden.today.items import LEADS, text


@pytest.mark.parametrize("name", LEADS)
def test_a_golden_item_is_read_as_the_lead_that_it_was_made_of(name: str) -> None:
    assert items.read(json.loads(golden(f"items/{name}.json"))) == LEADS[name]


@pytest.mark.parametrize("name", LEADS)
def test_a_lead_is_written_byte_for_byte_as_its_golden_item(name: str) -> None:
    assert text(LEADS[name]) == golden(f"items/{name}.json")


@pytest.mark.parametrize("name", LEADS)
def test_a_golden_item_is_written_back_byte_for_byte(name: str) -> None:
    recorded = golden(f"items/{name}.json")

    assert text(items.read(json.loads(recorded))) == recorded


@pytest.mark.parametrize("path", every("items"))
def test_a_golden_item_of_any_version_is_readable(path: str) -> None:
    assert items.read(json.loads(golden(path))).reference == "7K2M-9QXA-T3VB"


@pytest.mark.parametrize("status", Status)
def test_a_golden_item_has_this_status(status: Status) -> None:
    assert status.value in {json.loads(item)["status"]["S"] for item in every("items").values()}


@pytest.mark.parametrize("event", Event)
def test_a_golden_item_has_this_event_in_its_history(event: Event) -> None:
    histories = [json.loads(item)["history"]["L"] for item in every("items").values()]

    assert event.value in {entry["M"]["event"]["S"] for history in histories for entry in history}


def test_each_write_gets_a_random_value_of_16_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{16}", items.write(LEADS["stored"])["write"]["S"])


def test_two_writes_of_a_lead_differ_in_that_value() -> None:
    assert items.write(LEADS["stored"])["write"] != items.write(LEADS["stored"])["write"]
