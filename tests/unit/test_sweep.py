"""The sweep: what is due is leased, sent and recorded, in batches and in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from leads.domain.errors import MailError, StoreError
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.services.follow_up import UrgentLimiter
from leads.services.sweep import BATCH_TIMEOUT, LIST_TIMEOUT, Limits, Sweep

from tests.support import factories
from tests.support.factories import TUESDAY
from tests.support.memory import MemoryServices

LONG = dt.timedelta(minutes=4)


@pytest.fixture
def memory() -> MemoryServices:
    """Return services on a Tuesday whose digest was sent."""
    made = MemoryServices()
    made.locks.complete("digest 2026-11-17", TUESDAY)
    return made


def due(memory: MemoryServices, count: int, *events: Event, **answers: Any) -> list[StoredLead]:
    leads = [factories.stored(*events, name=f"Person {number}", **answers) for number in range(count)]
    return [memory.keep(replace(lead, next_at=TUESDAY)) for lead in leads]


def sweep(memory: MemoryServices, time_left: dt.timedelta = LONG, **limits: int) -> dict[str, int]:
    urgent = UrgentLimiter(memory.counters, memory.locks)
    return Sweep(memory.service, urgent, lambda: time_left, Limits(**limits)).run()  # type: ignore[arg-type]  # ints only


def test_what_is_due_is_sent_and_recorded(memory: MemoryServices) -> None:
    (lead,) = due(memory, 1)

    assert sweep(memory) == {"due": 1, "sent": 1}
    assert memory.now(lead).status is Status.NOTIFIED


def test_what_is_not_due_is_left_alone(memory: MemoryServices) -> None:
    memory.keep(factories.stored())

    assert sweep(memory) == {"due": 0, "sent": 0}


def test_a_second_sweep_sends_nothing_more(memory: MemoryServices) -> None:
    due(memory, 2)
    sweep(memory)

    assert sweep(memory) == {"due": 0, "sent": 0}


def test_a_lead_is_leased_while_its_email_is_on_its_way(memory: MemoryServices) -> None:
    due(memory, 1)
    seen: list[dict[str, int]] = []
    memory.mailer.on_send = lambda: seen.append(sweep(memory))

    sweep(memory)

    assert seen == [{"due": 0, "sent": 0}]


@pytest.mark.parametrize(("count", "emails"), [(20, 20), (21, 1)])
def test_from_21_on_leads_are_listed_in_one_email(memory: MemoryServices, count: int, emails: int) -> None:
    due(memory, count)

    sweep(memory)

    assert len(memory.mailer.sent) == emails


def test_urgent_leads_come_first_and_alone(memory: MemoryServices) -> None:
    due(memory, 3)
    due(memory, 1, conditions=["suicidal-thoughts"])

    sweep(memory, separate=1)

    assert [(len(email.leads), email.leads[0].priority) for email in memory.mailer.sent] == [(1, True), (3, False)]


def test_urgent_leads_beyond_ten_an_hour_are_listed(memory: MemoryServices) -> None:
    due(memory, 14, conditions=["suicidal-thoughts"])

    sweep(memory)

    assert [len(email.leads) for email in memory.mailer.sent] == [1] * 10 + [4]


def test_every_batch_is_sent(memory: MemoryServices) -> None:
    due(memory, 5)

    assert sweep(memory, batch=2) == {"due": 5, "sent": 5}


def test_without_time_for_a_batch_none_is_begun(memory: MemoryServices) -> None:
    due(memory, 1)

    assert sweep(memory, BATCH_TIMEOUT - dt.timedelta(seconds=1)) == {"due": 0, "sent": 0}


def test_a_lead_that_cannot_be_leased_does_not_stop_the_others(memory: MemoryServices) -> None:
    due(memory, 2)

    def fail_once(operation: str) -> None:
        if operation == "change":
            memory.table.fail = lambda _operation: None
            raise StoreError("InternalServerError")

    memory.table.fail = fail_once

    assert sweep(memory) == {"due": 2, "sent": 1}


def test_an_email_that_was_not_taken_is_sent_later(memory: MemoryServices) -> None:
    due(memory, 1)
    memory.mailer.refusal = MailError("TooManyRequestsException")
    sweep(memory)
    memory.mailer.refusal = None
    memory.clock.advance(minutes=10)

    assert sweep(memory) == {"due": 1, "sent": 1}


def test_the_age_of_the_oldest_unsent_lead_is_logged(
    memory: MemoryServices, capsys: pytest.CaptureFixture[str]
) -> None:
    memory.keep(factories.stored())
    memory.clock.advance(seconds=50)

    sweep(memory)

    assert '"OldestUnsentSeconds": 50' in capsys.readouterr().out


@pytest.mark.parametrize(("time_left", "kinds"), [(LIST_TIMEOUT, ["digest"]), (LIST_TIMEOUT - LONG / 240, [])])
def test_the_digest_is_sent_where_there_is_time_for_it(time_left: dt.timedelta, kinds: list[str]) -> None:
    memory = MemoryServices()
    memory.keep(factories.stored(Event.NOTIFIED))

    sweep(memory, time_left)

    assert memory.mailer.kinds == kinds


def test_a_digest_that_fails_does_not_stop_the_review_list() -> None:
    memory = MemoryServices()
    memory.keep(factories.stored(review_reason="odd", at=TUESDAY - dt.timedelta(minutes=1)))

    def fail_once() -> None:
        memory.mailer.on_send = lambda: None
        raise ZeroDivisionError

    memory.mailer.on_send = fail_once
    sweep(memory)

    assert memory.mailer.kinds == ["digest", "review"]
