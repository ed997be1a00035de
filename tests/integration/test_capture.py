"""POST /api/leads: success if and only if the lead is kept, whatever becomes of the e-mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from leads import tokens
from leads.domain import lifecycle
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.web.confirmation import Confirmation

from tests.support import api_events, deployed, factories, fakes
from tests.support.api_events import MEDIA_TYPES, SHAPES
from tests.support.deployed import Clinic
from tests.support.factories import KEY, TUESDAY
from tests.support.fakes import KilledError, text_of


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path) as made:
        yield made


def staff_say(clinic: Clinic, event: Event) -> StoredLead:
    """Record this event for the only lead."""
    lead = clinic.only()
    return clinic.table.change(lead, lifecycle.apply(lead, event, clinic.clock(), clinic.practice))


def due(clinic: Clinic) -> list[str]:
    """Return the references that are due now."""
    return list(clinic.table.due(clinic.clock()))


# --- A good form ---


@pytest.mark.parametrize(("kind", "encoded"), SHAPES)
def test_a_form_of_any_shape_is_kept(clinic: Clinic, kind: str, encoded: bool) -> None:
    clinic.send(api_events.submission(kind=kind, encoded=encoded))

    assert clinic.only().lead == factories.lead(elapsed=None)


def address_of(lead: StoredLead) -> str:
    """Return the address of the lead's confirmation."""
    return f"/api/leads/{tokens.confirmation_token(lead.reference, KEY)}"


def test_without_a_script_the_visitor_goes_on_to_the_confirmation(clinic: Clinic) -> None:
    answer = clinic.submit()

    assert (answer.status, answer.headers["location"]) == (303, address_of(clinic.only()))


def test_a_script_gets_the_facts_of_the_confirmation_and_its_address(clinic: Clinic) -> None:
    answer = clinic.submit_by_script()

    facts = Confirmation.of(clinic.only(), clinic.clock(), clinic.practice).facts
    assert {**answer.json, "crisis": ""} == {**facts, "url": address_of(clinic.only()), "crisis": ""}


def test_a_script_gets_the_deadline_of_the_call(clinic: Clinic) -> None:
    assert clinic.submit_by_script().json["contact_by"] == "2026-11-18T10:00:00-06:00"


def test_a_script_gets_status_201(clinic: Clinic) -> None:
    assert clinic.submit_by_script().status == 201


@pytest.mark.parametrize("kind", ["form", "json"])
def test_a_good_answer_says_where_help_is(clinic: Clinic, kind: str) -> None:
    body = clinic.send(api_events.submission(kind=kind)).body

    assert "988" in body
    assert "911" in body


def test_the_staff_are_notified_at_once(clinic: Clinic) -> None:
    clinic.submit()

    assert "Ada Lovelace" in text_of(clinic.mailbox.only)


@pytest.fixture
def flooded(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions with a limit of one e-mail between two sweeps, and send it."""
    with deployed.clinic_with_table(tmp_path, LEADS_EMAIL_LIMIT="1") as made:
        made.submit(name="The First")
        yield made


def test_in_a_flood_a_lead_is_left_to_the_sweep_which_lists_it_with_the_others(flooded: Clinic) -> None:
    flooded.submit(name="The Second")

    assert len(flooded.mailbox.calls) == 1


def test_a_lead_of_a_flood_is_announced_by_the_next_sweep(flooded: Clinic) -> None:
    flooded.submit(name="The Second")
    flooded.clock.advance(minutes=5)

    flooded.sweep()

    assert [lead.status for lead in flooded.leads()] == [Status.NOTIFIED] * 2


def test_in_a_flood_an_urgent_lead_is_announced_at_once(flooded: Clinic) -> None:
    flooded.submit(name="The Second", conditions=["suicidal-thoughts"])

    assert flooded.mailbox.subjects[-1].startswith("Urgent call-back ")


def test_the_lead_is_stored_before_the_staff_are_notified(clinic: Clinic) -> None:
    kept_by_then: list[int] = []
    clinic.mailbox.on_send = lambda: kept_by_then.append(len(clinic.leads()))

    clinic.submit()

    assert kept_by_then == [1]


def test_a_lead_of_which_the_staff_were_notified_waits_for_its_reminder(clinic: Clinic) -> None:
    clinic.submit()

    lead = clinic.only()

    assert (lead.status, lead.next_at) == (Status.NOTIFIED, factories.moment("2026-11-17 16:00"))


def test_unknown_fields_do_not_matter(clinic: Clinic) -> None:
    clinic.submit(status="contacted", admin="1")

    assert clinic.only().lead == factories.lead(elapsed=None)


# --- When the e-mail fails ---

ENDPOINT = {"endpoint_url": "https://email.example"}
MAIL_FAILURES = {
    "throttled": fakes.aws_error("TooManyRequestsException"),
    "rejected": fakes.aws_error("MessageRejected"),
    "suspended": fakes.aws_error("AccountSuspendedException"),
    "out of order": fakes.aws_error("InternalFailure"),
    "no answer": ReadTimeoutError(**ENDPOINT),
    "no connection": ConnectTimeoutError(**ENDPOINT),
    "no address": EndpointConnectionError(**ENDPOINT),
    "something that nobody thought of": RuntimeError("surprise"),
}


@pytest.mark.parametrize("failure", MAIL_FAILURES.values(), ids=MAIL_FAILURES)
@pytest.mark.parametrize(("kind", "status"), [("form", 303), ("json", 201)])
def test_a_failed_email_never_shows_to_the_visitor(clinic: Clinic, failure: Exception, kind: str, status: int) -> None:
    clinic.mailbox.refuse = failure

    assert clinic.send(api_events.submission(kind=kind)).status == status


@pytest.mark.parametrize("failure", MAIL_FAILURES.values(), ids=MAIL_FAILURES)
def test_a_failed_email_leaves_the_lead_open(clinic: Clinic, failure: Exception) -> None:
    clinic.mailbox.refuse = failure

    clinic.submit()

    assert clinic.only().status is Status.STORED


@pytest.mark.parametrize("failure", MAIL_FAILURES.values(), ids=MAIL_FAILURES)
def test_a_failed_email_is_due_at_the_next_sweep(clinic: Clinic, failure: Exception) -> None:
    clinic.mailbox.refuse = failure
    clinic.submit()

    clinic.clock.advance(minutes=5)

    assert due(clinic) == [clinic.only().reference]


@pytest.mark.parametrize("moment", ["refuse", "on_send"])
def test_a_function_that_is_killed_at_its_email_leaves_the_lead_due(clinic: Clinic, moment: str) -> None:
    setattr(clinic.mailbox, moment, KilledError() if moment == "refuse" else fakes.failing(KilledError()))
    with pytest.raises(KilledError):
        clinic.submit()

    clinic.clock.advance(minutes=5)

    assert due(clinic) == [clinic.only().reference]


def test_a_sweep_does_not_send_an_email_that_is_on_its_way(clinic: Clinic) -> None:
    due_by_then: list[list[str]] = []
    clinic.mailbox.on_send = lambda: due_by_then.append(due(clinic))

    clinic.submit()

    assert due_by_then == [[]]


@pytest.fixture
def dying(clinic: Clinic) -> Clinic:
    """Deploy the functions; DynamoDB fails from the moment at which the e-mail was sent."""
    working = clinic.dynamodb

    def die_after_the_email() -> None:
        if clinic.mailbox.calls:
            raise fakes.aws_error("InternalServerError", "PutItem")

    clinic.dynamodb = fakes.interfering(working, "put_item", "get_item", before=die_after_the_email)
    readable = replace(clinic, dynamodb=working)
    readable.wiring = clinic.wiring
    return readable


def test_a_note_that_fails_never_shows_to_the_visitor(dying: Clinic) -> None:
    assert dying.submit().status == 303


def test_a_note_that_fails_leaves_the_lead_due(dying: Clinic) -> None:
    dying.submit()
    dying.clock.advance(minutes=5)

    assert due(dying) == [dying.only().reference]


# --- When the table fails ---


@pytest.fixture(params=["all", "put_item"])
def broken(clinic: Clinic, request: pytest.FixtureRequest) -> Clinic:
    """Deploy the functions; DynamoDB fails, or only its writes do."""
    working = clinic.dynamodb
    clinic.dynamodb = deployed.dead() if request.param == "all" else deployed.dead(working, request.param)
    return clinic


@pytest.mark.parametrize("kind", ["form", "json"])
def test_a_lead_that_cannot_be_stored_is_a_503(broken: Clinic, kind: str) -> None:
    assert broken.send(api_events.submission(kind=kind)).status == 503


@pytest.mark.parametrize("kind", ["form", "json"])
def test_a_lead_that_cannot_be_stored_is_never_thanked_for(broken: Clinic, kind: str) -> None:
    assert (
        "thank you. we will call" not in without_templates(broken.send(api_events.submission(kind=kind)).body).lower()
    )


@pytest.mark.parametrize("kind", ["form", "json"])
def test_a_lead_that_cannot_be_stored_gets_the_practices_phone(broken: Clinic, kind: str) -> None:
    assert "(312) 555-0100" in broken.send(api_events.submission(kind=kind)).body


def test_a_form_that_cannot_be_stored_keeps_the_answers(broken: Clinic) -> None:
    assert typed(broken.submit().filled_in) == typed(factories.answers())


def test_no_email_is_sent_about_a_lead_that_is_not_stored(broken: Clinic) -> None:
    broken.submit()

    assert broken.mailbox.calls == []


def test_a_count_that_fails_does_not_cost_the_lead(clinic: Clinic) -> None:
    working = clinic.dynamodb
    clinic.dynamodb = deployed.dead(working, "update_item")

    clinic.submit()

    clinic.dynamodb = working
    assert clinic.only().status is Status.NOTIFIED


# --- A form with mistakes ---


def typed(answers: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the answers without honeypot and time, which no error page repeats."""
    return {name: values for name, values in answers.items() if name not in {"leave_empty", "elapsed"}}


def without_templates(body: str) -> str:
    """Return the page without its `<template>`, which the script shows after success."""
    before, _, rest = body.partition("<template>")
    return before + rest.partition("</template>")[2]


def test_a_form_with_a_mistake_is_a_422(clinic: Clinic) -> None:
    assert clinic.submit(name="").status == 422


def test_a_form_with_a_mistake_is_not_kept(clinic: Clinic) -> None:
    clinic.submit(phone="12345")

    assert clinic.leads() == []


def test_no_email_is_sent_about_a_form_with_a_mistake(clinic: Clinic) -> None:
    clinic.submit(phone="12345")

    assert clinic.mailbox.calls == []


@pytest.mark.parametrize(
    "answers",
    [
        factories.answers(phone="12345"),
        factories.answers(phone="12345", name="Zoë 👩‍👩‍👧 <b>&\"'", conditions=["trd", "ptsd"], best_time="afternoon"),
        factories.answers(name="", voicemail=None, conditions=None, utm_source=None),
    ],
    ids=["one condition", "odd characters", "little"],
)
def test_every_answer_is_kept_in_the_form(clinic: Clinic, answers: dict[str, list[str]]) -> None:
    shown = clinic.send(api_events.submission(answers)).filled_in

    assert typed(shown) == typed(answers)


def test_a_form_that_is_sent_again_with_its_mistake_put_right_is_kept(clinic: Clinic) -> None:
    shown = clinic.submit(phone="12345").filled_in

    clinic.send(api_events.submission({**shown, "phone": ["(312) 555-0187"]}))

    assert clinic.only().lead == factories.lead(elapsed=None)


def test_every_mistake_is_in_the_page(clinic: Clinic) -> None:
    body = clinic.submit(name="", phone="12345").body

    assert "Enter your full name" in body
    assert "“12345” cannot be a phone number: enter it with its area code, like (312) 555-0100" in body


def test_a_script_gets_every_mistake_with_its_field(clinic: Clinic) -> None:
    assert clinic.submit_by_script(name="", conditions=["Gout"]).json["errors"] == [
        {"field": "name", "message": "Enter your full name"},
        {"field": "conditions", "message": "Choose conditions from the list"},
    ]


REFUSED: dict[str, dict[str, Any]] = {
    "from another site": api_events.submission(headers={"sec-fetch-site": "cross-site"}),
    "by another method": {**api_events.submission(), "requestContext": {"http": {"method": "PUT"}}},
    "in another kind": api_events.submission(headers={"content-type": "text/plain"}),
    "too large": api_events.event(body="x" * 20000, headers={"content-type": MEDIA_TYPES["form"]}),
    "damaged": api_events.event(body="name=%ff", headers={"content-type": MEDIA_TYPES["form"]}),
}


@pytest.mark.parametrize("event", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_not_kept(clinic: Clinic, event: dict[str, Any]) -> None:
    clinic.send(event)

    assert clinic.leads() == []


# --- The same form again ---

AGAIN: dict[str, dict[str, str | list[str] | None]] = {
    "as it was": {},
    "in another case": {"name": "ada LOVELACE "},
    "with the phone in another notation": {"phone": "312.555.0187"},
    "from another article": {"source": "/about/", "utm_source": None},
}


@pytest.mark.parametrize("changes", AGAIN.values(), ids=AGAIN)
def test_the_same_form_twice_is_one_lead(clinic: Clinic, changes: dict[str, str | list[str] | None]) -> None:
    clinic.submit()
    clinic.submit(**changes)

    assert len(clinic.leads()) == 1


def test_the_same_form_twice_is_one_email(clinic: Clinic) -> None:
    clinic.submit()
    clinic.submit()

    assert len(clinic.mailbox.calls) == 1


def test_the_same_form_twice_is_the_same_answer(clinic: Clinic) -> None:
    first = clinic.submit_by_script()
    clinic.clock.advance(minutes=30)

    assert clinic.submit_by_script().json == first.json


def test_the_same_form_from_a_script_and_from_a_page_is_one_lead(clinic: Clinic) -> None:
    clinic.submit_by_script()
    clinic.submit()

    assert len(clinic.leads()) == 1


def test_the_same_form_on_the_next_day_is_another_lead(clinic: Clinic) -> None:
    clinic.clock.at = factories.moment("2026-11-17 23:59")
    clinic.submit()
    clinic.clock.advance(minutes=2)
    clinic.submit()

    assert len(clinic.leads()) == 2


def test_the_day_is_the_practices_not_the_clouds(clinic: Clinic) -> None:
    clinic.clock.at = factories.moment("2026-11-17 17:59")  # in UTC, midnight is a minute away
    clinic.submit()
    clinic.clock.advance(minutes=2)
    clinic.submit()

    assert len(clinic.leads()) == 1


@pytest.mark.parametrize(
    "changes",
    [{"name": "Grace Hopper"}, {"phone": "(312) 555-0188"}, {"conditions": None}, {"best_time": "any"}],
    ids=str,
)
def test_another_answer_is_another_lead(clinic: Clinic, changes: dict[str, str | None]) -> None:
    clinic.submit()
    clinic.submit(**changes)

    assert len(clinic.leads()) == 2


@pytest.mark.parametrize("said", [Event.CONTACTED, Event.NOT_A_LEAD])
def test_a_second_request_opens_a_closed_lead(clinic: Clinic, said: Event) -> None:
    clinic.submit()
    staff_say(clinic, said)

    clinic.submit()

    assert clinic.only().status is Status.STORED


def test_a_second_request_is_promised_a_call_from_then_on(clinic: Clinic) -> None:
    clinic.submit()
    staff_say(clinic, Event.CONTACTED)
    clinic.clock.advance(hours=3)

    assert clinic.submit_by_script().json["contact_by_text"] == "Wednesday, November 18, 1:00 PM Central Time"


def test_the_staff_hear_of_who_asks_again_at_the_next_sweep(clinic: Clinic) -> None:
    clinic.submit()
    staff_say(clinic, Event.CONTACTED)

    clinic.submit()

    assert due(clinic) == [clinic.only().reference]


def test_a_second_request_while_a_call_is_owed_changes_nothing(clinic: Clinic) -> None:
    clinic.submit()
    lead = clinic.only()

    clinic.submit()

    assert clinic.only() == lead


def test_staff_who_are_quicker_than_their_email_are_right(clinic: Clinic) -> None:
    clinic.mailbox.on_send = lambda: staff_say(clinic, Event.CONTACTED)

    clinic.submit()

    assert clinic.only().status is Status.CONTACTED


# --- Priority ---


def test_a_lead_with_suicidal_thoughts_is_called_within_two_hours(clinic: Clinic) -> None:
    answer = clinic.submit_by_script(conditions=["trd", "suicidal-thoughts"])

    assert (answer.json["contact_by_text"], answer.json["priority"]) == (
        "Tuesday, November 17, 12:00 PM Central Time",
        True,
    )


def test_the_staff_see_priority_in_the_subject_and_nothing_more(clinic: Clinic) -> None:
    clinic.submit(conditions=["suicidal-thoughts"])

    assert clinic.mailbox.subjects == [f"Urgent call-back {clinic.only().reference}"]


# --- Suspicion ---

SUSPICIOUS: dict[str, dict[str, str]] = {
    "the trap was filled": {"leave_empty": "x"},
    "filled in an instant": {"elapsed": "0.5"},
    "an address for a name": {"name": "www.spam.example"},
}


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_lead_with_a_reason_for_review_is_stored(clinic: Clinic, changes: dict[str, str]) -> None:
    clinic.submit(**changes)

    assert clinic.only().status is Status.IN_REVIEW


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_visitor_sees_nothing_of_a_review(clinic: Clinic, changes: dict[str, str]) -> None:
    answer = clinic.submit(**changes)

    assert (answer.status, answer.headers["location"]) == (303, address_of(clinic.only()))


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_lead_in_review_gets_no_email_of_its_own(clinic: Clinic, changes: dict[str, str]) -> None:
    clinic.submit(**changes)

    assert clinic.mailbox.calls == []


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_an_urgent_lead_does_not_wait_for_review(clinic: Clinic, changes: dict[str, str]) -> None:
    clinic.submit(conditions=["suicidal-thoughts"], **changes)

    assert clinic.only().status is Status.NOTIFIED


def test_the_same_form_again_without_a_reason_for_review_is_released(clinic: Clinic) -> None:
    clinic.submit(leave_empty="x")
    clinic.submit()

    assert clinic.only().status is Status.STORED


def test_the_same_form_again_with_a_reason_for_review_stays_in_review(clinic: Clinic) -> None:
    clinic.submit(leave_empty="x")
    clinic.submit(elapsed="0.1")

    assert clinic.only().status is Status.IN_REVIEW


def test_a_copy_with_a_reason_for_review_leaves_an_open_lead_open(clinic: Clinic) -> None:
    clinic.submit()
    clinic.submit(leave_empty="x")

    assert clinic.only().status is Status.NOTIFIED


def in_review(clinic: Clinic) -> list[str]:
    return [lead.lead.name for lead in clinic.leads() if lead.status is Status.IN_REVIEW]


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions with a limit of three requests an hour from one address."""
    with deployed.clinic_with_table(tmp_path, LEADS_ADDRESS_LIMIT="3") as made:
        yield made


def submit_from(clinic: Clinic, address: str, name: str) -> None:
    event = api_events.submission(factories.answers(name=name, phone=f"312 555 {1000 + len(clinic.leads())}"))
    event["headers"]["cloudfront-viewer-address"] = f"{address}:50123"
    clinic.send(event)


def test_too_many_from_one_address_within_an_hour_are_reviewed(strict: Clinic) -> None:
    for name in "abcd":
        submit_from(strict, "198.51.100.4", name)

    assert in_review(strict) == ["d"]


def test_as_many_from_different_addresses_are_not(strict: Clinic) -> None:
    for number, name in enumerate("abcd"):
        submit_from(strict, f"198.51.100.{number}", name)

    assert in_review(strict) == []


def test_all_addresses_of_one_ipv6_network_count_as_one(strict: Clinic) -> None:
    for number, name in enumerate("abcd"):
        submit_from(strict, f"2001:db8:0:7::{number}", name)

    assert in_review(strict) == ["d"]


def test_addresses_of_several_ipv6_networks_do_not(strict: Clinic) -> None:
    for number, name in enumerate("abcd"):
        submit_from(strict, f"2001:db8:0:{number}::1", name)

    assert in_review(strict) == []


def test_as_many_over_several_hours_are_not(strict: Clinic) -> None:
    for name in "abcd":
        submit_from(strict, "198.51.100.4", name)
        strict.clock.advance(hours=1)

    assert in_review(strict) == []


def test_a_family_shares_a_phone(clinic: Clinic) -> None:
    for name in "abc":
        clinic.submit(name=name)

    assert in_review(clinic) == []


def test_a_fourth_name_for_one_phone_on_one_day_is_reviewed(clinic: Clinic) -> None:
    for name in "abcd":
        clinic.submit(name=name)

    assert in_review(clinic) == ["d"]


def test_a_number_with_ever_more_names_costs_no_more_and_stays_in_review(clinic: Clinic) -> None:
    for name in "abcdefgh":
        clinic.submit(name=name)

    counts = [item["counted"] for item in clinic.dynamodb.scan(TableName="leads")["Items"] if "counted" in item]
    assert (sorted(in_review(clinic)), [len(count["SS"]) for count in counts if "SS" in count]) == (
        list("defgh"),
        [4],
    )


def test_what_was_counted_holds_neither_number_nor_address(clinic: Clinic) -> None:
    clinic.submit()
    clinic.table.delete(clinic.only().reference)

    counts = str(clinic.dynamodb.scan(TableName="leads")["Items"])

    assert not [part for part in ("3125550187", "203.0.113.7", "Ada", "ada") if part in counts]


def test_what_was_counted_is_forgotten_within_days(clinic: Clinic) -> None:
    clinic.submit()
    clinic.table.delete(clinic.only().reference)

    ends = [int(item["expires_at"]["N"]) for item in clinic.dynamodb.scan(TableName="leads")["Items"]]

    assert max(ends) <= (TUESDAY + dt.timedelta(days=2)).timestamp()
