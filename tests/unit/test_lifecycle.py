"""What happens to a lead: the table of steps, when the software acts, and what is true after any history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.domain import lifecycle
from leads.domain.lifecycle import Action, Event, Screening, Status, StoredLead, TransitionError

from tests.support import factories
from tests.support.factories import SAMPLE, TUESDAY

A_MINUTE = dt.timedelta(minutes=1)

# The table again, written out by hand: the code builds it from loops.
STEPS: dict[Status, dict[Event, Status]] = {
    Status.IN_REVIEW: {
        Event.RELEASED: Status.STORED,
        Event.NOT_A_LEAD: Status.NOT_A_LEAD,
    },
    Status.STORED: {
        Event.NOTIFIED: Status.NOTIFIED,
        Event.SEND_FAILED: Status.STORED,
        Event.CONTACTED: Status.CONTACTED,
        Event.NO_ANSWER: Status.TRY_AGAIN,
        Event.UNREACHABLE: Status.OVERDUE,
        Event.NOT_A_LEAD: Status.NOT_A_LEAD,
        Event.HELD_FOR_REVIEW: Status.IN_REVIEW,
    },
    Status.NOTIFIED: {
        Event.REMINDED: Status.REMINDED,
        Event.ESCALATED: Status.OVERDUE,
        Event.SEND_FAILED: Status.NOTIFIED,
        Event.CONTACTED: Status.CONTACTED,
        Event.NO_ANSWER: Status.TRY_AGAIN,
        Event.UNREACHABLE: Status.OVERDUE,
        Event.NOT_A_LEAD: Status.NOT_A_LEAD,
    },
    Status.TRY_AGAIN: {
        Event.CALL_REPORTED: Status.TRY_AGAIN,
        Event.REMINDED: Status.REMINDED,
        Event.ESCALATED: Status.OVERDUE,
        Event.SEND_FAILED: Status.TRY_AGAIN,
        Event.CONTACTED: Status.CONTACTED,
        Event.NO_ANSWER: Status.TRY_AGAIN,
        Event.UNREACHABLE: Status.OVERDUE,
        Event.NOT_A_LEAD: Status.NOT_A_LEAD,
    },
    Status.REMINDED: {
        Event.ESCALATED: Status.OVERDUE,
        Event.SEND_FAILED: Status.REMINDED,
        Event.CONTACTED: Status.CONTACTED,
        Event.NO_ANSWER: Status.TRY_AGAIN,
        Event.UNREACHABLE: Status.OVERDUE,
        Event.NOT_A_LEAD: Status.NOT_A_LEAD,
    },
    Status.OVERDUE: {
        Event.REMINDED: Status.OVERDUE,
        Event.ESCALATED: Status.OVERDUE,
        Event.SEND_FAILED: Status.OVERDUE,
        Event.CONTACTED: Status.CONTACTED,
        Event.NO_ANSWER: Status.TRY_AGAIN,
        Event.UNREACHABLE: Status.OVERDUE,
        Event.NOT_A_LEAD: Status.NOT_A_LEAD,
    },
    Status.CONTACTED: {Event.REOPENED: Status.STORED, Event.ASKED_AGAIN: Status.STORED},
    Status.NOT_A_LEAD: {Event.REOPENED: Status.STORED, Event.ASKED_AGAIN: Status.STORED},
}

POSSIBLE = [(status, event, after) for status, steps in STEPS.items() for event, after in steps.items()]
IMPOSSIBLE = [(status, event) for status in Status for event in Event if event not in STEPS[status]]

OWED_A_CALL = {Status.STORED, Status.NOTIFIED, Status.TRY_AGAIN, Status.REMINDED, Status.OVERDUE}


def apply(lead: StoredLead, event: Event, now: dt.datetime = TUESDAY + A_MINUTE) -> StoredLead:
    return lifecycle.apply(lead, event, now, SAMPLE)


def local(moment: dt.datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(SAMPLE.zone):%a %Y-%m-%d %H:%M:%S}"


# --- The table ---


@pytest.mark.parametrize(("status", "event", "after"), POSSIBLE)
def test_a_step_of_the_table_leads_to_its_state(status: Status, event: Event, after: Status) -> None:
    assert apply(factories.in_state(status), event).status is after


@pytest.mark.parametrize(("status", "event"), IMPOSSIBLE)
def test_what_is_not_in_the_table_cannot_happen(status: Status, event: Event) -> None:
    with pytest.raises(TransitionError):
        apply(factories.in_state(status), event)


@pytest.mark.parametrize(("status", "event", "after"), POSSIBLE)
def test_a_step_is_the_newest_line_of_the_history(status: Status, event: Event, after: Status) -> None:
    before = factories.in_state(status)

    history = apply(before, event, TUESDAY + A_MINUTE).history

    assert history == (*before.history, lifecycle.Entry(TUESDAY + A_MINUTE, event))


@pytest.mark.parametrize(("status", "event", "after"), POSSIBLE)
def test_what_owes_a_call_is_looked_at_and_nothing_else(status: Status, event: Event, after: Status) -> None:
    assert (apply(factories.in_state(status), event).next_at is not None) is (after in OWED_A_CALL)


@pytest.mark.parametrize("status", Status)
def test_these_states_owe_a_call(status: Status) -> None:
    assert factories.in_state(status).is_open is (status in OWED_A_CALL)


@pytest.mark.parametrize("status", Status)
def test_these_states_are_done(status: Status) -> None:
    assert factories.in_state(status).is_closed is (status in {Status.CONTACTED, Status.NOT_A_LEAD})


def test_the_error_says_what_could_not_happen() -> None:
    with pytest.raises(TransitionError, match="contacted cannot happen to a lead that is contacted"):
        apply(factories.in_state(Status.CONTACTED), Event.CONTACTED)


# --- A new lead ---


def test_a_new_lead_is_leased_to_the_caller_that_stored_it() -> None:
    assert factories.stored().next_at == TUESDAY + dt.timedelta(seconds=60)


def test_a_new_lead_is_promised_a_call_within_a_business_day() -> None:
    assert local(factories.stored().contact_by) == "Wed 2026-11-18 10:00:00"


def test_the_first_call_is_due_when_it_was_promised() -> None:
    lead = factories.stored()

    assert lead.call_by == lead.contact_by


def test_a_lead_with_priority_is_promised_a_call_within_two_hours() -> None:
    assert local(factories.stored(conditions=["suicidal-thoughts"]).contact_by) == "Tue 2026-11-17 12:00:00"


@pytest.mark.parametrize("event", [Event.CONTACTED, Event.NOT_A_LEAD])
def test_a_closed_lead_is_kept_for_as_long_as_the_practice_says(event: Event) -> None:
    practice = factories.practice(privacy={"keep_days": 90})

    lead = lifecycle.apply(factories.in_state(Status.OVERDUE), event, THURSDAY, practice)

    assert lead.expires_at == THURSDAY + dt.timedelta(days=90)


def received(reason: str | None = None, **answers: Any) -> StoredLead:
    """Return a lead as it is stored before the visitor's answer."""
    return lifecycle.receive(factories.lead(**answers), "R", "F", TUESDAY, SAMPLE, Screening("a network", reason))


@pytest.mark.parametrize("reason", [None, "odd"])
def test_a_new_lead_is_due_at_once_whatever_its_form_shows(reason: str | None) -> None:
    lead = received(reason)

    assert (lead.status, lead.next_at, lead.screening) == (Status.STORED, TUESDAY, Screening("a network", reason))


def screened(lead: StoredLead, reason: str | None = "odd") -> StoredLead:
    return lifecycle.screen(lead, reason, THURSDAY, SAMPLE)


def test_a_lead_without_a_reason_for_review_stays_due() -> None:
    assert screened(received(), None) == replace(received(), screening=None)


def test_a_lead_with_a_reason_for_review_waits_for_review() -> None:
    lead = screened(received())

    assert (lead.status, lead.review_reason, lead.screening) == (Status.IN_REVIEW, "odd", None)


def test_a_lead_in_review_is_not_due_and_never_expires() -> None:
    assert (screened(received()).next_at, screened(received()).expires_at) == (None, None)


def test_a_lead_in_review_keeps_the_promise_of_its_receipt() -> None:
    assert screened(received()).promises == received().promises


def test_an_urgent_lead_never_waits_for_review_but_keeps_the_reason() -> None:
    lead = screened(received(conditions=["suicidal-thoughts"]))

    assert (lead.status, lead.review_reason, lead.screening) == (Status.STORED, "odd", None)


@pytest.mark.parametrize(("said", "status"), [(Event.CONTACTED, Status.STORED), (Event.NOT_A_LEAD, Status.IN_REVIEW)])
def test_a_visitor_who_was_reached_and_asks_again_does_not_wait_for_review(said: Event, status: Status) -> None:
    assert screened(asked(factories.stored(said))).status is status


@pytest.mark.parametrize(("reason", "status"), [(None, Status.STORED), ("odd", Status.IN_REVIEW)])
def test_a_lead_in_review_is_released_if_no_reason_is_left(reason: str | None, status: Status) -> None:
    waiting = replace(factories.stored(review_reason="too fast"), screening=Screening("a network"), next_at=TUESDAY)

    lead = screened(waiting, reason)

    assert (lead.status, lead.review_reason, lead.screening) == (status, "too fast", None)


@pytest.mark.parametrize("event", STEPS[Status.STORED])
def test_after_any_event_nothing_is_left_to_screen(event: Event) -> None:
    assert apply(received(), event).screening is None


# --- The same answers again ---

CLEAN = Screening("another network")


def asked(lead: StoredLead, screening: Screening = CLEAN) -> StoredLead:
    return lifecycle.ask_again(lead, screening, THURSDAY, SAMPLE)


@pytest.mark.parametrize("said", [Event.CONTACTED, Event.NOT_A_LEAD])
def test_a_closed_lead_gets_a_new_promise_and_is_screened(said: Event) -> None:
    lead = asked(factories.stored(said))

    assert (lead.status, lead.next_at, lead.screening, len(lead.promises)) == (Status.STORED, THURSDAY, CLEAN, 2)


def test_a_lead_that_is_owed_a_call_does_not_change() -> None:
    lead = factories.stored(Event.NOTIFIED)

    assert asked(lead) is lead


def test_a_lead_that_was_not_screened_yet_does_not_change() -> None:
    assert asked(lead := received()) is lead


@pytest.mark.parametrize("lead", [factories.stored(review_reason="odd"), received("odd")], ids=["in review", "new"])
def test_a_form_without_a_reason_has_a_doubtful_lead_screened_anew(lead: StoredLead) -> None:
    assert asked(lead) == replace(lead, screening=CLEAN, next_at=THURSDAY)


@pytest.mark.parametrize("lead", [factories.stored(review_reason="odd"), received("odd")], ids=["in review", "new"])
def test_a_form_with_a_reason_leaves_a_doubtful_lead_as_it_is(lead: StoredLead) -> None:
    assert asked(lead, Screening("another network", "odd")) is lead


def test_a_lead_in_review_that_is_to_be_screened_is_not_changed_once_more() -> None:
    lead = asked(factories.stored(review_reason="odd"))

    assert asked(lead) is lead


def test_times_are_kept_in_utc() -> None:
    lead = factories.stored()

    assert {lead.contact_by.tzinfo, lead.call_by.tzinfo} == {dt.UTC}


# --- When the software acts ---


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (Status.STORED, Action.NOTIFY),
        (Status.NOTIFIED, Action.REMIND),
        (Status.TRY_AGAIN, Action.REMIND),
        (Status.REMINDED, Action.ESCALATE),
        (Status.OVERDUE, Action.ESCALATE),
    ],
)
def test_what_is_done_about_a_lead_whose_time_has_come(status: Status, action: Action) -> None:
    assert lifecycle.next_action(factories.in_state(status, next_at=TUESDAY), TUESDAY) is action


@pytest.mark.parametrize("status", [Status.NOTIFIED, Status.TRY_AGAIN])
@pytest.mark.parametrize(
    ("late", "action"),
    [(dt.timedelta(microseconds=-1), Action.REMIND), (dt.timedelta(), Action.ESCALATE)],
    ids=["in time", "at the deadline"],
)
def test_no_reminder_is_sent_after_the_deadline(status: Status, late: dt.timedelta, action: Action) -> None:
    # After an outage: the manager hears at once, not five minutes after a reminder that came too late.
    lead = factories.in_state(status, next_at=TUESDAY)

    assert lifecycle.next_action(lead, lead.call_by + late) is action


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.CONTACTED, Status.NOT_A_LEAD])
def test_nothing_is_done_about_a_lead_that_owes_no_call(status: Status) -> None:
    assert lifecycle.next_action(factories.in_state(status), TUESDAY + dt.timedelta(days=999)) is None


@given(st.sampled_from(sorted(OWED_A_CALL)), st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(days=400)))
def test_nothing_is_done_early(status: Status, early: dt.timedelta) -> None:
    lead = factories.in_state(status, next_at=TUESDAY)

    assert lifecycle.next_action(lead, TUESDAY - early) is None


def test_a_leased_lead_is_not_due_for_a_minute() -> None:
    assert lifecycle.lease(factories.in_state(Status.STORED), TUESDAY).next_at == TUESDAY + A_MINUTE


def test_a_lease_changes_nothing_else() -> None:
    lead = factories.in_state(Status.STORED, next_at=TUESDAY)

    assert replace(lifecycle.lease(lead, TUESDAY), next_at=TUESDAY) == lead


def actions_until(lead: StoredLead, until: dt.datetime) -> Iterator[tuple[Action, str]]:
    """Return the actions about a lead without a call, by a sweep that is always in time."""
    while lead.next_at and lead.next_at < until:
        now = lead.next_at
        action = lifecycle.next_action(lead, now)
        assert action is not None
        yield action, local(now)
        lead = apply(lead, lifecycle.COMPLETED_BY[action], now)


def test_a_lead_without_a_call_is_reminded_of_and_then_escalated_every_opening_day() -> None:
    lead = apply(factories.stored(), Event.NOTIFIED)

    assert list(actions_until(lead, factories.moment("2026-11-24 00:00"))) == [
        (Action.REMIND, "Tue 2026-11-17 16:00:00"),  # two opening hours before the deadline
        (Action.ESCALATE, "Wed 2026-11-18 10:00:00"),  # the deadline
        (Action.ESCALATE, "Thu 2026-11-19 10:00:00"),  # each opening
        (Action.ESCALATE, "Fri 2026-11-20 09:00:00"),
        (Action.ESCALATE, "Mon 2026-11-23 09:00:00"),
    ]


def test_an_urgent_lead_without_a_call() -> None:
    lead = apply(factories.stored(conditions=["suicidal-thoughts"]), Event.NOTIFIED, TUESDAY)

    assert list(actions_until(lead, factories.moment("2026-11-19 00:00"))) == [
        (Action.REMIND, "Tue 2026-11-17 11:00:00"),  # half of the two hours
        (Action.ESCALATE, "Tue 2026-11-17 12:00:00"),
        *[(Action.ESCALATE, f"Tue 2026-11-17 {hour}:00:00") for hour in range(13, 17)],  # each hour while it is open
        (Action.ESCALATE, "Wed 2026-11-18 09:00:00"),
        *[(Action.ESCALATE, f"Wed 2026-11-18 {hour}:00:00") for hour in range(10, 17)],
    ]


def test_an_unanswered_call_is_tried_again_in_the_next_half_day() -> None:
    lead = apply(factories.stored(), Event.NO_ANSWER, factories.moment("2026-11-17 10:30"))

    assert list(actions_until(lead, factories.moment("2026-11-19 00:00"))) == [
        (Action.REMIND, "Tue 2026-11-17 12:00:00"),
        (Action.ESCALATE, "Tue 2026-11-17 17:00:00"),
        (Action.ESCALATE, "Wed 2026-11-18 09:00:00"),
    ]


@pytest.mark.parametrize("late", [dt.timedelta(hours=30), dt.timedelta(days=9)])
def test_a_reminder_that_comes_after_the_deadline_is_followed_by_the_escalation_at_once(late: dt.timedelta) -> None:
    lead = apply(factories.in_state(Status.NOTIFIED), Event.REMINDED, TUESDAY + late)

    assert lead.next_at == TUESDAY + late


def test_a_notification_that_comes_after_the_deadline_is_followed_by_the_reminder_at_once() -> None:
    late = TUESDAY + dt.timedelta(days=9)

    assert apply(factories.stored(), Event.NOTIFIED, late).next_at == late


@pytest.mark.parametrize("hours", [1, 2, 6])
def test_the_reminder_comes_as_early_as_the_practice_says(hours: int) -> None:
    practice = factories.practice(promise={"reminder_hours": hours})
    early = factories.moment("2026-11-17 06:00")  # due at 17:00

    lead = lifecycle.apply(factories.stored(at=early, practice=practice), Event.NOTIFIED, early, practice)

    assert lead.next_at == factories.moment("2026-11-17 17:00") - dt.timedelta(hours=hours)


# --- E-mails that fail ---


@pytest.mark.parametrize(
    ("failed_before", "minutes"), [(0, 0), (1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (7, 60), (500, 60)]
)
def test_a_failed_email_is_tried_again_later_each_time(failed_before: int, minutes: int) -> None:
    lead = factories.in_state(Status.STORED, failures=failed_before)

    assert apply(lead, Event.SEND_FAILED, TUESDAY).next_at == TUESDAY + dt.timedelta(minutes=minutes)


def test_failures_are_counted() -> None:
    assert apply(factories.in_state(Status.STORED, failures=3), Event.SEND_FAILED).failures == 4


@pytest.mark.parametrize("event", [Event.NOTIFIED, Event.CONTACTED, Event.NO_ANSWER])
def test_failures_are_forgotten_once_something_else_happens(event: Event) -> None:
    assert apply(factories.in_state(Status.STORED, failures=3), event).failures == 0


# --- Calls ---


def test_a_contacted_lead_is_not_looked_at_again() -> None:
    assert factories.stored(Event.NOTIFIED, Event.CONTACTED).next_at is None


def test_an_unanswered_call_moves_the_next_call_not_the_promise() -> None:
    before = factories.stored()

    after = apply(before, Event.NO_ANSWER)

    assert (local(after.call_by), after.contact_by) == ("Tue 2026-11-17 17:00:00", before.contact_by)


@pytest.mark.parametrize(("before", "after"), [(0, Status.TRY_AGAIN), (1, Status.TRY_AGAIN), (2, Status.OVERDUE)])
def test_the_third_unanswered_call_is_the_managers_business(before: int, after: Status) -> None:
    assert apply(factories.in_state(Status.TRY_AGAIN, no_answers=before), Event.NO_ANSWER).status is after


def test_the_third_unanswered_call_is_escalated_at_once() -> None:
    third = apply(factories.in_state(Status.TRY_AGAIN, no_answers=2), Event.NO_ANSWER, TUESDAY)

    assert lifecycle.next_action(third, TUESDAY) is Action.ESCALATE


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_unanswered_calls_are_counted(before: int) -> None:
    assert apply(factories.in_state(Status.TRY_AGAIN, no_answers=before), Event.NO_ANSWER).no_answers == before + 1


@pytest.mark.parametrize(
    ("events", "minute"),
    [
        ([], None),
        ([Event.NOTIFIED, Event.REMINDED], None),
        ([Event.NOT_A_LEAD], None),
        ([Event.NOTIFIED, Event.CONTACTED], 2),
        ([Event.NOTIFIED, Event.NO_ANSWER, Event.CONTACTED], 2),
        ([Event.NO_ANSWER, Event.NO_ANSWER, Event.NO_ANSWER], 1),
        ([Event.CONTACTED, Event.REOPENED], None),
        ([Event.CONTACTED, Event.REOPENED, Event.NO_ANSWER], 3),
        ([Event.NO_ANSWER, Event.CONTACTED, Event.REOPENED], 1),
        ([Event.NO_ANSWER, Event.CONTACTED, Event.ASKED_AGAIN], None),
        ([Event.CONTACTED, Event.ASKED_AGAIN, Event.NO_ANSWER], 3),
    ],
)
def test_when_the_practice_first_called_after_its_promise(events: list[Event], minute: int | None) -> None:
    first_call_at = factories.stored(*events).first_call_at

    assert first_call_at == (None if minute is None else TUESDAY + dt.timedelta(minutes=minute))


# --- Opened again ---

OPENED = [
    pytest.param(factories.in_state(Status.CONTACTED, no_answers=2, failures=3), Event.REOPENED, id="reopened"),
    pytest.param(factories.in_state(Status.NOT_A_LEAD, no_answers=2, failures=3), Event.REOPENED, id="not a lead"),
    pytest.param(factories.stored(review_reason="odd"), Event.RELEASED, id="released"),
    pytest.param(factories.in_state(Status.CONTACTED, no_answers=2, failures=3), Event.ASKED_AGAIN, id="asked again"),
]
BY_STAFF = OPENED[:3]
THURSDAY = factories.moment("2026-11-19 11:00")


@pytest.mark.parametrize(("lead", "event"), BY_STAFF)
def test_nothing_that_staff_do_moves_the_promise(lead: StoredLead, event: Event) -> None:
    assert apply(lead, event, THURSDAY).contact_by == lead.contact_by


@pytest.mark.parametrize(("lead", "event"), BY_STAFF)
def test_until_the_promise_has_passed_the_call_is_due_by_it(lead: StoredLead, event: Event) -> None:
    assert apply(lead, event).call_by == lead.contact_by


@pytest.mark.parametrize(("lead", "event"), BY_STAFF)
def test_after_the_promise_the_call_is_due_in_the_next_half_day(lead: StoredLead, event: Event) -> None:
    assert local(apply(lead, event, THURSDAY).call_by) == "Thu 2026-11-19 19:00:00"


def test_an_urgent_lead_that_is_opened_again_late_is_due_in_half_an_hour() -> None:
    lead = factories.stored(Event.CONTACTED, conditions=["suicidal-thoughts"])

    assert local(apply(lead, Event.REOPENED, THURSDAY).call_by) == "Thu 2026-11-19 11:30:00"


@pytest.mark.parametrize("closed", [Status.CONTACTED, Status.NOT_A_LEAD])
def test_a_visitor_who_asks_again_after_closing_is_promised_a_call_from_then_on(closed: Status) -> None:
    anew = apply(factories.in_state(closed), Event.ASKED_AGAIN, THURSDAY)

    assert (local(anew.contact_by), anew.call_by) == ("Fri 2026-11-20 11:00:00", anew.contact_by)


def test_an_urgent_lead_that_asks_again_is_urgent_still() -> None:
    lead = factories.stored(Event.CONTACTED, conditions=["suicidal-thoughts"])

    assert local(apply(lead, Event.ASKED_AGAIN, THURSDAY).contact_by) == "Thu 2026-11-19 13:00:00"


def test_the_promise_before_a_new_request_is_remembered() -> None:
    lead = factories.stored(Event.CONTACTED)

    anew = apply(lead, Event.ASKED_AGAIN, THURSDAY)

    assert anew.earlier == (lifecycle.Promise(made_at=TUESDAY, due_at=lead.contact_by),)


@pytest.mark.parametrize(("lead", "event"), OPENED)
def test_the_staff_hear_of_it_at_once(lead: StoredLead, event: Event) -> None:
    assert lifecycle.next_action(apply(lead, event, THURSDAY), THURSDAY) is Action.NOTIFY


@pytest.mark.parametrize(("lead", "event"), OPENED)
def test_opening_it_takes_back_when_it_is_deleted(lead: StoredLead, event: Event) -> None:
    assert apply(replace(lead, expires_at=THURSDAY), event, THURSDAY).expires_at is None


@pytest.mark.parametrize(("lead", "event"), OPENED)
def test_earlier_tries_do_not_count(lead: StoredLead, event: Event) -> None:
    anew = apply(lead, event, THURSDAY)

    assert (anew.no_answers, anew.failures) == (0, 0)


@pytest.mark.parametrize(("lead", "event"), OPENED)
def test_it_keeps_its_reference_and_the_day_it_came(lead: StoredLead, event: Event) -> None:
    anew = apply(lead, event, THURSDAY)

    assert (anew.reference, anew.received_at) == (lead.reference, lead.received_at)


# --- Urgent leads that are called and not reached ---


def urgent(received: str, *calls: str) -> tuple[StoredLead, list[tuple[Action, str]]]:
    """Return an urgent lead after these unanswered calls (clock times of Tuesday), and what the software did."""
    lead = factories.stored(at=factories.moment(f"2026-11-17 {received}"), conditions=["suicidal-thoughts"])
    lead = apply(lead, Event.NOTIFIED, lead.received_at)
    done: list[tuple[Action, str]] = []
    for call in calls:
        at = factories.moment(f"2026-11-17 {call}")
        lead = followed(lead, at, done)
        lead = apply(lead, Event.NO_ANSWER, at)
    return lead, done


def followed(lead: StoredLead, until: dt.datetime, done: list[tuple[Action, str]]) -> StoredLead:
    """Return the lead after what a sweep that is always in time does about it until then."""
    while lead.next_at and lead.next_at < until:
        now = lead.next_at
        action = lifecycle.next_action(lead, now)
        assert action is not None
        done.append((action, f"{now.astimezone(SAMPLE.zone):%H:%M}"))
        lead = apply(lead, lifecycle.COMPLETED_BY[action], now)
    return lead


def followed_until(received: str, *calls: str, until: str) -> list[tuple[Action, str]]:
    lead, done = urgent(received, *calls)
    followed(lead, factories.moment(f"2026-11-17 {until}"), done)
    return done


@pytest.mark.parametrize(
    ("calls", "due"),
    [
        (["09:30"], "Tue 2026-11-17 10:00:00"),
        (["09:30", "10:00"], "Tue 2026-11-17 10:30:00"),
        (["09:30", "10:00", "10:30"], "Tue 2026-11-17 11:00:00"),
        (["09:30", "10:00", "10:30", "11:00"], "Tue 2026-11-17 12:00:00"),
    ],
)
def test_an_urgent_lead_is_called_again_in_half_an_hour_three_times_then_in_the_next_half_day(
    calls: list[str], due: str
) -> None:
    assert local(urgent("09:10", *calls)[0].call_by) == due


def test_no_unanswered_call_moves_an_urgent_promise() -> None:
    assert local(urgent("09:10", "09:30", "10:00")[0].contact_by) == "Tue 2026-11-17 11:10:00"


def test_each_next_call_of_an_urgent_lead_is_an_email_to_the_front_desk() -> None:
    done = followed_until("09:10", "09:30", "10:05", until="10:40")

    assert [at for action, at in done if action is Action.REMIND] == ["10:00", "10:35"]


def test_the_manager_hears_of_the_first_unanswered_call_and_of_the_promise() -> None:
    done = followed_until("09:10", "09:30", "10:05", "10:40", until="11:40")

    to_manager = [(action, at) for action, at in done if action is not Action.REMIND]
    assert to_manager == [(Action.REPORT_CALL, "09:30"), (Action.ESCALATE, "11:10")]


@pytest.mark.parametrize(("call", "reports"), [("10:39", 1), ("10:40", 0), ("11:05", 0)])
def test_a_first_call_within_half_an_hour_of_the_promise_is_one_email(call: str, reports: int) -> None:
    done = followed_until("09:10", call, until="11:11")

    assert [action for action, _ in done].count(Action.REPORT_CALL) == reports


def test_a_first_call_long_after_the_promise_is_reported() -> None:
    assert (Action.REPORT_CALL, "12:30") in followed_until("09:10", "12:30", until="12:31")


def test_the_promise_of_an_urgent_lead_is_escalated_between_two_calls() -> None:
    done = followed_until("09:10", "11:00", until="11:31")

    assert done[-2:] == [(Action.ESCALATE, "11:10"), (Action.REMIND, "11:30")]


def test_an_urgent_call_that_is_due_and_not_made_is_escalated_each_hour_until_closing() -> None:
    done = followed_until("13:10", "15:00", until="23:00")

    assert done[-2:] == [(Action.REMIND, "15:30"), (Action.ESCALATE, "16:30")]


@pytest.mark.parametrize("calls", range(1, 7))
def test_no_number_of_unanswered_calls_ends_the_watch_over_an_urgent_lead(calls: int) -> None:
    lead, _ = urgent("09:10", *(f"{hour:02}:45" for hour in range(9, 9 + calls)))

    assert lead.next_at is not None


# --- After any history ---

HAPPENINGS = st.lists(st.tuples(st.sampled_from(Event), st.integers(0, 5000)), max_size=12)


@st.composite
def histories(draw: st.DrawFn) -> list[StoredLead]:
    """Draw a lead after any events in any order, seconds or days apart; impossible ones are left out."""
    conditions = draw(st.sampled_from([["trd"], ["suicidal-thoughts"]]))
    lead = factories.stored(conditions=conditions, review_reason=draw(st.sampled_from([None, "odd"])))
    now, leads = TUESDAY, [lead]
    for event, minutes in draw(HAPPENINGS):
        now += dt.timedelta(minutes=minutes)
        if event in STEPS[lead.status]:
            lead = apply(lead, event, now)
            leads.append(lead)
    return leads


@given(histories())
def test_a_lead_is_looked_at_again_if_and_only_if_it_owes_a_call(history: list[StoredLead]) -> None:
    assert all((lead.next_at is not None) is (lead.status in OWED_A_CALL) for lead in history)


@given(histories())
def test_a_lead_is_never_both_open_and_closed(history: list[StoredLead]) -> None:
    assert not any(lead.is_open and lead.is_closed for lead in history)


@given(histories())
def test_a_lead_is_never_due_before_its_last_event(history: list[StoredLead]) -> None:
    assert all(lead.next_at is None or lead.next_at >= lead.history[-1].at for lead in history)


@given(histories())
def test_the_promise_moves_only_when_it_is_made_anew(history: list[StoredLead]) -> None:
    moved = [after.history[-1].event for before, after in pairwise(history) if before.contact_by != after.contact_by]

    assert set(moved) <= {Event.ASKED_AGAIN}


@given(histories())
def test_a_lead_expires_if_and_only_if_it_is_closed(history: list[StoredLead]) -> None:
    assert all((lead.expires_at is not None) is lead.is_closed for lead in history)


@given(histories())
def test_an_urgent_call_is_due_within_half_an_hour_or_at_an_opening(history: list[StoredLead]) -> None:
    tried = [lead for lead in history if lead.priority and lead.history[-1].event is Event.NO_ANSWER]

    assert all(
        lead.call_by - lead.history[-1].at == lifecycle.URGENT_RETRY or lead.no_answers > lifecycle.MAX_NO_ANSWERS
        for lead in tried
    )


@given(histories())
def test_a_call_that_is_owed_is_watched_over_within_a_week(history: list[StoredLead]) -> None:
    # The longest stretch without opening hours in these weeks is from Wednesday to Monday over Thanksgiving.
    waits = [lead.next_at - lead.history[-1].at for lead in history if lead.next_at]

    assert all(wait <= dt.timedelta(days=7) for wait in waits)


@given(histories())
def test_what_was_left_in_the_form_never_changes(history: list[StoredLead]) -> None:
    assert all(lead.lead == history[0].lead for lead in history)
