"""What the page announces before a request is sent: by when it would be called, and how long that holds."""

from __future__ import annotations

import datetime as dt

from leads.web.announcement import announcement

from tests.support import factories

A_MINUTE_BEFORE_CLOSING = {
    "contact_by": "2026-11-18T17:00:00-06:00",
    "contact_by_text": "Wednesday, November 18, 5:00 PM Central Time",
    "priority_contact_by": "2026-11-18T11:00:00-06:00",
    "priority_contact_by_text": "Wednesday, November 18, 11:00 AM Central Time",
    "open": True,
    "open_again_text": "",
    "valid_until": "2026-11-17T17:00:00-06:00",
}

AT_CLOSING = {
    **A_MINUTE_BEFORE_CLOSING,
    "open": False,
    "open_again_text": "Wednesday, November 18, 9:00 AM Central Time",
    "valid_until": "2026-11-17T17:10:00-06:00",
}


def announced_at(clock_time: str) -> dict[str, object]:
    return announcement(factories.moment(f"2026-11-17 {clock_time}").astimezone(dt.UTC), factories.SAMPLE)


def test_a_minute_before_closing_the_deadlines_are_those_of_closing() -> None:
    assert announced_at("16:59") == A_MINUTE_BEFORE_CLOSING


def test_at_closing_it_says_when_the_practice_opens_again() -> None:
    assert announced_at("17:00") == AT_CLOSING


def test_in_hours_the_deadlines_are_those_of_ten_minutes_later() -> None:
    announced = announced_at("10:00")

    assert (announced["contact_by_text"], announced["priority_contact_by_text"]) == (
        "Wednesday, November 18, 10:10 AM Central Time",
        "Tuesday, November 17, 12:10 PM Central Time",
    )
