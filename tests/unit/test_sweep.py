"""The sweep: what is due is leased, sent and recorded, in batches and in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from leads.domain import lifecycle
from leads.domain.errors import MailError, StoreError
from leads.domain.lifecycle import Event, Screening, Status, StoredLead
from leads.services.sweep import BATCH_TIMEOUT, LIST_TIMEOUT, Limits, Sweep

from tests.support import factories
from tests.support.factories import TUESDAY
from tests.support.memory import MemoryServices

LONG = dt.timedelta(minutes=3)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def memory() -> MemoryServices:
    """Return services on a Tuesday whose digest was sent."""
    made = MemoryServices()
    made.locks.complete("digest 2026-11-17", TUESDAY)
    return made


def due(memory: MemoryServices, count: int, *events: Event, **answers: Any) -> list[StoredLead]:
    leads = [factories.stored(*events, name=f"Person {number}", **answers) for number in range(count)]
    return [memory.keep(replace(lead, next_at=TUESDAY)) for lead in leads]


def sweep(
    memory: MemoryServices, time_left: dt.timedelta = LONG, owner: str = "this sweep", **limits: int
) -> dict[str, int]:
    return Sweep(memory.service, owner, lambda: time_left, Limits(**limits)).run()  # type: ignore[arg-type]  # ints only


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


def test_beyond_twenty_in_five_minutes_leads_are_listed(memory: MemoryServices) -> None:
    due(memory, 25)

    sweep(memory)

    assert [len(email.leads) for email in memory.mailer.sent] == [1] * 20 + [5]


# --- Urgent leads ---

URGENT = ["suicidal-thoughts"]


def test_all_urgent_leads_are_sent_before_an_ordinary_one_is_leased(memory: MemoryServices) -> None:
    due(memory, 3)
    due(memory, 3, conditions=URGENT)
    changes: list[str] = []
    memory.table.fail = lambda operation: changes.append(operation) if operation == "change" else None
    sent_after: list[int] = []
    memory.mailer.on_send = lambda: sent_after.append(len(changes))

    sweep(memory, batch=2)

    # Two are leased, sent and recorded; then the third; then two ordinary ones are leased.
    assert (sent_after, [email.leads[0].priority for email in memory.mailer.sent][:3]) == (
        [2, 3, 5, 8, 9, 11],
        [True] * 3,
    )


def test_an_urgent_lead_that_comes_in_meanwhile_is_sent_before_the_next_batch(memory: MemoryServices) -> None:
    due(memory, 4)

    def come_in() -> None:
        memory.mailer.on_send = lambda: None
        due(memory, 1, conditions=URGENT)

    memory.mailer.on_send = come_in
    sweep(memory, batch=2)

    assert [email.leads[0].priority for email in memory.mailer.sent] == [False, False, True, False, False]


def test_an_urgent_email_that_fails_is_tried_once_in_a_sweep(memory: MemoryServices) -> None:
    due(memory, 1, conditions=URGENT)
    due(memory, 2)
    memory.mailer.refusal = MailError("TooManyRequestsException")

    assert sweep(memory, batch=1) == {"due": 3, "sent": 0}


# --- Screening ---


def asked(memory: MemoryServices, reason: str | None = None, **answers: Any) -> StoredLead:
    """Store a lead as it is before the sweep."""
    made = factories.stored(**answers)
    screening = Screening("a network", reason)
    return memory.keep(
        lifecycle.receive(made.lead, made.reference, made.fingerprint, TUESDAY, memory.practice, screening)
    )


def test_a_lead_without_a_reason_for_review_is_sent(memory: MemoryServices) -> None:
    lead = asked(memory)

    sweep(memory)

    assert (memory.now(lead).status, memory.now(lead).screening) == (Status.NOTIFIED, None)


def test_screening_and_lease_are_one_write(memory: MemoryServices) -> None:
    lead = asked(memory)

    sweep(memory)

    assert memory.now(lead).version == 2


def test_a_lead_with_a_reason_for_review_is_held(memory: MemoryServices, capsys: pytest.CaptureFixture[str]) -> None:
    lead = asked(memory, "odd")

    sweep(memory)

    held = memory.now(lead)
    assert (held.status, held.next_at, held.screening, held.version) == (Status.IN_REVIEW, None, None, 1)
    assert '"InReview": 1' in capsys.readouterr().out


def test_an_urgent_lead_with_a_reason_for_review_is_sent(memory: MemoryServices) -> None:
    lead = asked(memory, "odd", conditions=URGENT)

    sweep(memory)

    assert (memory.now(lead).status, memory.now(lead).review_reason) == (Status.NOTIFIED, "odd")


def test_the_eleventh_request_of_a_network_is_held(memory: MemoryServices) -> None:
    for number in range(11):
        asked(memory, phone=f"(312) 555-01{number:02}")

    sweep(memory)

    assert [lead.status for lead in memory.table.leads.values()].count(Status.IN_REVIEW) == 1


@pytest.mark.parametrize(("reason", "kinds"), [(None, ["notify"]), ("odd", [])])
def test_a_lead_in_review_that_was_asked_again_is_released_if_no_reason_is_left(
    memory: MemoryServices, reason: str | None, kinds: list[str]
) -> None:
    waiting = replace(factories.stored(review_reason="too fast"), screening=Screening("x", reason), next_at=TUESDAY)
    lead = memory.keep(waiting)
    memory.locks.store_time("review listed", TUESDAY)

    sweep(memory)

    assert (memory.mailer.kinds, memory.now(lead).screening) == (kinds, None)


def test_a_count_that_fails_does_not_hold_a_lead_back(memory: MemoryServices) -> None:
    asked(memory)

    def fail(operation: str) -> None:
        if operation == "increment":
            raise StoreError("ThrottlingException")

    memory.table.fail = fail

    assert sweep(memory) == {"due": 1, "sent": 1}


# --- One sweep at a time ---


def test_while_a_sweep_works_another_ends_at_once(memory: MemoryServices) -> None:
    due(memory, 2)
    seen: list[dict[str, int]] = []
    memory.mailer.on_send = lambda: seen.append(sweep(memory, owner="another"))

    assert sweep(memory) == {"due": 2, "sent": 2}
    assert seen == [{"due": 0, "sent": 0}] * 2


def test_a_sweep_that_found_the_lock_taken_is_no_sweep_for_the_alarm(
    memory: MemoryServices, capsys: pytest.CaptureFixture[str]
) -> None:
    memory.locks.acquire("sweep", TUESDAY, LONG, "another")

    sweep(memory)

    assert "Swept" not in capsys.readouterr().out


def test_a_sweep_that_did_its_work_is_one_for_the_alarm(
    memory: MemoryServices, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep(memory)

    assert '"Swept": 1' in capsys.readouterr().out


def test_a_sweep_that_ended_makes_room_for_the_next(memory: MemoryServices) -> None:
    sweep(memory)

    assert memory.locks.acquire("sweep", TUESDAY, LONG, "another")


@pytest.mark.parametrize(("later", "sent"), [(BATCH_TIMEOUT - SECOND, 0), (BATCH_TIMEOUT, 1)])
def test_a_sweep_that_died_is_followed_by_the_next_after_its_lock(
    memory: MemoryServices, later: dt.timedelta, sent: int
) -> None:
    memory.locks.acquire("sweep", TUESDAY, BATCH_TIMEOUT, "one that died")
    due(memory, 1)
    memory.clock.at += later

    assert sweep(memory)["sent"] == sent


def test_the_lock_is_renewed_before_each_batch(memory: MemoryServices) -> None:
    due(memory, 3)
    memory.mailer.on_send = lambda: memory.clock.advance(seconds=40)

    assert sweep(memory, batch=1) == {"due": 3, "sent": 3}


def test_a_sweep_that_lost_the_lock_stops(memory: MemoryServices) -> None:
    due(memory, 3)

    def lose_it() -> None:
        memory.clock.at += BATCH_TIMEOUT
        memory.locks.acquire("sweep", memory.clock(), LONG, "another")

    memory.mailer.on_send = lose_it

    assert sweep(memory, batch=1) == {"due": 1, "sent": 1}
    assert not memory.locks.acquire("sweep", memory.clock(), LONG, "a third")


def test_a_lock_that_cannot_be_asked_for_is_an_error(memory: MemoryServices) -> None:
    def fail(operation: str) -> None:
        raise StoreError("InternalServerError")

    memory.table.fail = fail

    with pytest.raises(StoreError):
        sweep(memory)


# --- Batches ---


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


@pytest.mark.parametrize(("time_left", "kinds"), [(LIST_TIMEOUT, ["digest"]), (LIST_TIMEOUT - LONG / 180, [])])
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
