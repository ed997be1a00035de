"""POST /api/leads: success if and only if the lead is kept, after one write; the sweep does the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from leads import tokens
from leads.aws.counters import Locks
from leads.domain import lifecycle
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.web.confirmation import Confirmation

from tests.support import api_events, deployed, factories
from tests.support.api_events import MEDIA_TYPES, SHAPES
from tests.support.deployed import Clinic
from tests.support.factories import KEY, TUESDAY
from tests.support.fakes import text_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions on a Tuesday whose digest was sent."""
    with deployed.clinic_with_table(tmp_path) as made:
        Locks("leads", made.dynamodb).complete("digest 2026-11-17", TUESDAY)
        yield made


def staff_say(clinic: Clinic, event: Event) -> StoredLead:
    """Record this event for the only lead."""
    lead = clinic.only()
    return clinic.table.change(lead, lifecycle.apply(lead, event, clinic.clock(), clinic.practice))


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


def test_a_new_lead_is_due_from_its_receipt_on(clinic: Clinic) -> None:
    clinic.submit()

    assert (clinic.only().status, clinic.due()) == (Status.STORED, [clinic.only().reference])


def test_the_next_sweep_notifies_the_staff(clinic: Clinic) -> None:
    clinic.submit()
    clinic.sweep()

    lead = clinic.only()
    assert "Ada Lovelace" in text_of(clinic.mailbox.only)
    assert (lead.status, lead.next_at) == (Status.NOTIFIED, factories.moment("2026-11-17 16:00"))


def test_unknown_fields_do_not_matter(clinic: Clinic) -> None:
    clinic.submit(status="contacted", admin="1")

    assert clinic.only().lead == factories.lead(elapsed=None)


# --- What happens before the answer ---


@dataclass
class CallCounter:
    """A client of DynamoDB that notes each operation."""

    client: Any
    called: list[str] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Any:
        self.called.append(operation)
        return getattr(self.client, operation)


@pytest.fixture
def counted(clinic: Clinic) -> Clinic:
    """Deploy the functions; each call of AWS is noted."""
    clinic.dynamodb = cast("DynamoDBClient", CallCounter(clinic.dynamodb))
    return clinic


def called(clinic: Clinic) -> list[str]:
    """Return the operations on DynamoDB until now."""
    return list(cast("CallCounter", clinic.dynamodb).called)


FORMS: dict[str, dict[str, Any]] = {
    "a person": {},
    "an urgent one": {"conditions": ["suicidal-thoughts"]},
    "perhaps a machine": {"leave_empty": "x"},
}


@pytest.mark.parametrize("kind", ["form", "json"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_one_write_is_all_that_a_visitor_waits_for(counted: Clinic, kind: str, form: dict[str, Any]) -> None:
    counted.send(api_events.submission(factories.answers(**form), kind))

    assert (called(counted), counted.mailbox.tried) == (["put_item"], 0)


def test_the_same_form_again_is_one_write_that_the_table_refuses(counted: Clinic) -> None:
    for _ in range(2):
        counted.submit()

    assert called(counted) == ["put_item"] * 2


def test_opening_a_closed_lead_again_is_one_write_more(counted: Clinic) -> None:
    counted.keep(factories.stored(Event.CONTACTED))
    before = called(counted)

    counted.submit()

    assert called(counted)[len(before) :] == ["put_item"] * 2


def test_a_stored_item_has_no_internet_address(clinic: Clinic) -> None:
    clinic.submit()

    (item,) = [item for item in clinic.dynamodb.scan(TableName="leads")["Items"] if "lead" in item]
    assert ("screening" in item, "203.0.113.7" in str(item)) == (True, False)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_after_a_sweep_nothing_of_the_visitors_network_is_left(clinic: Clinic, form: dict[str, Any]) -> None:
    clinic.submit(**form)
    clinic.sweep()

    assert [item for item in clinic.dynamodb.scan(TableName="leads")["Items"] if "screening" in item] == []


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
    clinic.sweep()

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

    assert clinic.due() == [clinic.only().reference]


def test_a_second_request_while_a_call_is_owed_changes_nothing(clinic: Clinic) -> None:
    clinic.submit()
    lead = clinic.only()

    clinic.submit()

    assert clinic.only() == lead


# --- Priority ---


def test_a_lead_with_suicidal_thoughts_is_called_within_two_hours(clinic: Clinic) -> None:
    answer = clinic.submit_by_script(conditions=["trd", "suicidal-thoughts"])

    assert (answer.json["contact_by_text"], answer.json["priority"]) == (
        "Tuesday, November 17, 12:00 PM Central Time",
        True,
    )


def test_the_staff_see_priority_in_the_subject_and_nothing_more(clinic: Clinic) -> None:
    clinic.submit(conditions=["suicidal-thoughts"])
    clinic.sweep()

    assert clinic.mailbox.subjects == [f"Urgent call-back {clinic.only().reference}"]


# --- Suspicion ---

SUSPICIOUS: dict[str, dict[str, str]] = {
    "the trap was filled": {"leave_empty": "x"},
    "filled in an instant": {"elapsed": "0.5"},
    "an address for a name": {"name": "www.spam.example"},
}


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_lead_with_a_reason_for_review_waits_for_review(clinic: Clinic, changes: dict[str, str]) -> None:
    clinic.submit(**changes)
    clinic.sweep()

    assert clinic.only().status is Status.IN_REVIEW


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_visitor_sees_nothing_of_a_review(clinic: Clinic, changes: dict[str, str]) -> None:
    answer = clinic.submit(**changes)

    assert (answer.status, answer.headers["location"]) == (303, address_of(clinic.only()))


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_lead_in_review_gets_no_email_of_its_own(clinic: Clinic, changes: dict[str, str]) -> None:
    clinic.submit(**changes)
    clinic.sweep()
    clinic.clock.advance(minutes=1)  # the index may lag behind the table
    clinic.sweep()

    assert clinic.mailbox.subjects == ["To look at: 1 request that may not be people"]


@pytest.mark.parametrize("changes", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_an_urgent_lead_does_not_wait_for_review(clinic: Clinic, changes: dict[str, str]) -> None:
    clinic.submit(conditions=["suicidal-thoughts"], **changes)
    clinic.sweep()

    assert clinic.only().status is Status.NOTIFIED


@pytest.mark.parametrize("is_swept", [True, False], ids=["in review", "before the sweep"])
@pytest.mark.parametrize(
    ("again", "status"), [({}, Status.NOTIFIED), ({"elapsed": "0.1"}, Status.IN_REVIEW)], ids=["clean", "odd"]
)
def test_the_same_form_again_without_a_reason_for_review_is_released(
    clinic: Clinic, again: dict[str, str], status: Status, is_swept: bool
) -> None:
    clinic.submit(leave_empty="x")
    if is_swept:
        clinic.sweep()
    clinic.submit(**again)
    clinic.sweep()

    assert clinic.only().status is status


def test_a_copy_with_a_reason_for_review_leaves_an_open_lead_open(clinic: Clinic) -> None:
    clinic.submit()
    clinic.submit(leave_empty="x")
    clinic.sweep()

    assert clinic.only().status is Status.NOTIFIED


def in_review(clinic: Clinic) -> list[str]:
    """Sweep, and return the names of leads that wait for review then."""
    clinic.sweep()
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
    clinic.clock.advance(seconds=1)  # the sweep takes the longest due first


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

    assert in_review(strict) == []  # one late sweep counts each in the hour of its receipt


def test_a_family_shares_a_phone(clinic: Clinic) -> None:
    for name in "abc":
        clinic.submit(name=name)
        clinic.clock.advance(seconds=1)

    assert in_review(clinic) == []


def test_a_fourth_name_for_one_phone_on_one_day_is_reviewed(clinic: Clinic) -> None:
    for name in "abcd":
        clinic.submit(name=name)
        clinic.clock.advance(seconds=1)

    assert in_review(clinic) == ["d"]


def test_a_number_with_ever_more_names_costs_no_more_and_stays_in_review(clinic: Clinic) -> None:
    for name in "abcdefgh":
        clinic.submit(name=name)
        clinic.clock.advance(seconds=1)
    clinic.sweep()

    counts = [item["counted"] for item in clinic.dynamodb.scan(TableName="leads")["Items"] if "counted" in item]
    assert (sorted(in_review(clinic)), [len(count["SS"]) for count in counts if "SS" in count]) == (
        list("defgh"),
        [4],
    )


def test_what_was_counted_holds_neither_number_nor_address(clinic: Clinic) -> None:
    clinic.submit()
    clinic.sweep()
    clinic.table.delete(clinic.only().reference)

    counts = str(clinic.dynamodb.scan(TableName="leads")["Items"])

    assert not [part for part in ("3125550187", "203.0.113.7", "Ada", "ada") if part in counts]


def test_what_was_counted_is_forgotten_within_days(clinic: Clinic) -> None:
    clinic.submit()
    clinic.sweep()
    clinic.table.delete(clinic.only().reference)

    counts = [item for item in clinic.dynamodb.scan(TableName="leads")["Items"] if "counted" in item]
    ends = [int(item["expires_at"]["N"]) for item in counts]

    assert max(ends) <= (TUESDAY + dt.timedelta(days=2)).timestamp()
