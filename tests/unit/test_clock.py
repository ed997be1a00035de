"""The clock and deadlines."""

from __future__ import annotations

import datetime as dt
import math

from leads import clock
from leads.clock import NEVER, Deadline


def test_the_time_is_in_utc() -> None:
    assert clock.now().tzinfo is dt.UTC


def test_a_deadline_comes_nearer() -> None:
    deadline = Deadline.within(60)

    first, second = deadline.seconds_left, deadline.seconds_left

    assert 59 < second <= first <= 60


def test_a_deadline_that_has_passed_leaves_less_than_nothing() -> None:
    assert Deadline.within(-1).seconds_left < 0


def test_without_a_deadline_there_is_always_time() -> None:
    assert NEVER.seconds_left == math.inf
