"""The figures of the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.domain import lifecycle, report
from leads.domain.lifecycle import Event
from leads.domain.report import Group
from leads.domain.statistics import KeptRate

from tests.support import factories
from tests.support.reports import NOW, called_after, report_of

if TYPE_CHECKING:
    pass


def named(groups: Sequence[Group]) -> dict[str, int]:
    return {group.name: group.requests for group in groups}


# --- Who counts ---


def test_requests_are_counted() -> None:
    assert report_of(called_after(1), factories.stored(name="Grace Hopper")).everyone.requests == 2


def test_what_is_not_a_lead_is_not_a_request() -> None:
    assert report_of(factories.stored(Event.NOT_A_LEAD)).everyone.requests == 0


def test_what_is_left_out_is_counted() -> None:
    assert report_of(factories.stored(Event.NOT_A_LEAD), factories.stored(review_reason="too fast")).no_people == 1


def test_a_request_that_waits_for_review_waits_for_a_call() -> None:
    assert report_of(factories.stored(review_reason="too fast")).waiting == 1


def test_what_came_before_the_first_week_is_left_out() -> None:
    sunday, monday = factories.moment("2026-11-08 23:59"), factories.moment("2026-11-09 00:00")
    assert report_of(factories.stored(at=sunday), factories.stored(at=monday)).everyone.requests == 1


def test_open_requests_are_counted_as_waiting() -> None:
    assert report_of(factories.stored(Event.NOTIFIED), called_after(1)).waiting == 1


# --- Weeks ---


def test_a_week_without_a_request_is_shown() -> None:
    assert named(report_of(factories.stored()).weeks) == {"2026-11-09": 0, "2026-11-16": 1}


def test_a_week_begins_on_monday_in_the_practices_time_zone() -> None:
    late_on_sunday = factories.stored(at=factories.moment("2026-11-15 23:30"))  # Monday already in UTC
    assert named(report_of(late_on_sunday).weeks) == {"2026-11-09": 1, "2026-11-16": 0}


def test_the_current_week_is_the_last_one() -> None:
    assert report.first_day(1, NOW, factories.SAMPLE) == dt.date(2026, 11, 16)


def test_weeks_stay_weeks_when_the_clocks_change() -> None:
    assert report.first_day(4, NOW, factories.SAMPLE) == dt.date(2026, 10, 26)  # summer time ended on November 1


# --- The promise ---


def test_a_call_in_time_keeps_the_promise() -> None:
    assert report_of(called_after(24)).everyone.promises == KeptRate(kept=1, broken=0)


def test_a_call_too_late_breaks_it() -> None:
    assert report_of(called_after(25)).everyone.promises == KeptRate(kept=0, broken=1)


def test_a_deadline_that_is_still_to_come_is_undecided() -> None:
    assert report_of(factories.stored(at=NOW)).everyone.undecided == 1


# --- Waiting times ---


def test_people_wait_from_the_request_to_the_first_call() -> None:
    assert report.waits_of(called_after(3)) == [dt.timedelta(hours=3)]


def test_an_unanswered_call_is_a_call() -> None:
    tried = lifecycle.apply(
        factories.stored(Event.NOTIFIED), Event.NO_ANSWER, factories.TUESDAY + dt.timedelta(hours=2), factories.SAMPLE
    )
    assert report.waits_of(tried) == [dt.timedelta(hours=2)]


def test_a_lead_without_a_call_has_no_waiting_time() -> None:
    assert report.waits_of(factories.stored(Event.NOTIFIED)) == []


def test_a_person_in_review_has_waited_from_the_request() -> None:
    released = factories.stored(Event.RELEASED, review_reason="too fast")
    called = lifecycle.apply(released, Event.CONTACTED, factories.TUESDAY + dt.timedelta(minutes=31), factories.SAMPLE)
    assert report.waits_of(called) == [dt.timedelta(minutes=31)]


def test_the_median_is_the_one_in_the_middle() -> None:
    assert report_of(*map(called_after, [1, 2, 30])).everyone.wait.median == dt.timedelta(hours=2)


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert report_of(*map(called_after, [1, 2, 4, 30])).everyone.wait.median == dt.timedelta(hours=3)


@pytest.mark.parametrize(("calls", "hours"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18)])
def test_nine_of_ten_waited_at_most_the_ninetieth_percentile(calls: int, hours: int) -> None:
    waits = [called_after(hour) for hour in range(1, calls + 1)]
    assert report_of(*waits).everyone.wait.ninetieth == dt.timedelta(hours=hours)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30))
def test_never_fewer_than_nine_of_ten_waited_at_most_that_long(minutes: list[int]) -> None:
    wait = report_of(*[called_after(minute / 60) for minute in minutes]).everyone.wait
    assert wait.ninetieth is not None
    assert sum(dt.timedelta(minutes=minute) <= wait.ninetieth for minute in minutes) >= 0.9 * len(minutes)


def test_without_a_call_there_is_no_waiting_time() -> None:
    assert report_of(factories.stored()).everyone.wait == report.Wait(0, None, None, None)


@pytest.mark.parametrize(
    ("hours", "name"),
    [(0, "Under 1 hour"), (1, "1 to 4 hours"), (3.99, "1 to 4 hours"), (24, "1 to 2 days"), (96, "Longer")],
)
def test_waiting_times_are_sorted(hours: float, name: str) -> None:
    assert dict(report_of(called_after(hours)).waits)[name] == 1


# --- By article, network, condition, urgency ---


def test_requests_are_counted_by_article() -> None:
    leads = [
        factories.stored(source="/guide/"),
        factories.stored(source="/guide/", name="B"),
        factories.stored(source=None),
    ]
    assert named(report_of(*leads).articles) == {"/guide/": 2, "Not known": 1}


def test_requests_are_counted_by_network() -> None:
    leads = [factories.stored(), factories.stored(utm_source=None)]
    assert named(report_of(*leads).networks) == {"Directly, or not known": 1, "pinterest": 1}


def test_a_request_counts_for_each_of_its_conditions() -> None:
    leads = [factories.stored(conditions=["trd", "ptsd"]), factories.stored(conditions=[])]
    assert named(report_of(*leads).conditions) == {
        "Nothing ticked": 1,
        "Post-traumatic stress disorder": 1,
        "Treatment-resistant depression": 1,
    }


def test_urgent_requests_are_counted_apart() -> None:
    leads = [factories.stored(conditions=["suicidal-thoughts"]), factories.stored(), factories.stored(name="B")]
    assert named(report_of(*leads).urgency) == {"Ordinary": 2, "Priority": 1}


def test_invented_networks_share_one_row() -> None:
    leads = [factories.stored(name=f"Ada {number}", utm_source=f"network-{number:02}") for number in range(20)]
    assert list(named(report_of(*leads).networks).items())[-1] == ("8 others", 8)


def test_the_numbers_for_another_program_are_in_minutes() -> None:
    assert report_of(called_after(1.5)).as_dict()["median_minutes"] == 90.0
