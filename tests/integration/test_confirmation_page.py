"""GET /api/leads/{token}: a visitor's confirmation is true, private, and there for as long as the request is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from leads import tokens
from leads.domain import lifecycle
from leads.domain.lifecycle import Event, StoredLead

from tests.support import deployed, factories
from tests.support.api_events import Answer
from tests.support.deployed import Clinic
from tests.support.factories import KEY, TUESDAY

PHONE = "(312) 555-0187"
NIGHT = factories.moment("2026-11-17 23:00")
"""A Tuesday, eight hours after closing."""

SLOTS = {"reference", "heading", "number"}
"""Facts that the page has wherever a lead is open."""


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path) as made:
        yield made


def address_of(lead: StoredLead) -> str:
    return f"/api/leads/{tokens.confirmation_token(lead.reference, KEY)}"


def asked(clinic: Clinic, *conditions: str) -> Answer:
    """Send the form without a script, and go where it leads."""
    sent = clinic.submit(phone=PHONE, conditions=list(conditions))
    assert sent.status == 303
    return clinic.visit(sent.headers["location"])


def main_of(page: Answer) -> str:
    """Return the text of the page's main part, as it is read aloud."""
    main = html5lib.parse(page.body, namespaceHTMLElements=False).find(".//main")
    assert main is not None
    return " ".join("".join(main.itertext()).split())


def slots(page: Answer) -> dict[str, str]:
    """Return the facts that the page shows, by the names that the script knows them by."""
    elements = html5lib.parse(page.body, namespaceHTMLElements=False).iter()
    return {each.get("data-slot", ""): "".join(each.itertext()) for each in elements if each.get("data-slot")}


def closed(clinic: Clinic, event: Event = Event.CONTACTED) -> StoredLead:
    """Let the staff close the only lead."""
    lead = clinic.only()
    return clinic.table.change(lead, lifecycle.apply(lead, event, clinic.clock(), clinic.practice))


# --- What it says ---


def test_the_visitor_lands_on_the_confirmation(clinic: Clinic) -> None:
    assert asked(clinic).status == 200


@pytest.mark.parametrize(
    "fact",
    [
        "We will call you by Wednesday, November 18, 10:00 AM",
        "the number ending in 87",
        "Not your number? Send the form again with the right one.",
        "Ana or a colleague calls you from (312) 555-0100",
        "free and takes about 10 minutes",
        "If you miss our call, we try again by the end of the next morning or afternoon that we are open",
        "call us back at (312) 555-0100",
    ],
)
def test_it_says_what_was_promised_and_what_happens_on_the_call(clinic: Clinic, fact: str) -> None:
    assert fact in main_of(asked(clinic))


def test_it_has_the_reference(clinic: Clinic) -> None:
    page = asked(clinic)

    assert clinic.only().reference in main_of(page)


def test_it_links_the_contact_card(clinic: Clinic) -> None:
    assert 'href="/contact-card.vcf"' in asked(clinic).body


@pytest.mark.parametrize("conditions", [[], ["suicidal-thoughts"]])
@pytest.mark.parametrize("at", [TUESDAY, NIGHT])
def test_a_script_shows_the_facts_that_the_page_shows(clinic: Clinic, conditions: list[str], at: dt.datetime) -> None:
    clinic.clock.at = at
    shown = slots(asked(clinic, *conditions))

    facts = clinic.submit_by_script(phone=PHONE, conditions=conditions).json
    assert shown == {name: facts[name] for name in SLOTS | ({"opens_text"} if facts["opens_text"] else set())}


@pytest.mark.parametrize("conditions", [[], ["suicidal-thoughts"]])
def test_a_script_shows_crisis_lines_where_the_page_does(clinic: Clinic, conditions: list[str]) -> None:
    page = asked(clinic, *conditions)

    facts = clinic.submit_by_script(phone=PHONE, conditions=conditions).json
    assert ('data-if="priority"' in page.body) is facts["priority"]


def test_a_script_gets_the_same_address(clinic: Clinic) -> None:
    location = clinic.submit().headers["location"]

    assert clinic.submit_by_script().json["url"] == location


# --- A priority request ---


@pytest.fixture
def urgent_at_night(clinic: Clinic) -> Answer:
    clinic.clock.at = NIGHT
    return asked(clinic, "suicidal-thoughts")


def test_crisis_lines_come_before_everything_else_about_the_request(urgent_at_night: Answer) -> None:
    confirmation = urgent_at_night.body.partition('class="confirmation"')[2]

    assert 0 < confirmation.index("tel:988") < confirmation.index("We will call you by")


@pytest.mark.parametrize(
    "fact",
    [
        "We will call you by Wednesday, November 18, 11:00 AM",
        "not watched at night",
        "We are open again Wednesday, November 18, 9:00 AM",
    ],
)
def test_it_says_by_when_we_call_and_when_we_are_there_again(urgent_at_night: Answer, fact: str) -> None:
    assert fact in main_of(urgent_at_night)


@pytest.mark.parametrize("word", ["nothing more to do", "priority", "urgent", "escalat", "manager"])
def test_it_neither_sends_away_nor_speaks_of_our_own_ways(urgent_at_night: Answer, word: str) -> None:
    assert word not in main_of(urgent_at_night).lower()


def test_while_we_are_open_it_does_not_say_when_we_open(clinic: Clinic) -> None:
    assert "open again" not in main_of(asked(clinic, "suicidal-thoughts"))


def test_an_ordinary_request_has_the_crisis_card_of_every_page_only(clinic: Clinic) -> None:
    assert "988" not in main_of(asked(clinic))


# --- Privacy ---

PERSONAL = re.compile(r"Ada|Lovelace|555.?0187|5550187|\+1312|suicidal|depression|\btrd\b|ptsd", re.IGNORECASE)


def test_neither_page_nor_address_names_the_person_or_a_condition(clinic: Clinic) -> None:
    sent = clinic.submit(phone=PHONE, conditions=["suicidal-thoughts", "trd"], source="/depression/")
    page = clinic.visit(sent.headers["location"])

    assert PERSONAL.findall(f"{sent.headers} {main_of(page)} {page.headers}") == []


def test_the_address_is_the_reference_and_a_signature(clinic: Clinic) -> None:
    address = clinic.submit().headers["location"]

    assert re.fullmatch(rf"/api/leads/{clinic.only().reference}\.[0-9A-Z]{{32}}", address)


@pytest.mark.parametrize(
    ("header", "value"),
    [("cache-control", "no-store"), ("x-robots-tag", "noindex"), ("referrer-policy", "no-referrer")],
)
def test_it_is_neither_kept_nor_listed_nor_named_to_others(clinic: Clinic, header: str, value: str) -> None:
    assert asked(clinic).headers[header] == value


def test_the_log_has_no_address_of_a_confirmation(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    address = clinic.submit().headers["location"]
    clinic.visit(address)
    clinic.dynamodb = deployed.dead()
    clinic.visit(address)

    assert address.rpartition(".")[2] not in "".join(capfd.readouterr())


# --- How long ---


@pytest.mark.parametrize("days", [31, 400, 4000])
def test_the_confirmation_of_an_open_request_is_always_there(clinic: Clinic, days: int) -> None:
    address = clinic.submit().headers["location"]
    clinic.clock.advance(days=days)

    assert clinic.visit(address).status == 200


def test_once_the_call_was_made_none_is_announced(clinic: Clinic) -> None:
    address = clinic.submit().headers["location"]
    closed(clinic)

    page = main_of(clinic.visit(address))
    assert "Your request for a call is closed." in page
    assert not re.search("will call|calls you|we try again", page)


def test_the_confirmation_of_a_closed_request_is_there_until_it_expires(clinic: Clinic) -> None:
    address = clinic.submit().headers["location"]
    closed(clinic)
    clinic.clock.advance(days=clinic.practice.privacy.keep_days, minutes=-1)

    assert clinic.visit(address).status == 200


def expired(clinic: Clinic) -> str:
    address = clinic.submit().headers["location"]
    closed(clinic)
    clinic.clock.advance(days=clinic.practice.privacy.keep_days)
    return address


def erased(clinic: Clinic) -> str:
    return address_of(factories.stored())


def forged(clinic: Clinic) -> str:
    return f"/api/leads/{clinic.keep(factories.stored()).reference}.{'0' * 32}"


def of_the_staff(clinic: Clinic) -> str:
    return f"/api/leads/{clinic.token(clinic.keep(factories.stored()))}"


GONE = [expired, erased, forged, of_the_staff]


@pytest.mark.parametrize("gone", GONE)
def test_what_is_no_longer_kept_or_was_never_ours_is_a_404(clinic: Clinic, gone: object) -> None:
    assert callable(gone)
    assert clinic.visit(gone(clinic)).status == 404


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("help_", ["(312) 555-0100", "988", "911"])
def test_such_a_page_has_the_phone_number_and_the_crisis_lines(clinic: Clinic, gone: object, help_: str) -> None:
    assert callable(gone)
    assert help_ in clinic.visit(gone(clinic)).body


def test_a_visitors_link_opens_no_staff_page(clinic: Clinic) -> None:
    token = tokens.confirmation_token(clinic.keep(factories.stored()).reference, KEY)

    assert clinic.follow(token).status == 404


# --- Methods, faults ---


def test_looking_changes_nothing(clinic: Clinic) -> None:
    address = clinic.submit().headers["location"]
    before = clinic.only()
    clinic.visit(address)

    assert clinic.only() == before


def test_a_head_request_is_answered_too(clinic: Clinic) -> None:
    assert clinic.visit(clinic.submit().headers["location"], "HEAD").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_no_other_method_is_taken(clinic: Clinic, method: str) -> None:
    answer = clinic.visit(clinic.submit().headers["location"], method)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.fixture
def unwell(clinic: Clinic) -> Answer:
    """Open the confirmation while the table cannot be read."""
    address = clinic.submit().headers["location"]
    clinic.dynamodb = deployed.dead()
    return clinic.visit(address)


def test_without_the_table_it_is_a_503(unwell: Answer) -> None:
    assert unwell.status == 503


@pytest.mark.parametrize("help_", ["We took it", "(312) 555-0100", "988", "911"])
def test_without_the_table_it_says_that_the_request_was_taken_and_where_help_is(unwell: Answer, help_: str) -> None:
    assert help_ in unwell.body


def test_a_request_that_cannot_be_read_is_a_503_and_an_alarm(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    address = clinic.submit().headers["location"]
    clinic.dynamodb.update_item(
        TableName="leads",
        Key={"reference": {"S": clinic.only().reference}},
        UpdateExpression="SET #lead = :damaged",
        ExpressionAttributeNames={"#lead": "lead"},
        ExpressionAttributeValues={":damaged": {"S": "damaged"}},
    )

    assert clinic.visit(address).status == 503
    assert '"Failed": 1' in capfd.readouterr().out
