"""Durations in words."""

from __future__ import annotations

import datetime as dt

import pytest
from leads.domain import duration


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.timedelta(seconds=59), "under a minute"),
        (dt.timedelta(minutes=1), "1 min"),
        (dt.timedelta(minutes=60), "1 h"),
        (dt.timedelta(hours=3, minutes=20, seconds=59), "3 h 20 min"),
        (dt.timedelta(hours=24), "1 d"),
        (dt.timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (-dt.timedelta(minutes=5), "5 min"),
    ],
)
def test_a_duration_is_its_two_largest_units(time: dt.timedelta, words: str) -> None:
    assert duration.in_words(time) == words
