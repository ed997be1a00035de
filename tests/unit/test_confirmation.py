"""The confirmation says what is true at the moment at which it is read, and nothing of who asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

import pytest
from leads.domain import promise
from leads.domain.lifecycle import Event, StoredLead
from leads.web.confirmation import BLANK, Confirmation

from tests.support import factories
from tests.support.factories import TUESDAY, practice

PRACTICE = practice()
DEADLINE = promise.in_words(factories.stored().contact_by, PRACTICE)
SATURDAY = TUESDAY + dt.timedelta(days=4)


def of(lead: StoredLead, now: dt.datetime = TUESDAY) -> Confirmation:
    return Confirmation.of(lead, now, PRACTICE)


def test_an_open_request_is_promised_its_deadline() -> None:
    assert of(factories.stored()).heading == f"Thank you. We will call you by {DEADLINE}."


def test_after_the_deadline_no_call_is_announced_for_a_time_that_has_passed() -> None:
    lead = factories.stored()
    assert of(lead, lead.contact_by).heading == f"We promised to call you by {DEADLINE}."


def test_who_was_not_reached_reads_that_we_called() -> None:
    assert of(factories.stored(Event.NOTIFIED, Event.NO_ANSWER)).heading == "We called you and did not reach you."


@pytest.mark.parametrize("event", [Event.CONTACTED, Event.NOT_A_LEAD])
def test_a_closed_request_is_called_closed_however_it_was_closed(event: Event) -> None:
    assert of(factories.stored(event)).heading == "Your request for a call is closed."


def test_who_asks_again_is_promised_the_new_deadline() -> None:
    again = factories.stored(Event.CONTACTED, Event.ASKED_AGAIN)
    assert of(again).heading == f"Thank you. We will call you by {promise.in_words(again.contact_by, PRACTICE)}."


def test_the_number_is_named_by_its_last_two_digits() -> None:
    assert of(factories.stored(phone="(312) 555-0187")).number == "the number ending in 87"


def test_while_the_practice_is_open_it_says_nothing_of_opening() -> None:
    assert of(factories.stored()).opens_text == ""


def test_while_the_practice_is_closed_it_says_when_it_opens() -> None:
    opening = promise.next_opening(SATURDAY, PRACTICE)
    assert of(factories.stored(), SATURDAY).opens_text == promise.in_words(opening, PRACTICE)


@pytest.mark.parametrize("personal", ["Ada", "Lovelace", "312", "555-01", "5550187", "suicidal"])
def test_nothing_personal_is_among_the_facts(personal: str) -> None:
    lead = factories.stored(conditions="suicidal-thoughts", phone="(312) 555-0187")
    assert personal not in str(of(replace(lead, reference="K7QX-2M9P-T3VB")))


def test_the_facts_are_all_that_it_knows() -> None:
    confirmation = of(factories.stored())
    assert confirmation.facts == asdict(confirmation)


def test_the_blank_one_has_every_part() -> None:
    assert BLANK.priority
    assert BLANK.opens_text
