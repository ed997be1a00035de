"""Reasons to review a submission: too many from one address or with one number."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from leads.domain import lifecycle
from leads.domain.errors import StoreError
from leads.domain.lifecycle import Event, Screening
from leads.services import screening

from tests.support import compiled_assets, factories
from tests.support.factories import TUESDAY
from tests.support.memory import MemoryCounters, MemoryTable

SETTINGS = compiled_assets.settings(LEADS_ADDRESS_LIMIT="2")
HOUR = dt.timedelta(hours=1)
ADDRESS = "203.0.113.7"


@pytest.fixture
def counters() -> MemoryCounters:
    return MemoryCounters()


def reason(counters: MemoryCounters, address: str = ADDRESS, now: dt.datetime = TUESDAY, **answers: Any) -> str | None:
    network = screening.network_hash(address, SETTINGS.key)
    asked = Screening(network, factories.lead(**answers).review_reason)
    return screening.review_reason(factories.stored(at=now, **answers), asked, counters, SETTINGS)


def test_a_person_has_no_reason(counters: MemoryCounters) -> None:
    assert reason(counters) is None


def test_what_the_form_itself_shows_is_the_reason(counters: MemoryCounters) -> None:
    assert reason(counters, leave_empty="x") == "a field that people do not see was filled in"


def test_nothing_is_counted_where_the_form_itself_is_the_reason(counters: MemoryCounters) -> None:
    reason(counters, leave_empty="x")

    assert counters.table.counters == {}


def test_more_requests_than_the_limit_from_one_address_are_reviewed(counters: MemoryCounters) -> None:
    reasons = [reason(counters) for _ in range(3)]

    assert reasons == [None, None, "more than 2 requests came from one address within the hour"]


def test_the_next_hour_counts_from_zero(counters: MemoryCounters) -> None:
    assert [reason(counters, now=TUESDAY + ago * HOUR) for ago in (0, 0, 1, 1)] == [None] * 4


def test_a_request_counts_in_the_hour_in_which_the_visitor_asked_again(counters: MemoryCounters) -> None:
    lead = factories.stored(Event.CONTACTED)
    again = lifecycle.ask_again(lead, Screening("network"), TUESDAY + 5 * HOUR, factories.SAMPLE)

    screening.review_reason(again, Screening("network"), counters, SETTINGS)

    assert "address network 2026-11-17T21" in counters.table.counters


def test_addresses_are_counted_apart(counters: MemoryCounters) -> None:
    assert [reason(counters, f"203.0.113.{number}") for number in range(4)] == [None] * 4


def test_addresses_of_one_ipv6_network_count_as_one(counters: MemoryCounters) -> None:
    assert [reason(counters, f"2001:db8::{number}") is None for number in range(3)] == [True, True, False]


def test_a_fourth_name_with_one_number_is_reviewed(counters: MemoryCounters) -> None:
    reasons = [reason(counters, f"203.0.113.{name}", name=f"Ada {name}") for name in range(4)]

    assert reasons == [None, None, None, "this number came with more than 3 names today"]


def test_one_name_in_two_spellings_counts_once(counters: MemoryCounters) -> None:
    names = ["Ada", "ADA", "ada", "Grace", "Joan"]

    assert [reason(counters, f"203.0.113.{place}", name=name) for place, name in enumerate(names)] == [None] * 5


def test_a_count_that_fails_is_no_reason(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(operation: str) -> None:
        raise StoreError("ThrottlingException")

    assert reason(MemoryCounters(MemoryTable(fail=fail))) is None
    assert '"outcome": "ThrottlingException"' in capsys.readouterr().out


def test_counters_contain_neither_address_nor_number_nor_name(counters: MemoryCounters) -> None:
    reason(counters)

    assert not [word for word in (ADDRESS, "5550187", "Lovelace") if word in str(counters.table.counters)]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002"),
        ("2001:db8:1:2::", "20010db800010002"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_an_ipv6_network_is_its_first_64_bits(address: str, network: str) -> None:
    assert screening.network(address) == network
