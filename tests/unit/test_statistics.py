"""How the promise was kept, lead by lead: what counts as kept, as broken, and not at all."""

from __future__ import annotations

import datetime as dt

import pytest
from leads.domain import lifecycle, statistics
from leads.domain.lifecycle import Event, StoredLead
from leads.domain.statistics import KeptRate

from tests.support import factories
from tests.support.factories import SAMPLE, TUESDAY

DUE = factories.moment("2026-11-18 10:00")
"""Deadline of a lead that was received on `TUESDAY`."""

MOMENT = dt.timedelta(microseconds=1)
YEAR = dt.timedelta(days=365)


def after(lead: StoredLead, *events: tuple[Event, dt.datetime]) -> StoredLead:
    """Return the lead after these events."""
    for event, at in events:
        lead = lifecycle.apply(lead, event, at, SAMPLE)
    return lead


def called(at: dt.datetime, event: Event = Event.CONTACTED) -> StoredLead:
    return after(factories.stored(Event.NOTIFIED), (event, at))


def rate(*leads: StoredLead, now: dt.datetime = DUE + YEAR) -> KeptRate:
    return statistics.kept_rate(leads, now)


@pytest.mark.parametrize("event", [Event.CONTACTED, Event.NO_ANSWER])
@pytest.mark.parametrize(("at", "kept"), [(DUE - MOMENT, True), (DUE, True), (DUE + MOMENT, False)])
def test_a_call_by_the_deadline_keeps_the_promise(event: Event, at: dt.datetime, kept: bool) -> None:
    assert statistics.was_kept(called(at, event), DUE + YEAR) is kept


@pytest.mark.parametrize(
    ("now", "kept"), [(DUE - MOMENT, None), (DUE, None), (DUE + MOMENT, False), (DUE + YEAR, False)]
)
@pytest.mark.parametrize(
    "lead",
    [
        factories.stored(),
        factories.stored(Event.NOTIFIED),
        factories.stored(Event.NOTIFIED, Event.REMINDED, Event.ESCALATED),
        factories.stored(review_reason="odd"),
    ],
    ids=["stored", "notified", "overdue", "in review"],
)
def test_a_lead_without_a_call_breaks_the_promise_at_its_deadline(
    lead: StoredLead, now: dt.datetime, kept: bool | None
) -> None:
    assert statistics.was_kept(lead, now) is kept


def test_an_overdue_lead_that_was_never_called_counts_as_broken() -> None:
    assert rate(factories.stored(Event.NOTIFIED, Event.REMINDED, Event.ESCALATED)) == KeptRate(kept=0, broken=1)


def test_a_lead_in_review_counts_as_broken_once_its_promise_has_passed() -> None:
    assert rate(factories.stored(review_reason="odd")) == KeptRate(kept=0, broken=1)


def test_a_late_call_does_not_mend_a_broken_promise() -> None:
    first_late = after(factories.stored(Event.NOTIFIED), (Event.NO_ANSWER, DUE + MOMENT), (Event.CONTACTED, DUE + YEAR))

    assert rate(first_late) == KeptRate(kept=0, broken=1)


def test_the_first_call_decides_not_the_last() -> None:
    lead = after(
        factories.stored(Event.NOTIFIED), (Event.NO_ANSWER, DUE), (Event.CONTACTED, DUE + dt.timedelta(days=3))
    )

    assert rate(lead) == KeptRate(kept=1, broken=0)


def test_what_is_not_a_lead_does_not_count() -> None:
    assert rate(factories.stored(Event.NOT_A_LEAD)) == KeptRate(kept=0, broken=0)


def test_a_promise_that_is_still_to_come_does_not_count() -> None:
    assert rate(factories.stored(), called(TUESDAY), now=TUESDAY) == KeptRate(kept=1, broken=0)


def test_a_call_that_was_taken_back_does_not_count() -> None:
    lead = after(factories.stored(), (Event.CONTACTED, TUESDAY), (Event.REOPENED, TUESDAY))

    assert rate(lead) == KeptRate(kept=0, broken=1)


def test_each_promise_of_a_lead_counts() -> None:
    lead = after(factories.stored(), (Event.CONTACTED, TUESDAY), (Event.ASKED_AGAIN, TUESDAY + dt.timedelta(hours=1)))

    assert statistics.outcomes(lead, DUE + YEAR) == [True, False]
    assert statistics.was_kept(lead, DUE + YEAR) is False
    assert rate(lead) == KeptRate(kept=1, broken=1)


def test_a_request_after_one_that_was_not_a_lead_counts_alone() -> None:
    lead = after(factories.stored(), (Event.NOT_A_LEAD, TUESDAY), (Event.ASKED_AGAIN, TUESDAY))

    assert statistics.outcomes(lead, DUE + YEAR) == [None, False]


@pytest.mark.parametrize(
    ("kept", "broken", "percent"),
    [(0, 0, None), (0, 3, 0), (3, 0, 100), (1, 1, 50), (1, 2, 33), (2, 1, 66), (999, 1, 99), (1, 999, 0)],
)
def test_the_percentage_is_rounded_down(kept: int, broken: int, percent: int | None) -> None:
    assert KeptRate(kept, broken).percent == percent
