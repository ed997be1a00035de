"""Tests that every implementation of the ports passes: in memory (tests/unit) and on DynamoDB (tests/integration).

A test class inherits from them and has a fixture that returns the implementation.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from leads.domain import lifecycle
from leads.domain.errors import StaleError
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.services.ports import CounterStore, LeadStore, LockStore

from tests.support import factories
from tests.support.factories import SAMPLE, TUESDAY
from tests.support.memory import as_stored

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
LATER = TUESDAY + MINUTE
URGENT = ["suicidal-thoughts"]


def _change(leads: LeadStore, lead: StoredLead, event: Event, at: dt.datetime = LATER) -> StoredLead:
    return leads.change(lead, lifecycle.apply(lead, event, at, SAMPLE))


def _put(leads: LeadStore, name: str, *events: Event, **facts: Any) -> StoredLead:
    changes = {key: facts.pop(key) for key in ("at", "review_reason", "conditions") if key in facts}
    return leads.put(replace(factories.stored(*events, name=name, **changes), **facts))[0]


def _names(leads: list[StoredLead]) -> list[str]:
    return [lead.lead.name for lead in leads]


class LeadStoreContract:
    """What a `LeadStore` does."""

    def test_a_stored_lead_is_found(self, leads: LeadStore) -> None:
        lead = factories.stored(leave_empty="x", elapsed="1.5")

        assert leads.put(lead) == (lead, True)
        assert leads.get(lead.reference, LATER) == as_stored(lead)

    def test_an_unknown_reference_finds_nothing(self, leads: LeadStore) -> None:
        assert leads.get("0000-0000-0000", LATER) is None

    def test_the_same_submission_returns_the_first_lead(self, leads: LeadStore) -> None:
        first = _change(leads, leads.put(factories.stored())[0], Event.CONTACTED)

        assert leads.put(factories.stored(at=TUESDAY + 5 * MINUTE)) == (as_stored(first), False)

    def test_a_reference_in_use_is_replaced_by_the_next_one(self, leads: LeadStore) -> None:
        first, other = factories.stored(), factories.stored(name="Grace Hopper")
        second = replace(other, fingerprint=first.fingerprint[:12] + other.fingerprint[12:])
        leads.put(first)

        stored, is_new = leads.put(second)

        assert (is_new, stored.reference.replace("-", "")) == (True, second.fingerprint[12:24])

    def test_a_change_is_found_with_the_next_version(self, leads: LeadStore) -> None:
        lead = leads.put(factories.stored())[0]

        changed = _change(leads, lead, Event.CONTACTED)

        assert (leads.get(lead.reference, LATER), changed.version) == (as_stored(changed), 1)

    def test_a_change_of_an_older_version_is_stale(self, leads: LeadStore) -> None:
        lead = leads.put(factories.stored())[0]
        first = _change(leads, lead, Event.CONTACTED)

        with pytest.raises(StaleError):
            _change(leads, lead, Event.NOT_A_LEAD)

        assert leads.get(lead.reference, LATER) == as_stored(first)

    def test_a_change_of_a_deleted_lead_is_stale(self, leads: LeadStore) -> None:
        lead = leads.put(factories.stored())[0]

        assert (leads.delete(lead.reference), leads.delete(lead.reference)) == (True, False)
        with pytest.raises(StaleError):
            _change(leads, lead, Event.CONTACTED)

    def test_an_expired_lead_is_not_found_and_makes_room(self, leads: LeadStore) -> None:
        old = leads.put(factories.stored(Event.CONTACTED))[0]
        assert old.expires_at
        again = replace(factories.stored(at=old.expires_at), fingerprint=old.fingerprint, reference=old.reference)

        assert leads.get(old.reference, old.expires_at) is None
        assert leads.put(again) == (again, True)

    def test_due_leads_are_urgent_or_ordinary_ones_the_longest_due_first(self, leads: LeadStore) -> None:
        late = _put(leads, "late", next_at=TUESDAY - HOUR)
        later = _put(leads, "later", next_at=TUESDAY - MINUTE)
        urgent = _put(leads, "urgent", conditions=URGENT, next_at=TUESDAY)
        _put(leads, "to come", next_at=LATER)

        assert list(leads.due(TUESDAY, urgent=False)) == [late.reference, later.reference]
        assert list(leads.due(TUESDAY, urgent=True)) == [urgent.reference]

    @pytest.mark.parametrize("event", [Event.CONTACTED, Event.NOT_A_LEAD])
    def test_a_closed_lead_is_not_due(self, leads: LeadStore, event: Event) -> None:
        _put(leads, "closed", event)

        assert list(leads.due(TUESDAY + dt.timedelta(days=30), urgent=False)) == []

    def test_open_leads_are_urgent_ones_first_then_by_deadline(self, leads: LeadStore) -> None:
        for number, name in enumerate("cab"):
            _put(leads, name, call_by=TUESDAY + (2, 0, 1)[number] * MINUTE)
        _put(leads, "urgent", conditions=URGENT)
        _put(leads, "closed", Event.CONTACTED)
        _put(leads, "in review", review_reason="odd")

        assert _names(leads.open(LATER)) == ["urgent", "a", "b", "c"]

    def test_a_limit_of_open_leads_keeps_the_urgent_ones_and_the_next_deadlines(self, leads: LeadStore) -> None:
        for number, name in enumerate("cab"):
            _put(leads, name, call_by=TUESDAY + (2, 0, 1)[number] * MINUTE)
        _put(leads, "urgent", conditions=URGENT)

        assert _names(leads.open(LATER, 2)) == ["urgent", "a"]

    def test_a_change_moves_a_lead_in_the_list(self, leads: LeadStore) -> None:
        first = _put(leads, "first", Event.NOTIFIED)
        _put(leads, "second", Event.NOTIFIED, call_by=first.call_by + MINUTE)

        leads.change(first, replace(first, call_by=first.call_by + HOUR))

        assert _names(leads.open(LATER)) == ["second", "first"]

    def test_leads_in_review_are_listed_earliest_promise_first(self, leads: LeadStore) -> None:
        for minute, name in enumerate(["first", "second"]):
            _put(leads, name, review_reason="odd", at=TUESDAY - minute * MINUTE, contact_by=TUESDAY + minute * HOUR)
        _put(leads, "open")

        assert _names(list(leads.in_review(LATER))) == ["first", "second"]
        assert _names(list(leads.in_review(LATER, after=TUESDAY))) == ["second"]
        assert leads.count_in_review() == 2

    def test_without_a_lead_in_review_there_is_none(self, leads: LeadStore) -> None:
        _put(leads, "open")

        assert (list(leads.in_review(LATER)), leads.count_in_review()) == ([], 0)

    def test_the_oldest_unsent_lead_is_by_the_time_of_opening(self, leads: LeadStore) -> None:
        again = _put(leads, "again", Event.CONTACTED, at=TUESDAY - dt.timedelta(days=20))
        _change(leads, again, Event.REOPENED)
        _put(leads, "sent", Event.NOTIFIED, at=TUESDAY - HOUR)
        _put(leads, "new", at=TUESDAY - MINUTE)

        oldest = leads.oldest_unsent(LATER)

        assert oldest is not None
        assert (oldest.lead.name, oldest.status) == ("new", Status.STORED)

    def test_without_an_unsent_lead_there_is_no_oldest_one(self, leads: LeadStore) -> None:
        _put(leads, "sent", Event.NOTIFIED)

        assert leads.oldest_unsent(LATER) is None

    def test_closed_leads_are_listed_on_their_day_in_the_order_of_closing(self, leads: LeadStore) -> None:
        for name, minutes in {"second": 2, "first": 1}.items():
            _change(leads, _put(leads, name), Event.CONTACTED, at=TUESDAY + minutes * MINUTE)
        _put(leads, "yesterday", Event.NOT_A_LEAD, at=TUESDAY - dt.timedelta(days=1))
        _put(leads, "open")

        assert _names(list(leads.closed(TUESDAY.date(), LATER))) == ["first", "second"]

    def test_an_expired_lead_is_on_no_list(self, leads: LeadStore) -> None:
        expires_at = _put(leads, "closed", Event.CONTACTED).expires_at

        assert expires_at is not None
        assert list(leads.closed(TUESDAY.date(), expires_at)) == []


class CounterStoreContract:
    """What a `CounterStore` does."""

    def test_each_increment_is_one_more(self, counters: CounterStore) -> None:
        assert [counters.increment(name, TUESDAY) for name in ("a", "a", "b")] == [1, 2, 1]

    def test_a_member_counts_once_and_never_beyond_the_limit(self, counters: CounterStore) -> None:
        assert [counters.add_distinct("names", name, 3, TUESDAY) for name in "aabcde"] == [1, 1, 2, 3, 3, 3]

    def test_slots_are_free_again_after_the_window(self, counters: CounterStore) -> None:
        moments = [TUESDAY, LATER, LATER, TUESDAY + HOUR - MINUTE, TUESDAY + HOUR]

        taken = [counters.take_slot("slot", 2, HOUR, moment) for moment in moments]

        assert taken == [True, True, False, False, True]

    def test_short_tries_count_as_others_do(self, counters: CounterStore) -> None:
        with counters.one_short_try():
            assert counters.increment("a", TUESDAY) == 1


class LockStoreContract:
    """What a `LockStore` does."""

    def test_a_lock_is_free_again_after_its_lease(self, locks: LockStore) -> None:
        assert [locks.acquire("lock", moment, MINUTE) for moment in (TUESDAY, TUESDAY, LATER)] == [True, False, True]

    def test_locks_of_two_names_are_two(self, locks: LockStore) -> None:
        assert (locks.acquire("a", TUESDAY, MINUTE), locks.acquire("b", TUESDAY, MINUTE)) == (True, True)

    def test_a_released_lock_is_free_at_once(self, locks: LockStore) -> None:
        locks.acquire("lock", TUESDAY, HOUR)
        locks.release("lock", TUESDAY)

        assert locks.acquire("lock", TUESDAY, HOUR)

    def test_its_owner_renews_a_lock_and_another_does_not_get_it(self, locks: LockStore) -> None:
        owners = [("a", TUESDAY), ("b", TUESDAY), ("a", TUESDAY), ("b", LATER), ("a", LATER)]

        acquired = [locks.acquire("lock", moment, MINUTE, owner) for owner, moment in owners]

        assert acquired == [True, False, True, True, False]

    def test_only_its_owner_releases_a_lock(self, locks: LockStore) -> None:
        locks.acquire("lock", TUESDAY, MINUTE, "a")
        locks.release("lock", TUESDAY, "b")
        before = locks.acquire("lock", TUESDAY, MINUTE, "b")
        locks.release("lock", TUESDAY, "a")

        assert (before, locks.acquire("lock", TUESDAY, MINUTE, "b")) == (False, True)

    def test_complete_work_is_not_begun_again(self, locks: LockStore) -> None:
        locks.acquire("lock", TUESDAY, MINUTE)
        locks.complete("lock", TUESDAY)

        assert not locks.acquire("lock", TUESDAY + HOUR, MINUTE)

    def test_a_stored_time_is_found(self, locks: LockStore) -> None:
        before = locks.stored_time("listed")
        locks.store_time("listed", TUESDAY)

        assert (before, locks.stored_time("listed")) == (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), TUESDAY)
