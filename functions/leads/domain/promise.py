"""The promise: from business hours to the deadline of a call. Pure.

A business day has opening hours and is neither a holiday nor an extra closure. It runs from its first
opening to its last closing: a moment in its break counts as open. Clock times are wall-clock times in
the practice's time zone; elapsed time is counted in real hours, also when the clocks change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from leads.domain.practice import Practice, twelve_hour

HORIZON_DAYS = 400
"""Number of days searched for the next business day; the build refuses a practice that is closed for longer."""

CLOSURES_AHEAD_DAYS = 14
"""Number of days, the first included, whose closures each page names; the site is published daily."""

NOON = dt.time(12)

ANNOUNCED_FOR = dt.timedelta(minutes=10)
"""How long the deadlines that a page announces hold, at most."""


@dataclass(frozen=True)
class OpenTime:
    """One stretch of opening hours on one day, from opening to closing, in UTC."""

    date: dt.date
    opens: dt.datetime
    closes: dt.datetime


class NeverOpenError(ValueError):
    """There is no business day within HORIZON_DAYS."""


def _wall_clock(day: dt.date, time: dt.time, practice: Practice) -> dt.datetime:
    """Return that clock time on that day in UTC; a time that the clocks skip becomes the end of the gap."""
    moment = dt.datetime.combine(day, time, practice.zone)
    while moment.astimezone(dt.UTC).astimezone(practice.zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        moment = moment.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    return moment.astimezone(dt.UTC)


def business_day(day: dt.date, practice: Practice) -> OpenTime | None:
    """Return the day from its first opening to its last closing, or None if it is not a business day."""
    spans = practice.hours.on(day.weekday())
    if not spans or day in practice.closed_dates:
        return None
    return OpenTime(day, _wall_clock(day, spans[0].opens, practice), _wall_clock(day, spans[-1].closes, practice))


def _business_days(around: dt.datetime, practice: Practice, step: int = 1) -> Iterator[OpenTime]:
    """Yield business days from that moment's date on, included; backwards with step -1. Raises NeverOpenError."""
    start = around.astimezone(practice.zone).date()
    dates = (start + dt.timedelta(days=step * distance) for distance in range(HORIZON_DAYS))
    yield from (day for date in dates if (day := business_day(date, practice)))
    raise NeverOpenError(f"no business day within {HORIZON_DAYS} days of {start}")


def contact_by(received_at: dt.datetime, practice: Practice, *, priority: bool = False) -> dt.datetime:
    """Return the deadline of a call for a request received at that moment, in practice time.

    Received while open: the same clock time on the next business day, or its opening or closing where
    that day opens later or closes earlier. Received while closed: the closing of the next business day
    that opens. A priority lead: `promise.priority_hours` open hours after receipt, if that is earlier.
    A request that is received later never has an earlier deadline.
    """
    to_come = (day for day in _business_days(received_at, practice) if received_at < day.closes)
    first, second = islice(to_come, 2)
    deadline = first.closes if received_at < first.opens else _same_clock_time(received_at, second, practice)
    if priority:
        deadline = min(deadline, after(received_at, practice.promise.priority_hours, practice))
    return deadline.astimezone(practice.zone)


def _same_clock_time(moment: dt.datetime, day: OpenTime, practice: Practice) -> dt.datetime:
    same = _wall_clock(day.date, _clock_time(moment.astimezone(practice.zone)), practice)
    return min(max(same, day.opens), day.closes)


def _clock_time(local: dt.datetime) -> dt.time:
    """Return the clock time; in an hour that comes a second time, the end of that hour.

    Its first pass had all of these times already: deadlines would go back.
    """
    later = local
    while later.fold:
        minute = later.replace(second=0, microsecond=0).astimezone(dt.UTC) + dt.timedelta(minutes=1)
        later = minute.astimezone(local.tzinfo)
    return later.time() if later.date() == local.date() else dt.time.max


def after(moment: dt.datetime, open_hours: float, practice: Practice) -> dt.datetime:
    """Return the moment `open_hours` opening hours later (UTC). Closed time does not count."""
    left = dt.timedelta(hours=open_hours)
    for day in _business_days(moment, practice):
        start = max(moment.astimezone(dt.UTC), day.opens)
        if left <= day.closes - start:
            return start + left
        left -= max(day.closes - start, dt.timedelta())
    raise AssertionError("_business_days ends with NeverOpenError")


def before(moment: dt.datetime, open_hours: float, practice: Practice) -> dt.datetime:
    """Return the moment `open_hours` opening hours earlier (UTC). Closed time does not count."""
    left = dt.timedelta(hours=open_hours)
    for day in _business_days(moment, practice, step=-1):
        end = min(moment.astimezone(dt.UTC), day.closes)
        if left <= end - day.opens:
            return end - left
        left -= max(end - day.opens, dt.timedelta())
    raise AssertionError("_business_days ends with NeverOpenError")


def is_open(moment: dt.datetime, practice: Practice) -> bool:
    """Return whether the practice is open then; a break counts as open."""
    day = business_day(moment.astimezone(practice.zone).date(), practice)
    return day is not None and day.opens <= moment < day.closes


def next_opening(moment: dt.datetime, practice: Practice) -> dt.datetime:
    """Return the first opening strictly after this moment (UTC)."""
    return next(day.opens for day in _business_days(moment, practice) if day.opens > moment)


def announced_until(now: dt.datetime, practice: Practice) -> dt.datetime:
    """Return the moment, a whole minute, until which a page may announce deadlines without asking again (UTC).

    It announces those of a request received then. They hold for every request before, since deadlines never go back.
    """
    latest = (now.astimezone(dt.UTC) + ANNOUNCED_FOR).replace(second=0, microsecond=0)
    changes = (moment for day in _business_days(now, practice) for moment in (day.opens, day.closes))
    return min(latest, next(moment for moment in changes if moment > now))


def next_half_day(moment: dt.datetime, practice: Practice) -> OpenTime:
    """Return the half of a business day that begins next, strictly after this moment."""
    halves = (half for day in _business_days(moment, practice) for half in _halves(day, practice))
    return next(half for half in halves if half.opens > moment)


def _halves(day: OpenTime, practice: Practice) -> tuple[OpenTime, ...]:
    noon = _wall_clock(day.date, NOON, practice)
    if not day.opens < noon < day.closes:
        return (day,)
    return OpenTime(day.date, day.opens, noon), OpenTime(day.date, noon, day.closes)


def longest_closure(practice: Practice, since: dt.date, days: int = HORIZON_DAYS) -> int:
    """Return the longest run of days without opening hours among so many days from `since` on."""
    longest = run = 0
    for distance in range(days):
        run = 0 if business_day(since + dt.timedelta(days=distance), practice) else run + 1
        longest = max(longest, run)
    return longest


def at_in_words(moment: dt.datetime, now: dt.datetime, practice: Practice) -> str:
    """Return "at 9:30 AM Central Time" for today, "on Tuesday, November 24, 9:30 AM Central Time" for other days.

    The time is practice time; the zone's name is the build's (plugins/lint/practice_file.py).
    """
    local = moment.astimezone(practice.zone)
    if local.date() == now.astimezone(practice.zone).date():
        return f"at {twelve_hour(local.time())} {practice.time_zone_name}"
    return f"on {in_words(moment, practice)}"


def in_words(moment: dt.datetime, practice: Practice) -> str:
    """Return the moment in practice time with its zone: Tuesday, November 24, 5:00 PM Central Time."""
    local = moment.astimezone(practice.zone)
    return f"{day_in_words(local)}, {twelve_hour(local.time())} {practice.time_zone_name}"


def day_in_words(day: dt.date) -> str:
    """Return the day in words: Tuesday, November 24."""
    return f"{day:%A}, {day:%B} {day.day}"


def closures(practice: Practice, since: dt.date) -> list[dt.date]:
    """Return the closed days of the two weeks from `since` on, in order, without those on which it never opens."""
    days = (since + dt.timedelta(days=distance) for distance in range(CLOSURES_AHEAD_DAYS))
    return [day for day in days if day in practice.closed_dates and practice.hours.on(day.weekday())]
