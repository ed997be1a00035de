"""The words of e-mails about one lead."""

from __future__ import annotations

import datetime as dt

import pytest
from leads.domain import lifecycle
from leads.domain.lifecycle import Action, Event, StoredLead
from leads.mail import wording

from tests.support import factories
from tests.support.factories import SAMPLE, TUESDAY

URGENT = ["suicidal-thoughts"]
LATER = TUESDAY + dt.timedelta(minutes=10)


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        (factories.stored(), "no call is recorded"),
        (factories.stored(Event.NO_ANSWER), "called at 10:01 AM Central Time, not reached"),
        (
            factories.stored(Event.NO_ANSWER, Event.NO_ANSWER),
            "called twice, not reached; last at 10:02 AM Central Time",
        ),
        (
            factories.stored(Event.NO_ANSWER, Event.NO_ANSWER, Event.NO_ANSWER),
            "called 3 times, not reached; last at 10:03 AM Central Time",
        ),
        (factories.stored(Event.CONTACTED, Event.REOPENED), "opened again, no other call is recorded"),
        (factories.stored(Event.NO_ANSWER, Event.CONTACTED, Event.ASKED_AGAIN), "no call is recorded"),
    ],
)
def test_calls_in_words(lead: StoredLead, words: str) -> None:
    assert wording.calls(lead, SAMPLE, LATER) == words


@pytest.mark.parametrize(
    ("lead", "action", "heading"),
    [
        (factories.stored(), Action.NOTIFY, "Somebody asks for a call"),
        (factories.stored(Event.CONTACTED, Event.ASKED_AGAIN), Action.NOTIFY, "Somebody asks for a call again"),
        (
            factories.stored(Event.CONTACTED, Event.REOPENED),
            Action.NOTIFY,
            "Opened again: this person waits for a call",
        ),
        (
            factories.stored(Event.RELEASED, review_reason="odd"),
            Action.NOTIFY,
            "Reviewed: this person waits for a call",
        ),
        (factories.stored(conditions=URGENT), Action.NOTIFY, "Urgent. Somebody asks for a call"),
        (factories.stored(), Action.REMIND, "Still waiting for a call"),
        (factories.stored(Event.NO_ANSWER), Action.REMIND, "Call again: called at 10:01 AM Central Time, not reached"),
        (factories.stored(Event.NO_ANSWER), Action.REPORT_CALL, "Called at 10:01 AM Central Time, not reached"),
    ],
)
def test_the_heading_says_what_happened(lead: StoredLead, action: Action, heading: str) -> None:
    assert wording.heading(action, lead, SAMPLE, LATER) == heading


def test_an_escalation_is_overdue_only_once_the_promise_has_passed() -> None:
    lead = factories.stored(Event.NOTIFIED)
    headings = [
        wording.heading(Action.ESCALATE, lead, SAMPLE, now)
        for now in (lead.contact_by - dt.timedelta(microseconds=1), lead.contact_by)
    ]

    assert headings == ["No call is recorded", "Overdue: no call is recorded"]


def test_a_due_call_says_so_and_names_a_passed_promise() -> None:
    lead = factories.stored(Event.NO_ANSWER)
    late = max(lead.call_by, lead.contact_by)

    assert wording.due_in_words(lead, SAMPLE, LATER) == "Call by Tuesday, November 17, 5:00 PM Central Time."
    assert wording.due_in_words(lead, SAMPLE, late) == (
        "Call now: the call was due by Tuesday, November 17, 5:00 PM Central Time. "
        "We had promised a call by Wednesday, November 18, 10:00 AM Central Time."
    )


def test_an_urgent_call_is_made_again_at_its_time() -> None:
    lead = lifecycle.apply(factories.stored(conditions=URGENT), Event.NO_ANSWER, TUESDAY, SAMPLE)

    assert wording.due_in_words(lead, SAMPLE, LATER) == "Call again at Tuesday, November 17, 10:30 AM Central Time."
    assert wording.subject(Action.REMIND, lead, SAMPLE, LATER) == f"Urgent call-back {lead.reference}: call again now"


@pytest.mark.parametrize("action", Action)
def test_all_subjects_about_urgent_leads_begin_alike(action: Action) -> None:
    lead = factories.stored(conditions=URGENT)

    assert wording.subject(action, lead, SAMPLE, LATER).startswith(f"Urgent call-back {lead.reference}")
