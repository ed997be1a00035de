"""Requests that may not be people: they are listed each hour, escalated at their promise, and never forgotten."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from leads.aws.counters import Locks
from leads.domain import lifecycle, statistics
from leads.domain.lifecycle import Event, Status
from leads.services.sweep import Limits

from tests.support import deployed, factories, fakes
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY
from tests.support.fakes import text_of

HOUR = dt.timedelta(hours=1)
NEXT_DEADLINE = factories.moment("2026-11-18 10:00")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions on a Tuesday morning whose digest was sent."""
    with deployed.clinic_with_table(tmp_path) as made:
        for day in ("17", "18"):
            Locks("leads", made.dynamodb).complete(f"digest 2026-11-{day}", TUESDAY)
        yield made


def keep_in_review(clinic: Clinic, name: str = "Ada", at: dt.datetime = TUESDAY - HOUR / 60) -> None:
    clinic.keep(factories.stored(name=name, at=at, review_reason="it came too fast"))


def sweep_at(clinic: Clinic, *moments: dt.datetime) -> list[str]:
    """Return the subjects of what sweeps at these moments sent."""
    before = len(clinic.mailbox.calls)
    for moment in moments:
        clinic.clock.at = moment
        clinic.sweep()
    return clinic.mailbox.subjects[before:]


LIST = "To look at: 1 request that may not be people"
OVERDUE = "Overdue: 1 request not looked at"


def test_the_front_desk_gets_a_list_in_opening_hours(clinic: Clinic) -> None:
    keep_in_review(clinic)

    assert sweep_at(clinic, TUESDAY) == [LIST]


def test_the_list_gives_the_promise_that_the_form_gave(clinic: Clinic) -> None:
    keep_in_review(clinic)
    sweep_at(clinic, TUESDAY)

    assert "Call by Wednesday, November 18, 9:59 AM Central Time" in text_of(clinic.mailbox.only)


def test_nothing_new_is_no_second_list(clinic: Clinic) -> None:
    keep_in_review(clinic)

    assert sweep_at(clinic, TUESDAY, TUESDAY + HOUR, TUESDAY + 2 * HOUR) == [LIST]


def test_something_new_waits_for_the_next_hour(clinic: Clinic) -> None:
    keep_in_review(clinic)
    sweep_at(clinic, TUESDAY)
    keep_in_review(clinic, "Grace", TUESDAY + HOUR / 4)

    assert sweep_at(clinic, TUESDAY + HOUR / 2, TUESDAY + HOUR) == ["To look at: 2 requests that may not be people"]


def test_a_promise_that_is_near_is_listed_again(clinic: Clinic) -> None:
    keep_in_review(clinic)
    sweep_at(clinic, TUESDAY)

    assert sweep_at(clinic, NEXT_DEADLINE - HOUR) == [LIST]


def test_no_list_leaves_while_the_practice_is_closed(clinic: Clinic) -> None:
    keep_in_review(clinic)

    assert sweep_at(clinic, factories.moment("2026-11-17 20:00")) == []


def test_the_earliest_promise_is_first(clinic: Clinic) -> None:
    keep_in_review(clinic, "Second", TUESDAY)
    keep_in_review(clinic, "First", TUESDAY - HOUR / 2)
    sweep_at(clinic, TUESDAY)

    shown = text_of(clinic.mailbox.only)
    assert shown.index("First") < shown.index("Second")


def test_those_that_the_list_leaves_out_are_counted(clinic: Clinic) -> None:
    clinic.limits = Limits(review_listed=1)
    for name in ("A", "B", "C"):
        keep_in_review(clinic, name)
    sweep_at(clinic, TUESDAY)

    assert "And 2 more." in text_of(clinic.mailbox.only)


def test_an_unreviewed_request_is_escalated_at_its_promise(clinic: Clinic) -> None:
    keep_in_review(clinic)
    sweep_at(clinic, TUESDAY, NEXT_DEADLINE - HOUR)

    assert sweep_at(clinic, NEXT_DEADLINE) == [OVERDUE]
    assert clinic.mailbox.emails[-1]["To"] == "manager@lakeside.example"


def test_the_manager_hears_of_it_once(clinic: Clinic) -> None:
    keep_in_review(clinic)
    sweep_at(clinic, NEXT_DEADLINE)

    assert sweep_at(clinic, NEXT_DEADLINE + HOUR, NEXT_DEADLINE + 3 * HOUR) == []


@pytest.mark.parametrize("ses_is_down", [False, True])
def test_a_promise_that_passed_unreviewed_raises_the_alarm(
    clinic: Clinic, ses_is_down: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_in_review(clinic)
    clinic.mailbox.refuse = fakes.aws_error("SendingPausedException") if ses_is_down else None
    sweep_at(clinic, NEXT_DEADLINE)

    assert [line["Overdue"] for line in logged(capsys) if "Overdue" in line] == [1]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_escalation_that_ses_refuses_is_sent_by_a_later_sweep(clinic: Clinic) -> None:
    keep_in_review(clinic)
    clinic.mailbox.refuse = fakes.aws_error("TooManyRequestsException")
    sweep_at(clinic, NEXT_DEADLINE)
    clinic.mailbox.refuse = None

    assert OVERDUE in sweep_at(clinic, NEXT_DEADLINE + HOUR / 6)


def test_an_unreviewed_request_is_there_after_two_years(clinic: Clinic) -> None:
    keep_in_review(clinic)
    clinic.clock.advance(days=730)

    assert clinic.only().status is Status.IN_REVIEW


def test_a_request_that_was_released_late_is_a_broken_promise(clinic: Clinic) -> None:
    keep_in_review(clinic)
    clinic.clock.at = NEXT_DEADLINE + HOUR
    for button in ("release", "contacted"):
        clinic.press(button, clinic.token(clinic.only()))

    assert statistics.outcomes(clinic.only(), clinic.clock()) == [False]


def test_opening_a_late_call_again_makes_no_promise_kept() -> None:
    lead = factories.stored()
    for event in (Event.CONTACTED, Event.REOPENED, Event.CONTACTED):
        lead = lifecycle.apply(lead, event, NEXT_DEADLINE + HOUR, factories.SAMPLE)

    assert statistics.was_kept(lead, NEXT_DEADLINE + 2 * HOUR) is False


def test_a_second_request_leaves_the_first_verdict_as_it_was() -> None:
    lead = lifecycle.apply(factories.stored(), Event.CONTACTED, NEXT_DEADLINE + HOUR, factories.SAMPLE)
    for event in (Event.ASKED_AGAIN, Event.CONTACTED):
        lead = lifecycle.apply(lead, event, NEXT_DEADLINE + 2 * HOUR, factories.SAMPLE)

    assert statistics.outcomes(lead, NEXT_DEADLINE + 3 * HOUR) == [False, True]
