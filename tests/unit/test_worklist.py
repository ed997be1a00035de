"""The lists that staff get: their order, and when there is news."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from leads.domain.lifecycle import StoredLead
from leads.domain.statistics import KeptRate
from leads.domain.worklist import DUE_SOON, INDEX_LAG, Digest, ReviewList

from tests.support import factories
from tests.support.factories import TUESDAY

HOUR = dt.timedelta(hours=1)
MOMENT = dt.timedelta(microseconds=1)


def waiting(name: str, contact_by: dt.datetime, received_at: dt.datetime = TUESDAY - HOUR) -> StoredLead:
    lead = factories.stored(name=name, review_reason="odd", at=received_at)
    return replace(lead, contact_by=contact_by)


@pytest.mark.parametrize(
    ("lead", "has_news"),
    [
        (waiting("old, due later", TUESDAY + DUE_SOON + MOMENT), False),
        (waiting("old, due soon", TUESDAY + DUE_SOON), True),
        (waiting("old, passed", TUESDAY), False),
        (waiting("new", TUESDAY + 9 * HOUR, TUESDAY - INDEX_LAG), True),
        (waiting("listed", TUESDAY + 9 * HOUR, TUESDAY - INDEX_LAG - MOMENT), False),
        (waiting("just written", TUESDAY + 9 * HOUR, TUESDAY - INDEX_LAG + MOMENT), False),
    ],
    ids=lambda value: value.lead.name if isinstance(value, StoredLead) else "",
)
def test_new_requests_and_those_due_soon_are_news(lead: StoredLead, has_news: bool) -> None:
    assert ReviewList([lead], TUESDAY).has_news_since(TUESDAY - MOMENT) is has_news


def test_a_list_that_could_not_be_read_whole_is_news() -> None:
    assert ReviewList([], TUESDAY, is_complete=False).has_news_since(TUESDAY)


def test_requests_whose_promise_has_passed_are_overdue() -> None:
    leads = [waiting(str(number), TUESDAY + number * MOMENT) for number in (-1, 0, 1)]

    assert [lead.lead.name for lead in ReviewList(leads, TUESDAY).overdue] == ["-1", "0"]


@pytest.mark.parametrize(("still_open", "in_review", "has_work"), [(0, 0, False), (1, 0, True), (0, 1, True)])
def test_a_digest_has_work_if_a_lead_is_in_it(still_open: int, in_review: int, has_work: bool) -> None:
    digest = Digest(
        open=(factories.stored(),) * still_open,
        in_review=(factories.stored(review_reason="odd"),) * in_review,
        in_review_total=in_review,
        kept_rate=KeptRate(0, 0),
        days=30,
        open_limit=10,
        max_lines=10,
    )

    assert digest.has_work is has_work
