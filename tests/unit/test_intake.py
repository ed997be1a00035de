"""Taking a lead: one write before the visitor's answer, and what the same submission changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from leads.domain.errors import StaleError, StoreError
from leads.domain.lifecycle import Event, Screening, Status, StoredLead
from leads.services import intake
from leads.services.screening import network_hash

from tests.support import factories
from tests.support.factories import KEY, TUESDAY
from tests.support.memory import MemoryServices

ADDRESS = "203.0.113.7"


@pytest.fixture
def memory() -> MemoryServices:
    return MemoryServices()


def take(memory: MemoryServices, **answers: Any) -> StoredLead:
    return intake.take(factories.lead(**answers), ADDRESS, memory.leads, memory.practice, KEY, memory.clock())


def operations(memory: MemoryServices) -> list[str]:
    """Return a list to which every operation on the table is added from now on."""
    called: list[str] = []
    memory.table.fail = called.append
    return called


def failing(operation: str, error: Exception, times: int = 99) -> Callable[[str], None]:
    """Return a function that fails so many times at this operation."""
    left = [error] * times

    def fail(current: str) -> None:
        if current == operation and left:
            raise left.pop()

    return fail


def test_a_lead_is_due_from_its_receipt_on(memory: MemoryServices) -> None:
    take(memory)

    assert (memory.only().status, memory.only().next_at) == (Status.STORED, TUESDAY)


@pytest.mark.parametrize("answers", [{}, {"leave_empty": "x"}, {"conditions": ["suicidal-thoughts"]}])
def test_taking_a_lead_is_one_write(memory: MemoryServices, answers: dict[str, Any]) -> None:
    called = operations(memory)

    take(memory, **answers)

    assert called == ["put"]


def test_no_email_is_sent(memory: MemoryServices) -> None:
    take(memory)

    assert memory.mailer.sent == []


def test_what_the_sweep_needs_for_screening_is_stored(memory: MemoryServices) -> None:
    take(memory, leave_empty="x")

    reason = "a field that people do not see was filled in"
    assert memory.only().screening == Screening(network_hash(ADDRESS, KEY), reason)


def test_the_promise_runs_from_receipt(memory: MemoryServices) -> None:
    assert take(memory).contact_by == factories.moment("2026-11-18 10:00")


def test_a_lead_that_cannot_be_stored_is_an_error(memory: MemoryServices) -> None:
    memory.table.fail = failing("put", StoreError("InternalServerError"))

    with pytest.raises(StoreError):
        take(memory)


# --- The same submission again ---


def test_the_same_submission_is_one_lead_and_writes_nothing_more(memory: MemoryServices) -> None:
    first, called = take(memory), operations(memory)

    assert (take(memory).reference, called) == (first.reference, ["put"])


def test_a_closed_lead_is_opened_by_one_change(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED))
    memory.clock.advance(hours=1)
    called = operations(memory)

    lead = take(memory)

    assert (lead.status, lead.next_at, len(lead.promises)) == (Status.STORED, memory.clock(), 2)
    assert called == ["put", "change"]


def test_a_second_request_that_looks_like_a_persons_is_screened_anew(memory: MemoryServices) -> None:
    memory.keep(factories.stored(review_reason="odd"))

    lead = take(memory)

    assert (lead.status, lead.next_at, memory.only().screening is None) == (Status.IN_REVIEW, TUESDAY, False)


def test_a_second_request_that_does_not_changes_nothing(memory: MemoryServices) -> None:
    waiting = memory.keep(factories.stored(review_reason="odd"))

    assert take(memory, elapsed="1").version == waiting.version


def test_a_closed_lead_that_cannot_be_opened_is_an_error(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED))
    memory.table.fail = failing("change", StoreError("InternalServerError"))

    with pytest.raises(StoreError):
        take(memory)


def test_a_lead_in_review_that_cannot_be_screened_anew_is_still_promised_its_call(memory: MemoryServices) -> None:
    waiting = memory.keep(factories.stored(review_reason="odd"))
    memory.table.fail = failing("change", StoreError("InternalServerError"))

    assert take(memory).contact_by == waiting.contact_by


def test_a_closed_lead_that_changes_meanwhile_is_decided_anew(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED))
    memory.table.fail = failing("change", StaleError(), times=1)

    assert take(memory).status is Status.STORED


def test_a_lead_that_keeps_changing_is_an_error(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED))
    memory.table.fail = failing("change", StaleError())

    with pytest.raises(StoreError):
        take(memory)


def test_a_lead_that_is_erased_meanwhile_is_stored_anew(memory: MemoryServices) -> None:
    closed = memory.keep(factories.stored(Event.CONTACTED))

    def erase(operation: str) -> None:
        if operation == "change":
            memory.table.leads.pop(closed.reference, None)

    memory.table.fail = erase

    assert take(memory).reference == memory.only().reference


def test_the_next_day_it_is_another_lead(memory: MemoryServices) -> None:
    take(memory)
    memory.clock.at += dt.timedelta(days=1)
    take(memory)

    assert len(memory.table.leads) == 2
