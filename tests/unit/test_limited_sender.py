"""E-mails of a sweep: about one lead each while there are few, the rest as lists, counted in the table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from leads.domain import lifecycle
from leads.domain.errors import MailError, StoreError
from leads.domain.lifecycle import Action, StoredLead
from leads.services.follow_up import LEASE_MARGIN
from leads.services.limited_sender import LimitedSender

from tests.support import factories
from tests.support.factories import TUESDAY
from tests.support.memory import MemoryServices

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def memory() -> MemoryServices:
    return MemoryServices()


def ordinary(memory: MemoryServices, count: int) -> list[StoredLead]:
    return leased(memory, count, conditions=["trd"])


def urgent(memory: MemoryServices, count: int, review_reason: str | None = None) -> list[StoredLead]:
    return leased(memory, count, conditions=["suicidal-thoughts"], review_reason=review_reason)


def leased(memory: MemoryServices, count: int, **facts: Any) -> list[StoredLead]:
    """Store so many further leads, leased from now on."""
    names = [f"Person {len(memory.table.leads) + number}" for number in range(count)]
    return [memory.keep(factories.stored(name=name, at=memory.clock(), **facts)) for name in names]


def sizes(memory: MemoryServices) -> list[int]:
    return [len(email.leads) for email in memory.mailer.sent]


def test_twenty_ordinary_leads_get_an_email_each_and_the_rest_one_list(memory: MemoryServices) -> None:
    assert LimitedSender(memory.service).send(Action.NOTIFY, ordinary(memory, 25), urgent=False) == 25
    assert sizes(memory) == [1] * 20 + [5]


def test_ten_urgent_leads_get_an_email_each_and_the_rest_one_list(memory: MemoryServices) -> None:
    assert LimitedSender(memory.service).send(Action.NOTIFY, urgent(memory, 14), urgent=True) == 14
    assert sizes(memory) == [1] * 10 + [4]


@pytest.mark.parametrize(("conditions", "alone"), [("trd", 20), ("suicidal-thoughts", 3)])
def test_reminders_are_limited_too(memory: MemoryServices, conditions: str, alone: int) -> None:
    leads = leased(memory, 25, conditions=[conditions])

    LimitedSender(memory.service).send(Action.REMIND, leads, urgent=leads[0].priority)

    assert sizes(memory) == [1] * alone + [25 - alone]


@pytest.mark.parametrize(("minutes", "alone"), [(4.9, 0), (5, 2)])
def test_ordinary_emails_are_counted_for_all_sweeps_of_five_minutes(
    memory: MemoryServices, minutes: float, alone: int
) -> None:
    LimitedSender(memory.service).send(Action.NOTIFY, ordinary(memory, 20), urgent=False)
    memory.clock.advance(minutes=minutes)

    LimitedSender(memory.service).send(Action.NOTIFY, ordinary(memory, 2), urgent=False)

    assert sizes(memory)[20:] == ([1] * alone or [2])


def test_those_without_a_reason_for_review_are_first(memory: MemoryServices) -> None:
    leads = [*urgent(memory, 10, review_reason="odd"), *urgent(memory, 1)]

    LimitedSender(memory.service).send(Action.NOTIFY, leads, urgent=True)

    assert memory.mailer.sent[0].leads[0].review_reason is None


def test_leads_that_cannot_be_counted_are_listed(memory: MemoryServices) -> None:
    def fail(operation: str) -> None:
        if operation == "take_slot":
            raise StoreError("ThrottlingException")

    memory.table.fail = fail

    assert LimitedSender(memory.service).send(Action.NOTIFY, ordinary(memory, 2), urgent=False) == 2
    assert sizes(memory) == [2]


def test_a_lead_whose_lease_is_about_to_end_takes_no_place(memory: MemoryServices) -> None:
    leads = ordinary(memory, 2)
    memory.clock.at = TUESDAY + lifecycle.LEASE - LEASE_MARGIN

    assert LimitedSender(memory.service).send(Action.NOTIFY, leads, urgent=False) == 0
    assert memory.table.slots == {}


# --- The list of urgent leads ---


def listed(memory: MemoryServices, sender: LimitedSender) -> int:
    """Return for how many of two urgent leads beyond the ten of the hour an e-mail goes out now."""
    return sender.send(Action.NOTIFY, urgent(memory, 2), urgent=True)


@pytest.fixture
def flooded(memory: MemoryServices) -> MemoryServices:
    """Return services after the ten urgent e-mails of this hour."""
    LimitedSender(memory.service).send(Action.NOTIFY, urgent(memory, 10), urgent=True)
    return memory


def test_one_sweep_sends_every_list_of_a_quarter_of_an_hour(flooded: MemoryServices) -> None:
    sender = LimitedSender(flooded.service)

    assert [listed(flooded, sender) for _ in range(2)] == [2, 2]


@pytest.mark.parametrize(("minutes", "taken"), [(13, 0), (14, 2)])
def test_the_next_list_waits_for_a_quarter_of_an_hour_less_a_sweep(
    flooded: MemoryServices, minutes: int, taken: int
) -> None:
    listed(flooded, LimitedSender(flooded.service))
    flooded.clock.advance(minutes=minutes)

    assert listed(flooded, LimitedSender(flooded.service)) == taken


def test_leads_that_come_in_while_the_sweep_works_make_no_second_list(flooded: MemoryServices) -> None:
    sender = LimitedSender(flooded.service)
    listed(flooded, sender)
    sender.end_urgent_list()

    assert listed(flooded, sender) == 0


def test_a_list_that_failed_is_sent_by_the_next_sweep(flooded: MemoryServices) -> None:
    flooded.mailer.refusal = MailError("TooManyRequestsException")
    listed(flooded, LimitedSender(flooded.service))
    flooded.mailer.refusal = None

    assert listed(flooded, LimitedSender(flooded.service)) == 2
