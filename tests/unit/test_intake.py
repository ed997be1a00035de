"""Taking a lead: stored first, then the staff are notified, or the sweep does it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from leads.clock import NEVER, Deadline
from leads.domain import lifecycle
from leads.domain.errors import MailError, StoreError
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.services import intake
from leads.services.follow_up import MAX_URGENT_ALONE, RateLimiter
from leads.services.intake import NOTIFY_TIMEOUT

from tests.support import compiled_assets, factories
from tests.support.factories import TUESDAY
from tests.support.memory import MemoryServices

URGENT = ["suicidal-thoughts"]


@pytest.fixture
def memory() -> MemoryServices:
    return MemoryServices()


def take(
    memory: MemoryServices, deadline: Deadline = NEVER, limiter: RateLimiter | None = None, **answers: Any
) -> StoredLead:
    return intake.take(factories.lead(**answers), "203.0.113.7", memory.service, limiter or RateLimiter(), deadline)


def test_a_lead_is_stored_and_the_staff_are_notified(memory: MemoryServices) -> None:
    take(memory)

    assert (memory.only().status, memory.mailer.kinds) == (Status.NOTIFIED, ["notify"])


def test_a_lead_is_stored_before_its_email_is_sent(memory: MemoryServices) -> None:
    stored: list[Status] = []
    memory.mailer.on_send = lambda: stored.append(memory.only().status)

    take(memory)

    assert stored == [Status.STORED]


def test_the_promise_runs_from_receipt(memory: MemoryServices) -> None:
    assert take(memory).contact_by == factories.moment("2026-11-18 10:00")


def test_a_lead_that_cannot_be_stored_is_an_error(memory: MemoryServices) -> None:
    fail_at(memory, "put")

    with pytest.raises(StoreError):
        take(memory)
    assert memory.mailer.sent == []


def fail_at(memory: MemoryServices, operation: str) -> None:
    """Let this operation of the table fail."""

    def fail(current: str) -> None:
        if current == operation:
            raise StoreError("InternalServerError")

    memory.table.fail = fail


def test_a_lead_is_stored_though_nothing_can_be_counted(memory: MemoryServices) -> None:
    fail_at(memory, "increment")

    assert take(memory).status is Status.STORED


def test_an_email_that_fails_leaves_the_lead_to_the_sweep(memory: MemoryServices) -> None:
    memory.mailer.refusal = MailError("TooManyRequestsException")

    take(memory)

    assert (memory.only().status, memory.only().failures) == (Status.STORED, 1)


def test_a_record_that_fails_leaves_the_lead_to_the_sweep(memory: MemoryServices) -> None:
    fail_at(memory, "change")

    take(memory)

    assert (memory.only().status, memory.only().next_at) == (Status.STORED, TUESDAY + lifecycle.LEASE)


def test_without_time_the_email_is_left_to_the_sweep(memory: MemoryServices) -> None:
    take(memory, Deadline.within(NOTIFY_TIMEOUT - 1))

    assert (memory.only().status, memory.mailer.sent) == (Status.STORED, [])


def test_beyond_the_limit_of_the_process_leads_are_left_to_the_sweep(memory: MemoryServices) -> None:
    memory.settings = compiled_assets.settings(LEADS_EMAIL_LIMIT="1")
    limiter = RateLimiter()

    for number in range(3):
        take(memory, limiter=limiter, name=f"Person {number}")

    assert memory.mailer.kinds == ["notify"]


def test_an_urgent_lead_is_announced_beyond_that_limit(memory: MemoryServices) -> None:
    memory.settings = compiled_assets.settings(LEADS_EMAIL_LIMIT="0")

    take(memory, conditions=URGENT)

    assert memory.mailer.kinds == ["notify"]


def test_ten_urgent_leads_an_hour_are_announced_alone(memory: MemoryServices) -> None:
    for number in range(MAX_URGENT_ALONE + 2):
        take(memory, conditions=URGENT, phone=f"312 555 01{number:02}")

    assert memory.mailer.kinds == ["notify"] * MAX_URGENT_ALONE


def test_a_lead_to_review_gets_no_email_and_no_place_in_the_sweep(memory: MemoryServices) -> None:
    lead = take(memory, leave_empty="x")

    assert (lead.status, lead.next_at, memory.mailer.sent) == (Status.IN_REVIEW, None, [])


def test_an_urgent_lead_never_waits_for_review(memory: MemoryServices) -> None:
    lead = take(memory, leave_empty="x", conditions=URGENT)

    assert (lead.review_reason is None, memory.mailer.kinds) == (False, ["notify"])


# --- The same submission again ---


def test_the_same_submission_is_one_lead_and_one_email(memory: MemoryServices) -> None:
    first, second = take(memory), take(memory)

    assert (second.reference, memory.mailer.kinds) == (first.reference, ["notify"])


def test_a_closed_lead_is_opened_by_a_second_request(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED))
    memory.clock.advance(hours=1)

    lead = take(memory)

    assert (lead.status, lead.next_at, len(lead.promises)) == (Status.STORED, memory.clock(), 2)


def test_a_second_request_that_looks_like_a_persons_is_released(memory: MemoryServices) -> None:
    take(memory, elapsed="1")

    assert take(memory).status is Status.STORED


def test_a_second_request_that_does_not_stays_in_review(memory: MemoryServices) -> None:
    take(memory, elapsed="1")

    assert take(memory, elapsed="1").status is Status.IN_REVIEW


def test_a_closed_lead_that_cannot_be_opened_is_an_error(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED))
    fail_at(memory, "change")

    with pytest.raises(StoreError):
        take(memory)


def test_the_next_day_it_is_another_lead(memory: MemoryServices) -> None:
    take(memory)
    memory.clock.at += dt.timedelta(days=1)
    take(memory)

    assert len(memory.table.leads) == 2
