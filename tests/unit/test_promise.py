"""The promise: each rule of docs/promise.md by an example worked out by hand, and what is true for any practice."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from leads.domain import promise
from leads.domain.practice import WEEKDAYS, Practice

from tests.support import factories

# Monday and Tuesday 9-17, Wednesday 9-12 and 13-17, Thursday 10-19, Friday 9-15; Thanksgiving is 2026-11-26,
# and the day after it is an extra closure.


def local(moment: dt.datetime, practice: Practice = factories.SAMPLE) -> str:
    return f"{moment.astimezone(practice.zone):%a %Y-%m-%d %H:%M}"


EXAMPLES = {
    "in hours: the same clock time on the next day": ("2026-11-17 10:00", "Wed 2026-11-18 10:00"),
    "at opening, which is in hours": ("2026-11-17 09:00", "Wed 2026-11-18 09:00"),
    "in the break, which is in hours": ("2026-11-18 12:30", "Thu 2026-11-19 12:30"),
    "the next day opens later: its opening": ("2026-11-18 09:30", "Thu 2026-11-19 10:00"),
    "the next day closes earlier: its closing": ("2026-11-19 18:30", "Fri 2026-11-20 15:00"),
    "the next day closes just then": ("2026-11-19 15:00", "Fri 2026-11-20 15:00"),
    "a minute before the last": ("2026-11-17 16:59", "Wed 2026-11-18 16:59"),
    "Friday in hours: Monday": ("2026-11-20 14:00", "Mon 2026-11-23 14:00"),
    "at closing, which is no longer in hours": ("2026-11-17 17:00", "Wed 2026-11-18 17:00"),
    "in the evening: the next day's closing": ("2026-11-18 20:00", "Thu 2026-11-19 19:00"),
    "early in the morning: the same day's closing": ("2026-11-17 06:00", "Tue 2026-11-17 17:00"),
    "a minute before opening: the same day's closing": ("2026-11-19 09:59", "Thu 2026-11-19 19:00"),
    "at midnight: the closing of the day that begins": ("2026-11-17 00:00", "Tue 2026-11-17 17:00"),
    "Friday after its short day: Monday's closing": ("2026-11-20 15:00", "Mon 2026-11-23 17:00"),
    "on Saturday: Monday's closing": ("2026-11-21 12:00", "Mon 2026-11-23 17:00"),
    "late on Sunday: Monday's closing": ("2026-11-22 23:59", "Mon 2026-11-23 17:00"),
    "before Thanksgiving in hours: the next Monday": ("2026-11-25 11:00", "Mon 2026-11-30 11:00"),
    "before Thanksgiving in the evening": ("2026-11-25 20:00", "Mon 2026-11-30 17:00"),
    "on Thanksgiving": ("2026-11-26 11:00", "Mon 2026-11-30 17:00"),
    "on an extra closure": ("2026-11-27 11:00", "Mon 2026-11-30 17:00"),
    "before Christmas, a Friday": ("2026-12-24 12:00", "Mon 2026-12-28 12:00"),
    "over the turn of the year": ("2026-12-31 18:00", "Mon 2027-01-04 17:00"),
}


@pytest.mark.parametrize(("received", "due"), EXAMPLES.values(), ids=EXAMPLES)
def test_when_the_practice_must_have_called(received: str, due: str) -> None:
    assert local(promise.contact_by(factories.moment(received), factories.SAMPLE)) == due


PRIORITY_EXAMPLES = {
    "in hours: two hours later": ("2026-11-17 10:00", "Tue 2026-11-17 12:00"),
    "two hours before closing: at closing": ("2026-11-17 15:00", "Tue 2026-11-17 17:00"),
    "an hour before closing: an hour after the next opening": ("2026-11-17 16:00", "Wed 2026-11-18 10:00"),
    "the break counts as open": ("2026-11-18 11:30", "Wed 2026-11-18 13:30"),
    "half an hour before the weekend": ("2026-11-20 14:30", "Mon 2026-11-23 10:30"),
    "in the night: two hours after opening": ("2026-11-17 03:00", "Tue 2026-11-17 11:00"),
    "at the weekend": ("2026-11-21 12:00", "Mon 2026-11-23 11:00"),
    "an hour before Thanksgiving begins": ("2026-11-25 16:00", "Mon 2026-11-30 10:00"),
    "at closing: two hours after the next opening": ("2026-11-19 19:00", "Fri 2026-11-20 11:00"),
}


@pytest.mark.parametrize(("received", "due"), PRIORITY_EXAMPLES.values(), ids=PRIORITY_EXAMPLES)
def test_when_the_practice_must_have_called_with_priority(received: str, due: str) -> None:
    assert local(promise.contact_by(factories.moment(received), factories.SAMPLE, priority=True)) == due


def test_priority_hours_that_are_longer_than_the_promise_do_not_lengthen_it() -> None:
    slow = factories.practice(promise={"priority_hours": 24})

    assert local(promise.contact_by(factories.TUESDAY, slow, priority=True)) == "Wed 2026-11-18 10:00"


def test_the_deadline_is_in_the_practices_time_zone() -> None:
    assert promise.contact_by(factories.TUESDAY, factories.SAMPLE).tzinfo == factories.SAMPLE.zone


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=9)), factories.SAMPLE.zone], ids=str)
def test_the_deadline_does_not_depend_on_the_zone_of_the_given_time(zone: dt.tzinfo) -> None:
    late = factories.moment("2026-11-17 22:00").astimezone(zone)

    assert local(promise.contact_by(late, factories.SAMPLE)) == "Wed 2026-11-18 17:00"


def test_a_practice_that_does_not_open_again_promises_nothing() -> None:
    days = [factories.TUESDAY.date() + dt.timedelta(days=day) for day in range(500)]

    with pytest.raises(promise.NeverOpenError):
        promise.contact_by(factories.TUESDAY, factories.practice(closed_dates=days))


# --- What a page announces ---

ANNOUNCED = {
    "in hours: ten minutes": ("2026-11-17 10:00:00", "Tue 2026-11-17 10:10"),
    "seconds are cut: it is never longer": ("2026-11-17 10:00:59", "Tue 2026-11-17 10:10"),
    "before closing: until closing": ("2026-11-17 16:59:00", "Tue 2026-11-17 17:00"),
    "at closing: ten minutes": ("2026-11-17 17:00:00", "Tue 2026-11-17 17:10"),
    "before opening: until opening": ("2026-11-17 08:55:30", "Tue 2026-11-17 09:00"),
    "before a break, which is in hours: ten minutes": ("2026-11-18 11:55:00", "Wed 2026-11-18 12:05"),
    "before midnight: ten minutes, since no deadline changes there": ("2026-11-17 23:55:00", "Wed 2026-11-18 00:05"),
}


@pytest.mark.parametrize(("now", "until"), ANNOUNCED.values(), ids=ANNOUNCED)
def test_until_when_a_page_may_announce_deadlines(now: str, until: str) -> None:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=factories.SAMPLE.zone)

    assert local(promise.announced_until(moment, factories.SAMPLE)) == until


# --- The clocks change ---

CLOCK_CHANGES = {
    "spring, Chicago": ("America/Chicago", "2026-03-06T10:00-06:00", "2026-03-09T10:00-05:00"),
    "autumn, Chicago": ("America/Chicago", "2026-10-30T10:00-05:00", "2026-11-02T10:00-06:00"),
    "spring, London": ("Europe/London", "2026-03-27T10:00+00:00", "2026-03-30T10:00+01:00"),
    "autumn, London": ("Europe/London", "2026-10-23T10:00+01:00", "2026-10-26T10:00+00:00"),
    "spring, Sydney": ("Australia/Sydney", "2026-10-02T10:00+10:00", "2026-10-05T10:00+11:00"),
    "autumn, Sydney": ("Australia/Sydney", "2026-04-03T10:00+11:00", "2026-04-06T10:00+10:00"),
    "spring, Santiago": ("America/Santiago", "2026-09-04T10:00-04:00", "2026-09-07T10:00-03:00"),
    "autumn, Santiago": ("America/Santiago", "2026-04-03T10:00-03:00", "2026-04-06T10:00-04:00"),
    "half an hour, Lord Howe": ("Australia/Lord_Howe", "2026-10-02T10:00+10:30", "2026-10-05T10:00+11:00"),
    "closed before the change, Chicago": ("America/Chicago", "2026-03-06T20:00-06:00", "2026-03-09T17:00-05:00"),
    "never, Kolkata": ("Asia/Kolkata", "2026-03-06T10:00+05:30", "2026-03-09T10:00+05:30"),
}

OFFICE_HOURS = {day: ["9:00-17:00"] for day in WEEKDAYS[:5]}


@pytest.mark.parametrize(("zone", "received", "due"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES)
def test_the_clock_time_stays_over_a_weekend_on_which_the_clocks_change(zone: str, received: str, due: str) -> None:
    practice = factories.practice(time_zone=zone, hours=OFFICE_HOURS)

    assert promise.contact_by(dt.datetime.fromisoformat(received), practice).isoformat(timespec="minutes") == due


NIGHTS = {
    "before the gap": ("2026-03-07T01:30-06:00", "2026-03-08T01:30-06:00"),
    "a time that the clocks skip: the first after the gap": ("2026-03-07T02:30-06:00", "2026-03-08T03:00-05:00"),
    "a second that the clocks skip, too": ("2026-03-07T02:30:45.678-06:00", "2026-03-08T03:00-05:00"),
    "after the gap": ("2026-03-07T03:30-06:00", "2026-03-08T03:30-05:00"),
    "on the morning of the gap": ("2026-03-08T03:30-05:00", "2026-03-09T03:30-05:00"),
    "a time that comes twice: the first of both": ("2026-10-31T01:30-05:00", "2026-11-01T01:30-05:00"),
    "after a time that comes twice": ("2026-10-31T02:30-05:00", "2026-11-01T02:30-06:00"),
    "the first of two": ("2026-11-01T01:30-05:00", "2026-11-02T01:30-06:00"),
    "the second of two: the end of both, since a deadline never goes back": (
        "2026-11-01T01:30-06:00",
        "2026-11-02T02:00-06:00",
    ),
}


@pytest.mark.parametrize(("received", "due"), NIGHTS.values(), ids=NIGHTS)
def test_a_practice_that_is_open_while_the_clocks_change(received: str, due: str) -> None:
    open_at_night = factories.practice(hours=factories.every_day("0:00-23:59"))

    deadline = promise.contact_by(dt.datetime.fromisoformat(received), open_at_night)

    assert deadline.isoformat() == dt.datetime.fromisoformat(due).isoformat()


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-08T01:30-06:00", "2026-03-08T04:30-05:00"),
        ("2026-11-01T00:30-05:00", "2026-11-01T01:30-06:00"),
        ("2026-11-01T01:30-05:00", "2026-11-01T02:30-06:00"),
    ],
)
def test_priority_counts_real_hours_while_the_clocks_change(received: str, due: str) -> None:
    open_at_night = factories.practice(hours=factories.every_day("0:00-23:59"))

    deadline = promise.contact_by(dt.datetime.fromisoformat(received), open_at_night, priority=True)

    assert deadline.isoformat(timespec="minutes") == due


def test_a_day_that_begins_in_the_gap_opens_after_it() -> None:
    santiago = factories.practice(time_zone="America/Santiago", hours=factories.every_day("0:00-8:00"))

    day = promise.business_day(dt.date(2026, 9, 6), santiago)

    assert day is not None
    assert local(day.opens, santiago) == "Sun 2026-09-06 01:00"


# --- What is true for any practice and any moment ---

ZONES = [
    "America/Chicago",
    "America/Santiago",
    "America/St_Johns",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Cairo",
    "Asia/Kolkata",
    "UTC",
]

CHANGES = [
    dt.datetime.fromisoformat(change)
    for change in (
        "2026-03-08T08:00Z",  # America/Chicago
        "2026-11-01T07:00Z",
        "2026-03-29T01:00Z",  # Europe/London
        "2026-10-25T01:00Z",
        "2026-10-03T16:00Z",  # Australia/Sydney
        "2026-04-04T16:00Z",
        "2026-09-06T04:00Z",  # America/Santiago, at midnight
        "2026-04-05T03:00Z",
        "2026-10-03T15:30Z",  # Australia/Lord_Howe, half an hour
        "2026-04-23T22:00Z",  # Africa/Cairo, at midnight
        "2026-10-29T21:00Z",
    )
]


DAYS: list[list[str]] = [
    [],
    ["9:00-17:00"],
    ["9:00-12:00", "13:00-17:00"],
    ["13:00-19:30"],
    ["0:00-23:59"],
    ["0:00-8:00", "20:00-23:59"],
    ["0:30-1:30"],
    ["1:15-2:45"],
    ["2:10-2:40"],
    ["23:00-23:59"],
    ["11:45-12:15"],
]
"""Opening hours of one day, among them some that lie where clocks change."""

MOMENTS = st.one_of(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001 -- Hypothesis adds the zone
    st.builds(
        lambda change, minutes: change + dt.timedelta(minutes=minutes),
        st.sampled_from(CHANGES),
        st.integers(-3000, 3000),
    ),
)


Case = tuple[Practice, dt.datetime]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a practice of any zone and hours, and a moment with some closed days around it."""
    moment = draw(MOMENTS)
    hours = {weekday: draw(st.sampled_from(DAYS)) for weekday in WEEKDAYS}
    assume(any(hours.values()))
    closed = draw(st.integers(0, 2**12 - 1))
    dates = [moment.date() + dt.timedelta(days=day - 3) for day in range(12) if closed >> day & 1]
    return factories.practice(time_zone=draw(st.sampled_from(ZONES)), hours=hours, closed_dates=dates), moment


def opening(moment: dt.datetime, practice: Practice) -> promise.OpenTime | None:
    """Return the business day of this moment's date."""
    return promise.business_day(moment.astimezone(practice.zone).date(), practice)


# Compared in UTC only: Python calls no moment of an hour that comes twice equal to one of another zone.


def is_open(moment: dt.datetime, practice: Practice) -> bool:
    day = opening(moment, practice)
    return day is not None and day.opens <= moment < day.closes


def next_day(moment: dt.datetime, practice: Practice) -> promise.OpenTime:
    """Return the first business day after this moment's date."""
    date = moment.astimezone(practice.zone).date()
    days = (promise.business_day(date + dt.timedelta(days=ahead), practice) for ahead in range(1, 400))
    return next(day for day in days if day)


@st.composite
def cases_in_hours(draw: st.DrawFn) -> Case:
    """Draw a practice and a moment at which it is open."""
    practice, moment = draw(cases())
    day = opening(moment, practice) or next_day(moment, practice)
    assume(day.opens < day.closes)
    return practice, day.opens + (day.closes - day.opens) * draw(st.integers(0, 999)) / 1000


CASES = cases()

CASES_IN_HOURS = cases_in_hours()

HOURS = st.integers(1, 24)


def open_time(start: dt.datetime, end: dt.datetime, practice: Practice) -> dt.timedelta:
    """Return how long the practice is open between two moments, counted day by day."""
    total = dt.timedelta()
    date = start.astimezone(practice.zone).date()
    while date <= end.astimezone(practice.zone).date():
        day = promise.business_day(date, practice)
        if day:
            total += max(min(day.closes, end) - max(day.opens, start), dt.timedelta())
        date += dt.timedelta(days=1)
    return total


@given(CASES, st.booleans())
def test_a_deadline_lies_in_the_future(case: Case, priority: bool) -> None:
    practice, received = case

    assert promise.contact_by(received, practice, priority=priority) > received


@given(CASES, st.booleans())
def test_a_deadline_is_never_outside_opening_hours(case: Case, priority: bool) -> None:
    practice, received = case
    deadline = promise.contact_by(received, practice, priority=priority)

    day = opening(deadline, practice)

    assert day is not None
    assert day.opens <= deadline <= day.closes


@given(CASES, st.booleans())
def test_a_deadline_is_never_on_a_closed_day(case: Case, priority: bool) -> None:
    practice, received = case

    assert promise.contact_by(received, practice, priority=priority).date() not in practice.closed_dates


@given(CASES, st.timedeltas(dt.timedelta(), dt.timedelta(days=4)), st.booleans())
def test_a_later_request_is_not_due_earlier(case: Case, wait: dt.timedelta, priority: bool) -> None:
    practice, first = case
    deadlines = [
        promise.contact_by(moment, practice, priority=priority).astimezone(dt.UTC) for moment in (first, first + wait)
    ]

    assert deadlines == sorted(deadlines)


def announced(now: dt.datetime, practice: Practice, *, priority: bool = False) -> dt.datetime:
    """Return the deadline that a page announces at this moment, in UTC."""
    until = promise.announced_until(now, practice)
    return promise.contact_by(until, practice, priority=priority).astimezone(dt.UTC)


@given(CASES, st.floats(0, 1), st.booleans())
def test_an_announced_deadline_holds_for_every_request_until_then(case: Case, part: float, priority: bool) -> None:
    practice, now = case
    received = now + (promise.announced_until(now, practice) - now) * part

    due = promise.contact_by(received, practice, priority=priority).astimezone(dt.UTC)

    assert due <= announced(now, practice, priority=priority)


@given(CASES, st.booleans())
def test_an_announced_deadline_is_a_whole_minute_as_words_show_it(case: Case, priority: bool) -> None:
    practice, now = case

    due = announced(now, practice, priority=priority)

    assert due == due.replace(second=0, microsecond=0)


@given(CASES)
def test_deadlines_are_announced_for_at_most_ten_minutes_and_not_past_opening_or_closing(case: Case) -> None:
    practice, now = case
    until = promise.announced_until(now, practice)

    assert now < until <= now + dt.timedelta(minutes=10)
    assert is_open(until - dt.timedelta(microseconds=1), practice) == is_open(now, practice)


@given(CASES_IN_HOURS)
def test_in_hours_means_the_next_business_day(case: Case) -> None:
    practice, received = case

    assert promise.contact_by(received, practice).date() == next_day(received, practice).date


@given(CASES_IN_HOURS)
def test_in_hours_means_the_same_clock_time(case: Case) -> None:
    practice, received = case
    day = next_day(received, practice)

    deadline = promise.contact_by(received, practice)

    # Or the day's opening or closing; or, where the clocks skip that time, the moment at which they do.
    due = deadline.astimezone(dt.UTC)
    same = deadline.time() == received.astimezone(practice.zone).time()
    a_second_before = (due - dt.timedelta(seconds=1)).astimezone(practice.zone)
    skipped = a_second_before.utcoffset() != deadline.utcoffset()
    assert same or skipped or due in (day.opens, day.closes)


@given(CASES)
def test_closed_means_the_closing_of_the_next_day_that_opens(case: Case) -> None:
    practice, received = case
    assume(not is_open(received, practice))
    today = opening(received, practice)
    day = today if today and received < today.opens else next_day(received, practice)

    assert promise.contact_by(received, practice).astimezone(dt.UTC) == day.closes


@given(CASES)
def test_priority_is_never_later_than_the_promise(case: Case) -> None:
    practice, received = case

    assert promise.contact_by(received, practice, priority=True) <= promise.contact_by(received, practice)


@given(CASES)
def test_priority_leaves_at_most_two_open_hours(case: Case) -> None:
    practice, received = case
    deadline = promise.contact_by(received, practice, priority=True)

    assert open_time(received, deadline, practice) <= dt.timedelta(hours=2)


@given(CASES, HOURS)
def test_after_counts_open_hours(case: Case, hours: int) -> None:
    practice, moment = case

    assert open_time(moment, promise.after(moment, hours, practice), practice) == dt.timedelta(hours=hours)


@given(CASES, HOURS)
def test_before_counts_open_hours(case: Case, hours: int) -> None:
    practice, moment = case

    assert open_time(promise.before(moment, hours, practice), moment, practice) == dt.timedelta(hours=hours)


@given(CASES_IN_HOURS, HOURS)
def test_before_takes_back_what_after_gave(case: Case, hours: int) -> None:
    practice, moment = case

    assert promise.before(promise.after(moment, hours, practice), hours, practice) == moment


@given(CASES_IN_HOURS, HOURS)
def test_after_gives_back_what_before_took(case: Case, hours: int) -> None:
    practice, moment = case
    assume(is_open(moment - dt.timedelta(microseconds=1), practice))  # at opening, both count from the evening before

    assert promise.after(promise.before(moment, hours, practice), hours, practice) == moment


@given(CASES)
def test_the_next_opening_is_one_and_still_to_come(case: Case) -> None:
    practice, moment = case
    opens = promise.next_opening(moment, practice)

    day = opening(opens, practice)

    assert day is not None
    assert day.opens == opens > moment


@given(CASES)
def test_the_next_half_day_lies_in_opening_hours_and_is_still_to_come(case: Case) -> None:
    practice, moment = case
    half = promise.next_half_day(moment, practice)

    day = opening(half.opens, practice)

    assert day is not None
    assert moment < half.opens
    assert day.opens <= half.opens <= half.closes <= day.closes


# --- Smaller words ---


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-17 08:59", "Tue 2026-11-17 09:00"),
        ("2026-11-17 09:00", "Wed 2026-11-18 09:00"),
        ("2026-11-20 16:00", "Mon 2026-11-23 09:00"),
        ("2026-11-25 10:00", "Mon 2026-11-30 09:00"),
    ],
)
def test_the_next_opening(moment: str, opens: str) -> None:
    assert local(promise.next_opening(factories.moment(moment), factories.SAMPLE)) == opens


HALVES = {
    "in the morning: this afternoon": ("2026-11-17 10:00", "Tue 2026-11-17 12:00", "Tue 2026-11-17 17:00"),
    "at noon: the next morning": ("2026-11-17 12:00", "Wed 2026-11-18 09:00", "Wed 2026-11-18 12:00"),
    "before opening: this morning": ("2026-11-17 07:00", "Tue 2026-11-17 09:00", "Tue 2026-11-17 12:00"),
    "Friday afternoon: Monday morning": ("2026-11-20 13:00", "Mon 2026-11-23 09:00", "Mon 2026-11-23 12:00"),
}


@pytest.mark.parametrize(("moment", "opens", "closes"), HALVES.values(), ids=HALVES)
def test_the_next_half_day(moment: str, opens: str, closes: str) -> None:
    half = promise.next_half_day(factories.moment(moment), factories.SAMPLE)

    assert (local(half.opens), local(half.closes)) == (opens, closes)


@pytest.mark.parametrize("hours", ["13:00-17:00", "12:00-17:00", "10:30-12:00", "10:30-11:00"])
def test_a_day_that_is_open_on_one_side_of_noon_only_is_one_half(hours: str) -> None:
    practice = factories.practice(hours=factories.every_day(hours))
    span = practice.hours.tuesday[0]

    half = promise.next_half_day(factories.TUESDAY, practice)

    assert (half.opens, half.closes) == (
        factories.moment(f"2026-11-17 {span.opens}"),
        factories.moment(f"2026-11-17 {span.closes}"),
    )


def test_a_day_that_closes_at_noon_has_no_second_half() -> None:
    practice = factories.practice(hours=factories.every_day("9:00-12:00"))

    half = promise.next_half_day(factories.TUESDAY, practice)

    assert (local(half.opens), local(half.closes)) == ("Wed 2026-11-18 09:00", "Wed 2026-11-18 12:00")


BEFORE = {
    "in hours": ("2026-11-17 12:00", "Tue 2026-11-17 10:00"),
    "at the opening minute, not at the closing of the day before": ("2026-11-17 11:00", "Tue 2026-11-17 09:00"),
    "the opening hour, from the day before": ("2026-11-17 10:00", "Mon 2026-11-16 16:00"),
    "at opening, from the day before": ("2026-11-17 09:00", "Mon 2026-11-16 15:00"),
    "after closing": ("2026-11-17 20:00", "Tue 2026-11-17 15:00"),
}


@pytest.mark.parametrize(("moment", "earlier"), BEFORE.values(), ids=BEFORE)
def test_two_open_hours_before(moment: str, earlier: str) -> None:
    assert local(promise.before(factories.moment(moment), 2, factories.SAMPLE)) == earlier


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24 17:00", "Tuesday, November 24, 5:00 PM Central Time"),
        ("2026-12-01 09:05", "Tuesday, December 1, 9:05 AM Central Time"),
        ("2027-01-01 00:00", "Friday, January 1, 12:00 AM Central Time"),
    ],
)
def test_a_deadline_in_words(moment: str, words: str) -> None:
    assert promise.in_words(factories.moment(moment), factories.SAMPLE) == words


def test_a_deadline_names_the_zone_that_the_build_worked_out() -> None:
    eastern = factories.practice(time_zone="America/New_York", time_zone_name="Eastern Time")
    assert promise.in_words(factories.moment("2026-11-24 17:00", eastern), eastern).endswith("5:00 PM Eastern Time")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24 09:30", "at 9:30 AM Central Time"),
        ("2026-11-23 09:30", "on Monday, November 23, 9:30 AM Central Time"),
    ],
    ids=["the same day", "another day"],
)
def test_a_recorded_time_in_words(moment: str, words: str) -> None:
    evening = factories.moment("2026-11-24 17:00")
    assert promise.at_in_words(factories.moment(moment), evening, factories.SAMPLE) == words


# --- Closures that pages name ---


def closures(since: str) -> list[str]:
    return [day.isoformat() for day in promise.closures(factories.SAMPLE, dt.date.fromisoformat(since))]


def test_closures_of_the_next_two_weeks_are_named_in_order() -> None:
    assert closures("2026-11-20") == ["2026-11-26", "2026-11-27"]


def test_the_day_of_the_build_counts() -> None:
    assert closures("2026-11-27") == ["2026-11-27"]


def test_a_closure_in_two_weeks_is_not_named_yet() -> None:
    assert closures("2026-11-12") == []


def test_a_closure_on_the_last_of_fourteen_days_is_named() -> None:
    assert closures("2026-11-13") == ["2026-11-26"]


def test_a_holiday_on_a_day_that_never_opens_is_not_named() -> None:
    weekend = factories.practice(closed_dates=["2026-11-21"])  # a Saturday
    assert promise.closures(weekend, dt.date(2026, 11, 20)) == []


def test_a_day_in_words() -> None:
    assert promise.day_in_words(dt.date(2026, 11, 27)) == "Friday, November 27"
