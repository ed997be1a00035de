"""Lifetimes of items other than leads, compared with the rules that need them."""

from __future__ import annotations

import datetime as dt

from leads.domain import promise, retention
from leads.services import follow_up, limited_sender


def test_a_count_outlives_the_day_that_it_belongs_to() -> None:
    assert dt.timedelta(days=1) < retention.COUNT_LIFETIME


def test_a_lock_outlives_its_work() -> None:
    assert max(follow_up.LIST_RETRY, limited_sender.URGENT_LIST_INTERVAL) < retention.COUNT_LIFETIME


def test_a_stored_time_outlives_the_longest_closure() -> None:
    assert dt.timedelta(days=promise.HORIZON_DAYS) <= retention.TIMESTAMP_LIFETIME
