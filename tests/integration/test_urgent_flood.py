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


def ask(clinic: Clinic, number: int) -> None:
    clinic.submit(name=f"Person {number}", phone=f"(312) 555-{number:04}", conditions=["suicidal-thoughts"])


def test_ten_urgent_requests_an_hour_get_an_email_each(clinic: Clinic) -> None:
    for number in range(12):
        ask(clinic, number)

    assert len(clinic.mailbox.calls) == 10


def test_the_others_come_in_one_list(clinic: Clinic) -> None:
    for number in range(15):
        ask(clinic, number)
    clinic.clock.advance(minutes=5)
    clinic.sweep()

    assert clinic.mailbox.subjects[10:] == ["Urgent call-backs. 5 people ask for a call"]


def test_the_next_list_leaves_a_quarter_of_an_hour_later(clinic: Clinic) -> None:
    for number in range(12):
        ask(clinic, number)
    clinic.clock.advance(minutes=5)
    clinic.sweep()
    for number in range(12, 15):
        ask(clinic, number)

    counts = []
    for _ in range(3):
        clinic.clock.advance(minutes=5)
        clinic.sweep()
        counts.append(len(clinic.mailbox.calls))

    assert counts == [11, 11, 12]


def test_in_the_list_those_without_a_doubt_come_first(clinic: Clinic) -> None:
    for number in range(10):
        ask(clinic, number)
    clinic.submit(name="In doubt", phone="(312) 555-0190", conditions=["suicidal-thoughts"], leave_empty="x")
    clinic.submit(name="Without a doubt", phone="(312) 555-0191", conditions=["suicidal-thoughts"])
    clinic.clock.advance(minutes=5)
    clinic.sweep()

    shown = text_of(clinic.mailbox.emails[-1])
    assert shown.index("Without a doubt") < shown.index("In doubt")


def test_an_hour_later_an_urgent_request_gets_an_email_of_its_own_again(clinic: Clinic) -> None:
    for number in range(11):
        ask(clinic, number)
    clinic.clock.advance(hours=1)
    ask(clinic, 11)

    assert len(clinic.mailbox.calls) == 11


def test_500_urgent_forms_in_four_minutes_are_at_most_20_emails_in_the_hour(clinic: Clinic) -> None:
    for number in range(500):
        clinic.clock.at = TUESDAY + number * dt.timedelta(seconds=0.48)
        ask(clinic, number)
    for minute in range(5, 60, 5):
        clinic.clock.at = TUESDAY + minute * MINUTE
        clinic.sweep()

    assert len(clinic.mailbox.calls) <= 20
    assert {lead.status for lead in clinic.leads()} == {Status.NOTIFIED}
