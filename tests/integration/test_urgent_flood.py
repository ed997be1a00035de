"""A flood of urgent requests: ten e-mails alone in an hour, counted in the table, then one list each quarter of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from leads.aws.counters import Locks
from leads.domain.lifecycle import Status

from tests.support import deployed
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY
from tests.support.fakes import text_of

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions on a Tuesday morning whose digest was sent."""
    with deployed.clinic_with_table(tmp_path) as made:
        Locks("leads", made.dynamodb).complete("digest 2026-11-17", TUESDAY)
        yield made


def ask(clinic: Clinic, *numbers: int) -> None:
    for number in numbers:
        clinic.submit(name=f"Person {number}", phone=f"(312) 555-{number:04}", conditions=["suicidal-thoughts"])


def sweep_after(clinic: Clinic, minutes: int) -> None:
    """Sweep each minute of so many."""
    for _ in range(minutes):
        clinic.clock.advance(minutes=1)
        clinic.sweep()


def test_ten_urgent_requests_an_hour_get_an_email_each_and_the_others_come_in_one_list(clinic: Clinic) -> None:
    ask(clinic, *range(15))
    sweep_after(clinic, minutes=1)

    assert len(clinic.mailbox.calls) == 11
    assert clinic.mailbox.subjects[10:] == ["Urgent call-backs. 5 people ask for a call"]


def test_the_next_list_leaves_a_quarter_of_an_hour_later(clinic: Clinic) -> None:
    ask(clinic, *range(12))
    sweep_after(clinic, minutes=1)
    ask(clinic, *range(12, 15))

    sweep_after(clinic, minutes=13)
    before = len(clinic.mailbox.calls)
    sweep_after(clinic, minutes=2)

    assert (before, len(clinic.mailbox.calls)) == (11, 12)


def test_in_the_list_those_without_a_doubt_come_first(clinic: Clinic) -> None:
    ask(clinic, *range(10))
    sweep_after(clinic, minutes=1)
    clinic.submit(name="In doubt", phone="(312) 555-0190", conditions=["suicidal-thoughts"], leave_empty="x")
    clinic.submit(name="Without a doubt", phone="(312) 555-0191", conditions=["suicidal-thoughts"])
    sweep_after(clinic, minutes=1)

    shown = text_of(clinic.mailbox.emails[-1])
    assert shown.index("Without a doubt") < shown.index("In doubt")


def test_an_hour_later_an_urgent_request_gets_an_email_of_its_own_again(clinic: Clinic) -> None:
    ask(clinic, *range(12))
    sweep_after(clinic, minutes=1)
    clinic.clock.advance(hours=1)
    ask(clinic, 12)
    sweep_after(clinic, minutes=1)

    (last,) = [lead.reference for lead in clinic.leads() if lead.lead.name == "Person 12"]
    assert f"Urgent call-back {last}" in clinic.mailbox.subjects


def test_500_urgent_forms_in_four_minutes_are_at_most_20_emails_in_the_hour(clinic: Clinic) -> None:
    for minute in (*range(5), *range(5, 60, 5)):
        clinic.clock.at = TUESDAY + minute * MINUTE
        ask(clinic, *range(125 * minute, 125 * minute + 125 if minute < 4 else 0))
        clinic.sweep()

    assert len(clinic.mailbox.calls) <= 20
    assert {lead.status for lead in clinic.leads()} == {Status.NOTIFIED}
