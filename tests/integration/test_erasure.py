"""Erase a number: nothing of it is left in the table, and no other lead is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from leads.domain import retention
from leads.domain.errors import StaleError
from leads.domain.lifecycle import Event
from leads.domain.retention import COUNT_LIFETIME
from leads.services import erasure
from leads.services.erasure import Erased

from tests.support import deployed, factories
from tests.support.deployed import Clinic

ADA = "+13125550187"


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.table() as dynamodb, deployed.clinic(tmp_path / "compiled", dynamodb) as running:
        yield running


def erase(clinic: Clinic) -> Erased:
    found = [reference for reference, _ in clinic.table.of_number(ADA)]
    return erasure.erase(found, erasure.traces(ADA, clinic.clock(), clinic.settings), clinic.table)


def everything_in(clinic: Clinic) -> str:
    """Return all items of the table as one text."""
    return str(clinic.dynamodb.scan(TableName=clinic.settings.table)["Items"])


# --- What goes, and what stays ---


def test_every_lead_of_the_number_goes(clinic: Clinic) -> None:
    clinic.submit()
    clinic.submit(name="Ada King")
    erase(clinic)
    assert clinic.leads() == []


@pytest.mark.parametrize("phone", ["(312) 555-0187 ext. 4", "+1 312 555 0187", "0312 555 0187", "001 312 555 0187 x4"])
def test_the_number_goes_in_every_form_in_which_it_came(clinic: Clinic, phone: str) -> None:
    clinic.submit(phone=phone)
    erase(clinic)
    assert clinic.leads() == []


@pytest.mark.parametrize("e164", ["+103125550187", "+1003125550187"])
def test_the_number_goes_with_the_zeros_that_older_rules_kept(clinic: Clinic, e164: str) -> None:
    clinic.submit()
    clinic.dynamodb.update_item(
        TableName="leads",
        Key={"reference": {"S": clinic.only().reference}},
        UpdateExpression="SET #lead.phone.e164 = :e164",
        ExpressionAttributeNames={"#lead": "lead"},
        ExpressionAttributeValues={":e164": {"S": e164}},
    )
    assert erase(clinic).leads == 1


def test_a_closed_lead_goes_too(clinic: Clinic) -> None:
    clinic.keep(factories.stored(Event.NOTIFIED, Event.CONTACTED))
    erase(clinic)
    assert clinic.leads() == []


def test_a_lead_that_has_expired_but_is_still_in_the_table_goes_too(clinic: Clinic) -> None:
    clinic.submit()
    clinic.clock.advance(days=366)
    assert erase(clinic).leads == 1


def test_the_days_counts_of_the_number_go(clinic: Clinic) -> None:
    clinic.submit()
    clinic.sweep()
    erase(clinic)
    assert "phone " not in everything_in(clinic)


def test_counts_of_days_that_deletion_may_still_owe_go(clinic: Clinic) -> None:
    clinic.clock.at = factories.moment("2026-11-17 17:59")  # a minute before midnight in UTC
    clinic.submit()
    clinic.sweep()
    clinic.clock.at += COUNT_LIFETIME + retention.TTL_DELAY
    erase(clinic)
    assert "phone " not in everything_in(clinic)


def test_nothing_of_the_number_is_left_in_the_table(clinic: Clinic) -> None:
    clinic.submit()
    erase(clinic)
    assert not any(word in everything_in(clinic) for word in ("5550187", "555-0187", "Lovelace"))


def test_other_peoples_leads_stay(clinic: Clinic) -> None:
    clinic.submit()
    clinic.submit(name="Grace Hopper", phone="(312) 555-0199")
    erase(clinic)
    assert clinic.only().lead.name == "Grace Hopper"


def test_other_numbers_counts_stay(clinic: Clinic) -> None:
    clinic.submit(phone="(312) 555-0199")
    clinic.sweep()
    erase(clinic)
    assert "phone " in everything_in(clinic)


def test_what_went_is_counted(clinic: Clinic) -> None:
    clinic.submit()
    clinic.submit(name="Ada King")
    clinic.sweep()
    assert erase(clinic) == Erased(leads=2, traces=1)


def test_erasing_twice_finds_nothing_the_second_time(clinic: Clinic) -> None:
    clinic.submit()
    erase(clinic)
    assert erase(clinic) == Erased(leads=0, traces=0)


def test_a_lead_that_is_changed_while_it_is_erased_does_not_come_back(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(Event.NOTIFIED))
    erase(clinic)
    with pytest.raises(StaleError):
        clinic.table.change(lead, lead)


def test_the_same_person_may_ask_again(clinic: Clinic) -> None:
    clinic.submit()
    erase(clinic)
    clinic.submit()
    assert clinic.only().received_at == clinic.clock()
