"""The daily digest: when it is sent, and what is in it."""

from __future__ import annotations

import pytest
from leads.domain.errors import MailError
from leads.domain.lifecycle import Event
from leads.domain.statistics import KeptRate
from leads.domain.worklist import Digest
from leads.services import digest, follow_up, review
from leads.services.digest import DigestLimits

from tests.support import factories
from tests.support.memory import MemoryServices

LIMITS = DigestLimits()


@pytest.fixture
def memory() -> MemoryServices:
    """Return services on a Tuesday at 10:00, with a lead to call."""
    made = MemoryServices()
    made.keep(factories.stored(Event.NOTIFIED, name="to call"))
    return made


def send(memory: MemoryServices) -> bool:
    return digest.send_if_due(memory.service, LIMITS)


def content(memory: MemoryServices, **limits: int) -> Digest:
    return digest.gather(memory.service, memory.clock(), DigestLimits(**limits))


def test_the_digest_is_sent_once_a_day(memory: MemoryServices) -> None:
    assert [send(memory), send(memory)] == [True, False]


def test_the_next_day_it_is_sent_again(memory: MemoryServices) -> None:
    send(memory)
    memory.clock.advance(days=1)

    assert send(memory)


@pytest.mark.parametrize(
    ("local", "sent"),
    [
        ("2026-11-17 08:59", False),
        ("2026-11-17 09:00", True),
        ("2026-11-17 16:59", True),
        ("2026-11-17 17:00", False),
        ("2026-11-21 12:00", False),  # Saturday
        ("2026-11-26 12:00", False),  # Thanksgiving
    ],
)
def test_the_digest_is_sent_in_opening_hours(memory: MemoryServices, local: str, sent: bool) -> None:
    memory.clock.at = factories.moment(local)

    assert send(memory) is sent


def test_without_work_no_email_is_sent() -> None:
    memory = MemoryServices()

    assert (send(memory), memory.mailer.sent) == (False, [])


def test_a_digest_that_failed_is_sent_five_minutes_later(memory: MemoryServices) -> None:
    memory.mailer.refusal = MailError("TooManyRequestsException")
    with pytest.raises(MailError):
        send(memory)
    memory.mailer.refusal = None

    assert not send(memory)
    memory.clock.at += follow_up.LIST_RETRY
    assert send(memory)


def test_the_digest_lists_open_leads_and_those_in_review(memory: MemoryServices) -> None:
    memory.keep(factories.stored(name="to look at", review_reason="odd"))
    memory.keep(factories.stored(Event.CONTACTED, name="closed"))

    found = content(memory)

    assert [lead.lead.name for lead in (*found.open, *found.in_review)] == ["to call", "to look at"]
    assert found.in_review_total == 1


def test_after_a_digest_with_requests_to_review_no_list_is_due(memory: MemoryServices) -> None:
    memory.keep(factories.stored(review_reason="odd"))
    send(memory)

    assert memory.locks.stored_time(review.LISTED) == memory.clock()


def test_the_rate_counts_open_and_lately_closed_leads(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED, name="kept"))
    memory.clock.advance(days=2)  # the call of the open lead is late by now

    assert content(memory).kept_rate == KeptRate(kept=1, broken=1)


def test_leads_that_were_closed_long_ago_do_not_count(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.CONTACTED, name="kept"))
    memory.clock.advance(days=30)

    assert content(memory, days=30).kept_rate == KeptRate(kept=0, broken=1)


def test_a_part_of_the_promises_gives_no_rate(memory: MemoryServices) -> None:
    memory.keep(factories.stored(Event.NOTIFIED, name="another"))
    memory.clock.advance(days=2)

    found = content(memory, read=1)

    assert (found.kept_rate, len(found.open)) == (KeptRate(0, 0), 2)
