"""Erase a number: how it is read, which counters it may have left, and what is deleted."""

from __future__ import annotations

import datetime as dt

import pytest
from leads.services import erasure
from leads.services.erasure import Erased

from tests.support import compiled_assets, factories
from tests.support.memory import MemoryServices

ADA = "+13125550187"
SETTINGS = compiled_assets.settings()

# --- The number ---


@pytest.mark.parametrize(
    "typed",
    [
        "(312) 555-0187",
        "312.555.0187",
        "+1 312 555 0187",
        "1-312-555-0187",
        ADA,
        "0312 555 0187",
        "001 312 555 0187",
        "+1 0312 555 0187",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert erasure.number(typed, factories.SAMPLE) == ADA


def test_a_number_that_the_form_would_refuse_can_still_be_erased() -> None:
    assert erasure.number("+1 112 555 0187", factories.SAMPLE) == "+11125550187"


@pytest.mark.parametrize("typed", ["", "Ada", "12", "--"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(erasure.NotANumberError):
        erasure.number(typed, factories.SAMPLE)


def test_the_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(erasure.NotANumberError) as refused:
        erasure.number("Ada", factories.SAMPLE)
    assert "Ada" not in str(refused.value)


def test_traces_of_two_numbers_have_different_names() -> None:
    ours, theirs = (erasure.traces(number, factories.TUESDAY, SETTINGS) for number in (ADA, "+13125550199"))
    assert not set(ours) & set(theirs)


def test_no_trace_is_named_after_the_number() -> None:
    names = erasure.traces(ADA, factories.TUESDAY, SETTINGS)
    assert not any("5550187" in name for name in names)


def test_traces_of_every_day_that_the_table_may_keep_are_named() -> None:
    days = [name.rsplit(" ", 1)[1] for name in erasure.traces(ADA, factories.TUESDAY, SETTINGS)]
    assert days == [(factories.TUESDAY.date() - dt.timedelta(days=ago)).isoformat() for ago in range(5)]


def test_leads_and_counters_are_deleted_and_counted() -> None:
    memory = MemoryServices()
    lead = memory.keep(factories.stored())
    names = erasure.traces(ADA, factories.TUESDAY, SETTINGS)
    memory.counters.add_distinct(names[0], "Ada", 4, factories.TUESDAY)

    assert erasure.erase([lead.reference], names, memory.leads) == Erased(leads=1, traces=1)
    assert (memory.table.leads, memory.table.counters) == ({}, {})


def test_other_leads_stay() -> None:
    memory = MemoryServices()
    memory.keep(factories.stored())

    assert erasure.erase(["0000-0000-0000"], [], memory.leads) == Erased(leads=0, traces=0)
    assert len(memory.table.leads) == 1
