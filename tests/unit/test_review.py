"""Requests in review: the hourly list to the front desk, and the manager once a promise has passed."""

from __future__ import annotations

import pytest
from leads.domain.errors import MailError
from leads.domain.lifecycle import Event
from leads.services import review

from tests.support import factories
from tests.support.memory import MemoryServices


@pytest.fixture
def memory() -> MemoryServices:
    """Return services on a Tuesday at 10:00, with a request of 9:59 to review whose promise is Wednesday at 9:59."""
    made = MemoryServices()
    made.keep(factories.stored(name="first", review_reason="odd", at=factories.moment("2026-11-17 09:59")))
    return made


def send(memory: MemoryServices, local: str | None = None, max_listed: int = 200) -> list[str]:
    """Send what is due at this time; return the kinds of e-mails that were sent."""
    if local:
        memory.clock.at = factories.moment(local)
    before = len(memory.mailer.sent)
    review.send_if_due(memory.service, max_listed)
    return memory.mailer.kinds[before:]


def test_a_request_to_review_is_listed(memory: MemoryServices) -> None:
    assert send(memory) == ["review"]


def test_without_one_nothing_is_sent() -> None:
    memory = MemoryServices()
    memory.keep(factories.stored(Event.NOTIFIED))

    assert send(memory) == []


def test_without_a_new_one_no_second_list_is_sent(memory: MemoryServices) -> None:
    send(memory)

    assert send(memory, "2026-11-17 12:00") == []


def test_a_new_one_waits_for_the_next_hour(memory: MemoryServices) -> None:
    send(memory)
    memory.keep(factories.stored(name="second", review_reason="odd", at=factories.moment("2026-11-17 10:30")))

    assert (send(memory, "2026-11-17 10:59"), send(memory, "2026-11-17 11:00")) == ([], ["review"])


def test_one_that_the_last_list_could_not_show_yet_is_in_the_next(memory: MemoryServices) -> None:
    send(memory)
    memory.keep(factories.stored(name="second", review_reason="odd"))  # written just before that list

    assert send(memory, "2026-11-17 11:00") == ["review"]


def test_a_promise_that_is_near_is_listed_again(memory: MemoryServices) -> None:
    send(memory)

    assert (send(memory, "2026-11-17 16:00"), send(memory, "2026-11-18 09:00")) == ([], ["review"])


def test_no_list_is_sent_while_the_practice_is_closed(memory: MemoryServices) -> None:
    assert send(memory, "2026-11-17 17:00") == []


def test_the_list_is_in_the_order_of_work_and_says_how_many_there_are(memory: MemoryServices) -> None:
    memory.keep(factories.stored(name="earlier", review_reason="odd", at=factories.moment("2026-11-17 09:00")))

    send(memory, max_listed=1)

    assert (memory.mailer.sent[0].names, memory.mailer.sent[0].total) == (["earlier"], 2)


def test_promises_that_have_passed_come_last(memory: MemoryServices) -> None:
    for name, local in {"passed": "2026-11-16 09:30", "passed before": "2026-11-16 09:00"}.items():
        memory.keep(factories.stored(name=name, review_reason="odd", at=factories.moment(local)))

    send(memory)

    assert memory.mailer.sent[-1].names == ["first", "passed before", "passed"]


def test_a_reported_promise_stays_in_the_list(memory: MemoryServices) -> None:
    send(memory, "2026-11-18 10:00")
    memory.keep(factories.stored(name="new", review_reason="odd", at=factories.moment("2026-11-18 10:30")))

    send(memory, "2026-11-18 11:00")

    assert memory.mailer.sent[-1].names == ["new", "first"]


def test_a_promise_that_has_passed_is_reported_to_the_manager_once(memory: MemoryServices) -> None:
    send(memory)

    assert send(memory, "2026-11-18 10:01") == ["overdue review"]
    assert send(memory, "2026-11-18 12:00") == []


def test_a_report_that_failed_is_sent_five_minutes_later(memory: MemoryServices) -> None:
    send(memory)
    memory.mailer.refusal = MailError("TooManyRequestsException")
    with pytest.raises(MailError):
        send(memory, "2026-11-18 10:01")
    memory.mailer.refusal = None

    assert (send(memory, "2026-11-18 10:02"), send(memory, "2026-11-18 10:06")) == ([], ["overdue review"])


def test_a_passed_promise_raises_the_alarm_though_ses_refuses(
    memory: MemoryServices, capsys: pytest.CaptureFixture[str]
) -> None:
    send(memory)
    memory.mailer.refusal = MailError("TooManyRequestsException")

    with pytest.raises(MailError):
        send(memory, "2026-11-18 10:01")

    assert '"Overdue": 1' in capsys.readouterr().out
