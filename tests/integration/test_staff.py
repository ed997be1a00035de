"""GET and POST /staff/leads/{token}: looking changes nothing, pressing a button changes one thing once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from leads import tokens
from leads.domain import lifecycle
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.handlers import staff

from tests.support import api_events, deployed, factories, fakes, zones
from tests.support.api_events import MEDIA_TYPES, Answer
from tests.support.deployed import Clinic
from tests.support.factories import KEY, SAMPLE, TUESDAY


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path) as made:
        yield made


def token(lead: StoredLead) -> str:
    """Return the token in the link of the e-mail about this lead."""
    return tokens.staff_token(lead.reference, TUESDAY, KEY)


LEAD = factories.stored(Event.NOTIFIED)
TOKEN = token(LEAD)


@pytest.fixture
def waiting(clinic: Clinic) -> Clinic:
    """Deploy the functions with one lead, of which the staff were notified."""
    clinic.keep(LEAD)
    return clinic


def everything(clinic: Clinic) -> str:
    return str(clinic.dynamodb.scan(TableName="leads")["Items"])


# --- Looking ---


@pytest.mark.parametrize(
    "fact",
    [
        "Ada Lovelace",
        "(312) 555-0187",
        'href="tel:+13125550187"',
        "Treatment-resistant depression",
        "morning",
        "may be left",
        "/guide/",
        "pinterest",
        "2026-11",
        LEAD.reference,
        "notified",
        "Wednesday, November 18, 10:00 AM Central Time",
        "Tuesday, November 17, 10:00 AM Central Time: received",
        "Tuesday, November 17, 10:01 AM Central Time: staff notified",
    ],
)
def test_the_page_shows_the_lead_in_full(waiting: Clinic, fact: str) -> None:
    assert fact in waiting.follow(TOKEN).body


def test_no_time_on_the_page_stands_without_its_zone(waiting: Clinic) -> None:
    assert not zones.times_without_zone(waiting.follow(TOKEN).body)


def test_the_page_shows_the_phone_as_it_was_typed(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(phone="312.555.0187 x42"))

    assert "312.555.0187 x42" in clinic.follow(token(lead)).body


def test_the_page_says_what_was_not_answered(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(conditions=None, voicemail=None, source=None, utm_source=None, consent=None))

    body = clinic.follow(token(lead)).body

    assert all(words in body for words in ("Nothing ticked", "do not leave one", "not known", "directly, or not known"))


def test_the_page_says_why_a_lead_is_in_review(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(review_reason="there is a web address in the name"))

    assert "there is a web address in the name" in clinic.follow(token(lead)).body


def test_a_name_cannot_break_out_of_the_page(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(name="<script>alert(1)</script>"))

    assert "<script>" not in clinic.follow(token(lead)).body


def test_a_condition_that_is_no_longer_offered_is_shown_by_its_key(clinic: Clinic) -> None:
    old = factories.practice(conditions=[{"key": "insomnia", "label": "Insomnia"}])
    lead = clinic.keep(factories.stored(practice=old, conditions=["insomnia"]))

    assert "insomnia" in clinic.follow(token(lead)).body


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(waiting: Clinic, method: str) -> None:
    before = everything(waiting)

    waiting.follow(TOKEN, method)

    assert everything(waiting) == before


def test_a_link_may_be_followed_from_a_mailbox_in_the_web(waiting: Clinic) -> None:
    event = api_events.event(
        "GET", f"/staff/leads/{TOKEN}", token=TOKEN, headers={"sec-fetch-site": "cross-site", "origin": None}
    )

    assert waiting.send_to_staff_page(event).status == 200


def buttons(page: Answer) -> set[str]:
    return {button.value for button in staff.BUTTONS if f'value="{button.value}"' in page.body}


@pytest.mark.parametrize(
    ("lead", "offered"),
    [
        (factories.stored(), {"contacted", "no-answer", "not-a-lead"}),
        (factories.stored(Event.NOTIFIED, Event.REMINDED, Event.ESCALATED), {"contacted", "no-answer", "not-a-lead"}),
        (factories.stored(review_reason="odd"), {"release", "not-a-lead"}),
        (factories.stored(Event.CONTACTED), {"reopen"}),
        (factories.stored(Event.NOT_A_LEAD), {"reopen"}),
    ],
    ids=["new", "overdue", "in review", "contacted", "not a lead"],
)
def test_the_page_offers_what_can_be_said(clinic: Clinic, lead: StoredLead, offered: set[str]) -> None:
    clinic.keep(lead)

    assert buttons(clinic.follow(token(lead))) == offered


def test_the_page_of_a_lead_in_review_says_what_was_promised(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(review_reason="odd"))
    clinic.clock.advance(hours=1)

    assert (
        "The form promised a call by Wednesday, November 18, 10:00 AM Central Time" in clinic.follow(token(lead)).body
    )


@pytest.mark.parametrize(
    ("button", "lead"),
    [("release", factories.stored(review_reason="odd")), ("reopen", factories.stored(Event.CONTACTED))],
)
def test_no_button_moves_the_promise(clinic: Clinic, button: str, lead: StoredLead) -> None:
    clinic.keep(lead)
    clinic.clock.advance(hours=1)

    clinic.press(button, token(lead))

    assert clinic.only().contact_by == lead.contact_by


def test_the_page_says_from_when_the_promise_of_a_second_request_counts(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(Event.CONTACTED))
    clinic.clock.advance(hours=1)

    clinic.submit()

    assert "The promise counts from Tuesday, November 17, 11:00 AM Central Time" in clinic.follow(token(lead)).body


# --- Pressing ---

PRESSES = {
    "contacted": ("contacted", LEAD, Status.CONTACTED),
    "no answer": ("no-answer", LEAD, Status.TRY_AGAIN),
    "not a lead": ("not-a-lead", LEAD, Status.NOT_A_LEAD),
    "one in review is not a lead": ("not-a-lead", factories.stored(review_reason="odd"), Status.NOT_A_LEAD),
    "release": ("release", factories.stored(review_reason="odd"), Status.STORED),
    "reopen": ("reopen", factories.stored(Event.CONTACTED), Status.STORED),
}


@pytest.mark.parametrize(("button", "lead", "after"), PRESSES.values(), ids=PRESSES)
def test_a_button_does_what_it_says(clinic: Clinic, button: str, lead: StoredLead, after: Status) -> None:
    clinic.keep(lead)

    clinic.press(button, token(lead))

    assert clinic.only().status is after


@pytest.mark.parametrize(("button", "lead", "after"), PRESSES.values(), ids=PRESSES)
def test_after_a_button_the_page_is_shown_anew(clinic: Clinic, button: str, lead: StoredLead, after: Status) -> None:
    clinic.keep(lead)

    answer = clinic.press(button, token(lead))

    assert (answer.status, answer.headers["location"]) == (303, f"/staff/leads/{token(lead)}")


def test_what_was_said_is_in_the_history(waiting: Clinic) -> None:
    waiting.clock.at = factories.moment("2026-11-17 15:30")

    waiting.press("contacted", TOKEN)

    assert "Tuesday, November 17, 3:30 PM Central Time: contacted" in waiting.follow(TOKEN).body


def test_a_released_lead_is_due_at_the_next_sweep(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(review_reason="odd"))

    clinic.press("release", token(lead))

    assert clinic.due() == [lead.reference]


def test_the_third_unanswered_call_is_the_managers_business(waiting: Clinic) -> None:
    for _ in range(3):
        waiting.clock.advance(hours=4)
        waiting.press("no-answer", TOKEN)

    assert waiting.only().status is Status.OVERDUE


def test_a_double_click_on_no_answer_is_one_call(waiting: Clinic) -> None:
    page = waiting.follow(TOKEN)

    waiting.press("no-answer", TOKEN, page)
    waiting.press("no-answer", TOKEN, page)

    assert waiting.only().no_answers == 1


def test_a_reminder_that_is_sent_while_the_page_is_open_does_not_refuse_the_call(waiting: Clinic) -> None:
    page = waiting.follow(TOKEN)
    waiting.clock.at = factories.moment("2026-11-17 16:00")
    waiting.sweep()

    assert waiting.press("contacted", TOKEN, page).status == 303


@pytest.mark.parametrize("event", [Event.REMINDED, Event.SEND_FAILED, None], ids=str)
def test_a_sweep_between_reading_and_writing_does_not_refuse_the_call(waiting: Clinic, event: Event | None) -> None:
    table, page = waiting.table, waiting.follow(TOKEN)

    def the_sweep() -> None:
        lead = table.get(LEAD.reference, TUESDAY)
        if lead and lead.version == 0:
            table.change(
                lead, lifecycle.apply(lead, event, TUESDAY, SAMPLE) if event else lifecycle.lease(lead, TUESDAY)
            )

    waiting.dynamodb = fakes.interfering(table.dynamodb, "put_item", before=the_sweep)

    assert waiting.press("contacted", TOKEN, page).status == 303


def test_a_call_that_is_marked_after_a_reminder_keeps_both_in_its_history(waiting: Clinic) -> None:
    page = waiting.follow(TOKEN)
    waiting.clock.at = factories.moment("2026-11-17 16:00")
    waiting.sweep()

    waiting.press("contacted", TOKEN, page)

    assert [entry.event for entry in waiting.only().history][-2:] == [Event.REMINDED, Event.CONTACTED]


def test_a_lead_that_keeps_changing_is_a_409_and_no_endless_try(waiting: Clinic) -> None:
    table = waiting.table

    def lease_it() -> None:
        lead = table.get(LEAD.reference, TUESDAY)
        assert lead
        table.change(lead, lifecycle.lease(lead, TUESDAY))

    waiting.dynamodb = fakes.interfering(table.dynamodb, "put_item", before=lease_it)

    assert waiting.press("contacted", TOKEN).status == 409


# --- Too late ---


@pytest.fixture
def too_late(waiting: Clinic) -> Answer:
    """Press a button on a page that is out of date, and return the answer."""
    page = waiting.follow(TOKEN)
    waiting.press("contacted", TOKEN, page)
    return waiting.press("not-a-lead", TOKEN, page)


def test_a_late_button_is_refused_with_an_explanation(too_late: Answer) -> None:
    assert too_late.status == 409


def test_a_late_button_shows_the_lead_as_it_is_now(too_late: Answer) -> None:
    assert "<strong>contacted</strong>" in too_late.body


def test_a_late_button_offers_the_buttons_of_now(too_late: Answer) -> None:
    assert buttons(too_late) == {"reopen"}


@pytest.mark.usefixtures("too_late")
def test_a_late_button_changes_nothing(waiting: Clinic) -> None:
    assert waiting.only().status is Status.CONTACTED


@pytest.fixture
def raced(waiting: Clinic) -> Clinic:
    """Deploy the functions; another person marks the lead between reading and writing."""
    working = waiting.table

    def act_of_a_colleague() -> None:
        lead = working.get(LEAD.reference, TUESDAY)
        assert lead is not None
        if lead.status is Status.NOTIFIED:
            working.change(lead, lifecycle.apply(lead, Event.NOT_A_LEAD, TUESDAY, waiting.practice))

    waiting.dynamodb = fakes.interfering(working.dynamodb, "put_item", before=act_of_a_colleague)
    return waiting


def test_a_button_that_was_overtaken_is_refused_with_an_explanation(raced: Clinic) -> None:
    assert raced.press("contacted", TOKEN).status == 409


def test_a_button_that_was_overtaken_shows_the_other_action(raced: Clinic) -> None:
    assert "<strong>not a lead</strong>" in raced.press("contacted", TOKEN).body


def test_a_button_that_was_overtaken_changes_nothing(raced: Clinic) -> None:
    raced.press("contacted", TOKEN)

    assert raced.only().status is Status.NOT_A_LEAD


def test_a_lead_that_is_erased_while_a_button_is_pressed_does_not_come_back(waiting: Clinic) -> None:
    table = waiting.table
    waiting.dynamodb = fakes.interfering(table.dynamodb, "put_item", before=lambda: table.delete(LEAD.reference))

    waiting.press("contacted", TOKEN)

    assert waiting.leads() == []


# --- Links that do not work ---


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN.lower(),
        tokens.staff_token(LEAD.reference, TUESDAY, b"another secret of more than thirty-two characters"),
        "../../../etc/passwd",
        "李" * 60,
    ],
    ids=["none", "short", "cut", "longer", "lower case", "another key", "a path", "another script"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_does_not_work(waiting: Clinic, forged: str, method: str) -> None:
    assert waiting.follow(forged, method).status == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_works_for_30_days(waiting: Clinic, method: str) -> None:
    waiting.clock.advance(days=30)

    assert waiting.follow(TOKEN, method).status == 410


def test_an_old_link_says_where_a_new_one_is(waiting: Clinic) -> None:
    waiting.clock.advance(days=30)

    assert "newest e-mail" in waiting.follow(TOKEN).body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_lead_that_was_erased_is_gone(waiting: Clinic, method: str) -> None:
    waiting.table.delete(LEAD.reference)

    assert waiting.follow(TOKEN, method).status == 410


def test_a_lead_that_has_expired_is_gone(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(Event.CONTACTED, practice=factories.practice(privacy={"keep_days": 30})))
    assert lead.expires_at
    late = tokens.staff_token(lead.reference, lead.expires_at, KEY)
    clinic.clock.at = lead.expires_at

    assert clinic.follow(late).status == 410


# --- Requests that are not taken ---


def send(clinic: Clinic, body: str, media_type: str = MEDIA_TYPES["form"], **headers: str) -> Answer:
    given_headers = {"content-type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    event = api_events.event("POST", f"/staff/leads/{TOKEN}", body=body, token=TOKEN, headers=given_headers)
    return clinic.send_to_staff_page(event)


REFUSED: dict[str, tuple[int, dict[str, Any]]] = {
    "another button": (422, {"body": "action=delete"}),
    "no button": (422, {"body": ""}),
    "a button without a name": (422, {"body": "action="}),
    "an event that is no button": (422, {"body": "action=staff+notified"}),
    "no button in JSON": (422, {"body": '{"action": null}', "media_type": MEDIA_TYPES["json"]}),
    "another kind of body": (415, {"body": "action=contacted", "media_type": "text/plain"}),
    "a damaged body": (400, {"body": "action=%ff"}),
    "a large body": (413, {"body": "action=contacted&x=" + "x" * 16384}),
    "another site": (404, {"body": "action=contacted", "sec_fetch_site": "cross-site"}),
    "another site in an old browser": (
        404,
        {"body": "action=contacted", "sec_fetch_site": "", "origin": "https://evil.example"},
    ),
}


@pytest.mark.parametrize(("status", "request_"), REFUSED.values(), ids=REFUSED)
def test_a_request_that_no_page_of_ours_makes_is_refused(
    waiting: Clinic, status: int, request_: dict[str, Any]
) -> None:
    assert send(waiting, **request_).status == status


@pytest.mark.parametrize(("status", "request_"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(waiting: Clinic, status: int, request_: dict[str, Any]) -> None:
    before = everything(waiting)

    send(waiting, **request_)

    assert everything(waiting) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(waiting: Clinic, method: str) -> None:
    assert waiting.follow(TOKEN, method).status == 405


def test_a_table_that_is_gone_is_a_503(waiting: Clinic) -> None:
    waiting.dynamodb = deployed.dead()

    assert waiting.follow(TOKEN).status == 503


def test_a_button_that_cannot_be_written_is_a_503(waiting: Clinic) -> None:
    page = waiting.follow(TOKEN)
    waiting.dynamodb = deployed.dead(waiting.dynamodb, "put_item")

    assert waiting.press("contacted", TOKEN, page).status == 503


# --- Every answer ---

ANSWERS = {
    "the page": lambda clinic: clinic.follow(TOKEN),
    "a button": lambda clinic: clinic.press("contacted", TOKEN),
    "too late": lambda clinic: [clinic.press("contacted", TOKEN, clinic.follow(TOKEN)) for _ in range(2)][-1],
    "forged": lambda clinic: clinic.follow("x"),
    "refused": lambda clinic: send(clinic, "action=delete"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize(
    ("header", "value"),
    [("cache-control", "no-store"), ("x-robots-tag", "noindex"), ("referrer-policy", "no-referrer")],
)
def test_no_answer_is_kept_indexed_or_passed_on(waiting: Clinic, answer: Any, header: str, value: str) -> None:
    assert answer(waiting).headers[header] == value


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_says_where_help_is(waiting: Clinic, answer: Any) -> None:
    body = answer(waiting).body

    assert "988" in body
    assert "911" in body
