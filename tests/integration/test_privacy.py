"""What must never happen: no part of a name, a number or a condition in a log, an error, an address or a subject."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

import pytest
from leads import tokens
from leads.aws import dynamodb
from leads.aws.repository import LeadRepository
from leads.domain import lifecycle
from leads.domain.lifecycle import Event, StoredLead

from tests.support import api_events, deployed, factories, fakes
from tests.support.deployed import Clinic
from tests.support.factories import KEY, SAMPLE, TUESDAY
from tests.support.fakes import headers_of, html_of, text_of

NAME = "Zebulon Quackenbush-Özgür"
PHONE = "(312) 555-0187 ext. 7734"
CONDITIONS = ["gloomswept", "nightfallen"]

PRACTICE = factories.practice(
    conditions=[
        {"key": "gloomswept", "label": "Gloomswept disposition"},
        {"key": "nightfallen", "label": "Nightfallen thoughts", "priority": True},
    ]
)

PERSONAL = re.compile(
    # Any part of the name; the number with any characters between its digits; its last seven digits;
    # the extension behind a letter; any word of a condition.
    r"zebulon|quackenbush|[öo]zg[üu]r"
    r"|3\D{0,3}1\D{0,3}2\D{0,3}5\D{0,3}5\D{0,3}5\D{0,3}0\D{0,3}1\D{0,3}8\D{0,3}7"
    r"|555\D{0,3}0187|ext\W{0,3}7734"
    r"|gloom|disposition|nightfall",
    re.IGNORECASE,
)


def personal(text: str) -> list[str]:
    """Return the personal words in this text, with percent signs decoded or not."""
    return PERSONAL.findall(text) + PERSONAL.findall(unquote(text))


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        NAME.upper(),
        quote(NAME),
        quote_plus(NAME),
        "Quackenbush",
        PHONE,
        "+13125550187",
        "312.555.0187",
        "5550187",
        "tel:+1-312-555-0187;ext=7734",
        "%2B13125550187",
        "gloomswept",
        "Nightfallen thoughts",
    ],
)
def test_these_tests_would_find(text: str) -> None:
    assert personal(f"xx {text} xx")


# --- Everything that can happen to a lead ---


def take(clinic: Clinic, **changes: str | list[str] | None) -> None:
    answers = {"name": NAME, "phone": PHONE, "conditions": CONDITIONS, **changes}
    for kind in ("form", "json"):
        clinic.send(api_events.submission(factories.answers(**answers), kind))


def keep(clinic: Clinic, *events: Event, review_reason: str | None = None) -> StoredLead:
    lead = factories.stored(
        *events, practice=PRACTICE, review_reason=review_reason, name=NAME, phone=PHONE, conditions=["gloomswept"]
    )
    return clinic.keep(lead)


def live(clinic: Clinic) -> None:
    """Leads from the form over reminder and manager to the call, with every button."""
    take(clinic)
    take(clinic, conditions=["gloomswept"])
    take(clinic, conditions=[], leave_empty="x")
    for hours in (1, 6, 24, 24):
        clinic.clock.advance(hours=hours)
        clinic.sweep()
    for buttons in (["release", *["no-answer"] * 3], ["contacted", "reopen", "not-a-lead", "reopen"]):
        for lead in clinic.leads():
            for button in buttons:
                clinic.press(button, clinic.token(lead))
        clinic.sweep()


def refuse(clinic: Clinic) -> None:
    """Forms that are not taken, in every way."""
    take(clinic, name=NAME + "\n")
    take(clinic, name=NAME + "\0" + NAME)
    take(clinic, phone=f"call {PHONE} or {PHONE}")
    take(clinic, conditions=["gloomswept", NAME])
    take(clinic, best_time=NAME, voicemail=PHONE)
    take(clinic, source=NAME, utm_source=PHONE, consent=NAME, elapsed=NAME)
    for headers in ({"sec-fetch-site": "cross-site"}, {"content-type": "text/plain"}, {"accept": NAME}):
        clinic.send(api_events.submission(factories.answers(name=NAME, phone=PHONE), headers=headers))
    for body in (f"name={NAME}&name=%ff", f'{{"name": "{NAME}"', f"name={NAME}" * 2000):
        for media_type in api_events.MEDIA_TYPES.values():
            clinic.send(api_events.event(body=body, headers={"content-type": media_type}))


def lose_mail(clinic: Clinic) -> None:
    """SES fails in every way."""
    errors = [
        fakes.aws_error("TooManyRequestsException"),
        fakes.aws_error("MessageRejected"),
        RuntimeError(f"{NAME} {PHONE} {CONDITIONS}"),
    ]
    for error in errors:
        clinic.mailbox.refuse = error
        take(clinic, conditions=["gloomswept"], name=f"{NAME} {errors.index(error)}")
        clinic.clock.advance(minutes=5)
        clinic.sweep()


def lose_table(clinic: Clinic) -> None:
    """DynamoDB fails in every way, before and after the lead is kept."""
    working = clinic.dynamodb
    token = clinic.token(keep(clinic, Event.NOTIFIED))
    for operation in deployed.ALL:
        for error in (fakes.aws_error("InternalServerError"), RuntimeError(f"{NAME} {PHONE} {CONDITIONS}")):
            clinic.dynamodb = fakes.interfering(working, operation, before=fakes.failing(error))
            take(clinic, name=f"{NAME} {operation}")
            clinic.follow(token)
            clinic.press("contacted", token, page=api_events.Answer({"body": ""}))
            caught(clinic.sweep)
    clinic.dynamodb = working


def damage(clinic: Clinic) -> None:
    """Store a lead whose answers are unreadable."""
    lead = keep(clinic)
    clinic.dynamodb.update_item(
        TableName="leads",
        Key={"reference": {"S": lead.reference}},
        UpdateExpression="SET #lead.phone = :name",
        ExpressionAttributeNames={"#lead": "lead"},
        ExpressionAttributeValues={":name": {"S": NAME}},
    )
    clinic.clock.advance(hours=1)
    caught(clinic.sweep)
    clinic.follow(clinic.token(lead))
    take(clinic, conditions=["gloomswept"])


def caught(task: Callable[[], object]) -> str:
    """Return the text of the error that a task ends with, its causes included, as Lambda logs it."""
    try:
        task()
    except Exception as error:
        return "".join(traceback.format_exception(error))
    return ""


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path, PRACTICE) as made:
        yield made


HAPPENINGS = {
    "everything goes well": live,
    "forms are refused": refuse,
    "no mail": lose_mail,
    "no table": lose_table,
    "a lead is damaged": damage,
}


@pytest.mark.parametrize("happen", HAPPENINGS.values(), ids=HAPPENINGS)
def test_nothing_personal_is_logged(
    clinic: Clinic,
    happen: Callable[[Clinic], None],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="leads")

    happen(clinic)

    written = re.sub(r'"Timestamp": \d+', "", "".join(capfd.readouterr()))
    by_loggers = [record.getMessage() for record in caplog.records if record.name.startswith("leads")]
    assert written
    assert personal("\n".join([written, *by_loggers])) == []


@pytest.fixture(scope="module")
def emails(tmp_path_factory: pytest.TempPathFactory) -> list[EmailMessage]:
    """Return every e-mail about leads: taken, reminded of, escalated, released, closed and listed in digests."""
    with deployed.clinic_with_table(tmp_path_factory.mktemp("clinic"), PRACTICE) as clinic:
        live(clinic)
        return clinic.mailbox.emails


def test_nothing_personal_is_in_a_header_of_an_email(emails: list[EmailMessage]) -> None:
    assert personal("\n".join(headers_of(email) for email in emails)) == []


def test_no_condition_is_in_any_email(emails: list[EmailMessage]) -> None:
    shown = "\n".join(text_of(email) + html_of(email) for email in emails)

    assert not re.search("gloom|disposition|nightfall", shown, re.IGNORECASE)


def test_nothing_personal_is_in_a_link_of_an_email(emails: list[EmailMessage]) -> None:
    shown = "\n".join(text_of(email) + html_of(email) for email in emails)

    assert personal("\n".join(re.findall(r"https?://[^\s\"<>]+", shown))) == []


def test_these_emails_are_of_every_kind(emails: list[EmailMessage]) -> None:
    kinds = {"Urgent call-back", "Call back", "Reminder", "Overdue", "Today"}

    assert {kind for kind in kinds for email in emails if email["Subject"].strip().startswith(kind)} == kinds


def test_a_practice_that_wants_references_gets_nothing_personal_by_mail(tmp_path: Path) -> None:
    discreet = PRACTICE.model_copy(update={"notify": PRACTICE.notify.model_copy(update={"email_detail": "reference"})})
    with deployed.clinic_with_table(tmp_path, discreet) as clinic:
        live(clinic)

    shown = "\n".join(headers_of(email) + text_of(email) + html_of(email) for email in clinic.mailbox.emails)
    assert personal(shown) == []


def test_nothing_personal_is_in_an_address_that_the_visitor_is_sent_to(clinic: Clinic) -> None:
    answer = clinic.submit(name=NAME, phone=PHONE, conditions=CONDITIONS)

    assert personal(answer.headers["location"] + answer.body) == []


def test_nothing_personal_is_in_the_answer_to_a_script(clinic: Clinic) -> None:
    assert personal(clinic.submit_by_script(name=NAME, phone=PHONE, conditions=CONDITIONS).body) == []


def test_nothing_personal_is_in_an_address_that_the_staff_are_sent_to(clinic: Clinic) -> None:
    answer = clinic.press("contacted", clinic.token(keep(clinic)))

    assert personal(answer.headers["location"] + answer.body) == []


def test_nothing_personal_is_in_a_page_for_a_link_that_does_not_work(clinic: Clinic) -> None:
    token = clinic.token(keep(clinic))

    assert personal(clinic.follow(token[:-1] + "0").body) == []


# --- Errors ---

LEAD = factories.stored(practice=PRACTICE, name=NAME, phone=PHONE, conditions=CONDITIONS)


def change_twice(clinic: Clinic) -> None:
    clinic.keep(LEAD)
    for _ in range(2):
        clinic.table.change(LEAD, lifecycle.apply(LEAD, Event.NOTIFIED, TUESDAY, PRACTICE))


def send_to_dead_ses(clinic: Clinic) -> None:
    clinic.mailbox.refuse = fakes.aws_error("MessageRejected")
    clinic.wiring.mailer(clinic.settings, clinic.practice).send_one(lifecycle.Action.NOTIFY, LEAD, TUESDAY)


def write_what_cannot_be_written(clinic: Clinic) -> None:
    dynamodb.call(clinic.dynamodb.put_item, TableName="leads", Item={"reference": NAME})


ERRORS: dict[str, Callable[[Clinic], object]] = {
    "a lead that is none": lambda _: factories.lead(name=NAME + "\0" + NAME, phone=f"{PHONE} {PHONE}"),
    "a step that cannot be": lambda _: lifecycle.apply(LEAD, Event.REOPENED, TUESDAY, PRACTICE),
    "a change that came second": change_twice,
    "an e-mail that is refused": send_to_dead_ses,
    "an item that is none": write_what_cannot_be_written,
    "a table that is gone": lambda _: LeadRepository("leads", deployed.dead()).put(LEAD),
    "another table": lambda clinic: LeadRepository("other", clinic.dynamodb).put(LEAD),
    "a token that is none": lambda _: tokens.reference_of(NAME, TUESDAY, KEY),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_no_error_of_ours_tells_anything_personal(clinic: Clinic, error: Callable[[Clinic], object]) -> None:
    told = caught(lambda: error(clinic))

    # Python quotes the line of the test itself, which names constants only.
    assert told
    assert personal(told) == []


def test_a_lead_does_not_keep_what_was_typed_into_the_trap(clinic: Clinic) -> None:
    clinic.submit(leave_empty=NAME, phone="(202) 555-0143")

    assert clinic.only().screening
    assert personal(str(clinic.dynamodb.scan(TableName="leads")["Items"])) == []


def test_the_index_of_what_is_due_holds_nothing_personal(clinic: Clinic) -> None:
    keep(clinic)

    items = clinic.dynamodb.scan(TableName="leads", IndexName="due")["Items"]

    assert items
    assert personal(str(items)) == []


def test_the_sample_of_the_other_tests_stays_out_of_the_way() -> None:
    assert personal(SAMPLE.model_dump_json()) == []
