"""Every minute: what is due is done once, whatever fails and with any number of sweeps."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from leads.aws import dynamodb
from leads.aws.counters import Counters, Locks
from leads.domain import lifecycle
from leads.domain.errors import StoreError
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.services import sweep
from leads.services.digest import DigestLimits
from leads.services.limited_sender import ORDINARY
from leads.services.sweep import Limits

from tests.support import deployed, factories, fakes
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY
from tests.support.fakes import KilledError, TimeLeft, html_of, text_of

MINUTE = dt.timedelta(minutes=1)
NEXT_MORNING = factories.moment("2026-11-18 09:00")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions on a Tuesday whose digest was sent."""
    with deployed.clinic_with_table(tmp_path) as made:
        Locks("leads", made.dynamodb).complete("digest 2026-11-17", TUESDAY)
        yield made


def wait_for_calls(clinic: Clinic, count: int, **facts: Any) -> list[StoredLead]:
    """Store so many leads that are due."""
    leads = [replace(factories.stored(name=f"Person {number}."), next_at=TUESDAY, **facts) for number in range(count)]
    return [clinic.keep(lead) for lead in leads]


def statuses(clinic: Clinic) -> set[Status]:
    return {lead.status for lead in clinic.leads()}


# --- What is unsent is sent ---


def test_a_lead_that_was_left_behind_is_sent(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)

    clinic.sweep()

    assert "Person 0." in text_of(clinic.mailbox.only)


def test_a_lead_that_was_sent_waits_for_its_reminder(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)

    clinic.sweep()

    assert (clinic.only().status, clinic.only().next_at) == (Status.NOTIFIED, factories.moment("2026-11-17 16:00"))


def test_the_sweep_says_how_much_it_did(clinic: Clinic) -> None:
    wait_for_calls(clinic, 3)

    assert clinic.sweep() == {"due": 3, "sent": 3}


def test_a_lead_that_is_not_due_is_left_alone(clinic: Clinic) -> None:
    clinic.keep(factories.stored())

    assert clinic.sweep() == {"due": 0, "sent": 0}


@pytest.mark.parametrize("lead", [factories.stored(Event.CONTACTED), factories.stored(review_reason="odd")])
def test_a_lead_that_owes_no_call_is_left_alone(clinic: Clinic, lead: StoredLead) -> None:
    clinic.keep(lead)
    clinic.clock.advance(minutes=30)

    assert clinic.sweep() == {"due": 0, "sent": 0}


def test_two_sweeps_one_after_the_other_send_one_email(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)

    clinic.sweep()
    clinic.sweep()

    assert len(clinic.mailbox.calls) == 1


def test_a_sweep_that_comes_while_another_is_at_it_sends_nothing(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)
    done_meanwhile: list[dict[str, int]] = []

    def another_sweep() -> None:
        clinic.mailbox.on_send = lambda: None
        done_meanwhile.append(clinic.sweep())

    clinic.mailbox.on_send = another_sweep
    clinic.sweep()

    assert done_meanwhile == [{"due": 0, "sent": 0}]


def test_a_lead_that_changes_before_its_lease_is_left_to_the_next_sweep(clinic: Clinic) -> None:
    (lead,) = wait_for_calls(clinic, 1)
    table, changed = clinic.table, [lifecycle.lease(lead, TUESDAY)]

    def another_writer() -> None:
        if changed:
            table.change(lead, changed.pop())

    clinic.dynamodb = fakes.interfering(table.dynamodb, "get_item", after=another_writer)

    assert clinic.sweep() == {"due": 1, "sent": 0}


def test_staff_who_are_quicker_than_the_email_are_right(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)

    def staff_call() -> None:
        lead = clinic.only()
        clinic.table.change(lead, lifecycle.apply(lead, Event.CONTACTED, TUESDAY, clinic.practice))

    clinic.mailbox.on_send = staff_call
    clinic.sweep()

    assert clinic.only().status is Status.CONTACTED


# --- When e-mails fail ---


def test_a_lead_whose_email_failed_is_not_sent(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)
    clinic.mailbox.refuse = fakes.aws_error("TooManyRequestsException")

    assert clinic.sweep() == {"due": 1, "sent": 0}


def test_an_email_that_failed_is_sent_once_ses_is_back(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)
    clinic.mailbox.refuse = fakes.aws_error("TooManyRequestsException")
    clinic.sweep()
    clinic.mailbox.refuse = None

    for _ in range(3):
        clinic.clock.advance(minutes=5)
        clinic.sweep()

    assert len(clinic.mailbox.calls) == 1


def test_ses_is_asked_ever_less_often_while_it_is_down(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)
    clinic.mailbox.refuse = fakes.aws_error("SendingPausedException")

    tried_at = []
    for minute in range(0, 121, 5):
        before = clinic.mailbox.tried
        clinic.clock.at = TUESDAY + minute * MINUTE
        clinic.sweep()
        tried_at += [minute] * (clinic.mailbox.tried - before)

    assert tried_at == [0, 5, 10, 15, 25, 45, 80]


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("AccountSuspendedException", 1),
        ("SendingPausedException", 1),
        ("MessageRejected", 1),
        ("MailFromDomainNotVerifiedException", 1),
        ("TooManyRequestsException", 0),
        ("InternalFailure", 0),
    ],
)
def test_an_error_that_waiting_does_not_cure_raises_its_own_alarm(
    clinic: Clinic, code: str, refused: int, capsys: pytest.CaptureFixture[str]
) -> None:
    wait_for_calls(clinic, 1)
    clinic.mailbox.refuse = fakes.aws_error(code)

    clinic.sweep()

    (line,) = [line for line in logged(capsys) if line["event"] == "notify failed"]
    assert (line["NotifyFailed"], line["NotifyRefused"], line["outcome"]) == (1, refused, code)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_age_of_the_oldest_unsent_lead_is_logged(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    clinic.submit()
    clinic.mailbox.refuse = fakes.aws_error("SendingPausedException")
    clinic.submit(name="First")
    clinic.clock.advance(minutes=2)
    clinic.submit(name="Second")
    clinic.clock.advance(minutes=5)

    clinic.sweep()

    assert [line["OldestUnsentSeconds"] for line in logged(capsys) if line["event"] == "unsent"] == [7 * 60]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sweep_that_is_killed_at_an_email_is_made_good_by_the_next(clinic: Clinic, moment: str) -> None:
    # After it, the e-mail goes out twice: SES cannot tell us, and twice is better than never.
    wait_for_calls(clinic, 1)
    if moment == "before":
        clinic.mailbox.refuse = KilledError()
    else:
        clinic.mailbox.on_send = fakes.failing(KilledError())
    with pytest.raises(KilledError):
        clinic.sweep()
    clinic.mailbox.refuse, clinic.mailbox.on_send = None, lambda: None

    clinic.clock.advance(minutes=5)
    clinic.sweep()

    assert len(clinic.mailbox.calls) == (1 if moment == "before" else 2)


# --- One that fails does not stop the others ---


def damage(clinic: Clinic, lead: StoredLead, expression: str) -> None:
    """Store a lead that can no longer be read, or not be shown."""
    odd = {":nonsense": {"S": "nonsense"}, ":odd": {"NS": ["1.5"]}, ":bytes": {"B": b"nonsense"}}
    values = {name: value for name, value in odd.items() if name in expression}
    clinic.dynamodb.update_item(
        TableName="leads",
        Key={"reference": {"S": lead.reference}},
        UpdateExpression=expression,
        ExpressionAttributeNames=dict(re.findall(r"(#(\w+))", expression)),
        **({"ExpressionAttributeValues": values} if values else {}),  # type: ignore[arg-type]  # given where it is used
    )


DAMAGES = {
    "its answers are gone": "REMOVE #lead",
    "its answers are something else": "SET #lead = :nonsense",
    "its number is none": "SET #lead.phone.e164 = :nonsense",
    "its name is a set of numbers": "SET #lead.#name = :odd",
    "its end is a text": "SET expires_at = :nonsense",
    "its history is bytes": "SET history = :bytes",
}


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_a_lead_that_fails_does_not_stop_the_others(clinic: Clinic, damaged: str) -> None:
    leads = wait_for_calls(clinic, 3)
    damage(clinic, leads[1], damaged)

    assert clinic.sweep()["sent"] == 2


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_a_lead_that_fails_is_logged_by_its_reference(
    clinic: Clinic, damaged: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (lead,) = wait_for_calls(clinic, 1)
    damage(clinic, lead, damaged)

    clinic.sweep()

    assert lead.reference in [line.get("reference") for line in logged(capsys) if line.get("Failed")]


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_a_lead_that_fails_does_not_hide_how_long_the_others_wait(
    clinic: Clinic, damaged: str, capsys: pytest.CaptureFixture[str]
) -> None:
    leads = wait_for_calls(clinic, 2)
    damage(clinic, leads[0], damaged)
    clinic.mailbox.refuse = fakes.aws_error("SendingPausedException")

    clinic.sweep()

    assert [line for line in logged(capsys) if "OldestUnsentSeconds" in line]


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_a_lead_that_fails_does_not_stop_the_digest(clinic: Clinic, damaged: str) -> None:
    leads = wait_for_calls(clinic, 2)
    damage(clinic, leads[0], damaged)
    clinic.clock.at = NEXT_MORNING

    clinic.sweep()

    assert [subject for subject in clinic.mailbox.subjects if subject.startswith("Today")]


def test_an_email_that_fails_does_not_stop_the_others(clinic: Clinic) -> None:
    wait_for_calls(clinic, 3)
    clinic.mailbox.refuse_the = {2: fakes.aws_error("MessageRejected")}

    assert clinic.sweep() == {"due": 3, "sent": 2}


def test_a_table_that_is_gone_is_logged_by_its_code(clinic: Clinic) -> None:
    clinic.dynamodb = deployed.dead()

    with pytest.raises(StoreError, match=r"^InternalServerError$"):
        clinic.sweep()


# --- Time ---


TOO_LITTLE = int(sweep.BATCH_TIMEOUT.total_seconds() * 1000) - 1
"""Milliseconds in which no batch is begun."""


def test_a_sweep_without_time_takes_nothing_up(clinic: Clinic) -> None:
    wait_for_calls(clinic, 1)

    assert clinic.sweep(TimeLeft([TOO_LITTLE])) == {"due": 0, "sent": 0}


def test_a_sweep_stops_in_time_and_the_next_goes_on(clinic: Clinic) -> None:
    clinic.limits = Limits(batch=2)
    wait_for_calls(clinic, 5)

    done = [clinic.sweep(TimeLeft([180_000, TOO_LITTLE]))["sent"] for _ in range(4)]

    assert done == [2, 2, 1, 0]


def test_one_batch_takes_no_longer_than_is_spared_for_it(clinic: Clinic) -> None:
    # SES takes 2 s to fail, twenty times, and the table a quarter of a second for each of 200 leads.
    wait_for_calls(clinic, 200)
    slow = clinic.dynamodb
    clinic.dynamodb = fakes.interfering(slow, "put_item", "get_item", before=lambda: clinic.clock.advance(seconds=0.12))
    clinic.mailbox.on_send = lambda: clinic.clock.advance(seconds=2)

    clinic.sweep(TimeLeft([180_000, TOO_LITTLE]))

    assert clinic.clock() - TUESDAY <= sweep.BATCH_TIMEOUT


def test_a_lead_whose_lease_is_about_to_end_is_left_to_the_next_sweep(clinic: Clinic) -> None:
    # Its e-mail could not be noted before another sweep takes it up: it would be sent twice.
    wait_for_calls(clinic, 20)
    clinic.mailbox.on_send = lambda: clinic.clock.advance(seconds=10)

    clinic.sweep()

    assert len(clinic.mailbox.calls) == 5


def test_leads_that_are_left_to_the_next_sweep_are_sent_by_it(clinic: Clinic) -> None:
    wait_for_calls(clinic, 20)
    clinic.mailbox.on_send = lambda: clinic.clock.advance(seconds=10)

    for _ in range(4):
        clinic.sweep()
        clinic.clock.advance(minutes=5)

    assert (len(clinic.mailbox.calls), statuses(clinic)) == (20, {Status.NOTIFIED})


def test_slow_leases_do_not_keep_all_emails_from_being_sent(clinic: Clinic) -> None:
    wait_for_calls(clinic, 40)
    clinic.dynamodb = fakes.interfering(clinic.dynamodb, "get_item", before=lambda: clinic.clock.advance(seconds=3))

    assert clinic.sweep() == {"due": 40, "sent": 40}


def test_a_backlog_of_many_sweeps_does_not_keep_back_the_digest(morning: Clinic) -> None:
    wait_for_calls(morning, 1)

    morning.sweep(TimeLeft([TOO_LITTLE]))

    assert morning.mailbox.subjects == ["Today: 2 to call, 1 to look at"]


def test_without_time_the_digest_waits_and_the_age_of_the_oldest_unsent_lead_is_logged(
    morning: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    morning.keep(factories.stored(name="New", at=NEXT_MORNING))

    morning.sweep(TimeLeft([29_999]))

    assert (morning.mailbox.calls, [line["event"] for line in logged(capsys)]) == ([], ["unsent", "swept"])


def test_a_sweep_with_time_does_everything(clinic: Clinic) -> None:
    clinic.limits = Limits(batch=2)
    wait_for_calls(clinic, 5)

    assert clinic.sweep() == {"due": 5, "sent": 5}


# --- A flood ---


@pytest.fixture
def flooded(clinic: Clinic) -> Clinic:
    """Deploy the functions with a list for all leads, and store four."""
    list_all(clinic)
    wait_for_calls(clinic, 4)
    return clinic


def list_all(clinic: Clinic) -> None:
    """Use up the e-mails about one lead each, so that the next leads are listed."""
    clinic.limits = Limits(singles=replace(ORDINARY, limit=1))
    Counters("leads", clinic.dynamodb).take_slot(ORDINARY.name, 1, ORDINARY.window, TUESDAY)


def test_beyond_twenty_they_are_one_email(clinic: Clinic) -> None:
    wait_for_calls(clinic, 25)

    clinic.sweep()

    assert len(clinic.mailbox.calls) == 21


def test_the_email_about_many_says_how_many(flooded: Clinic) -> None:
    flooded.sweep()

    assert flooded.mailbox.subjects == ["4 people ask for a call"]


def test_the_email_about_many_names_them_all(flooded: Clinic) -> None:
    flooded.sweep()

    shown = text_of(flooded.mailbox.only)
    assert all(lead.lead.name in shown for lead in flooded.leads())


def test_all_of_many_are_noted(flooded: Clinic) -> None:
    flooded.sweep()

    assert statuses(flooded) == {Status.NOTIFIED}


def test_all_of_many_are_tried_again_if_their_email_failed(flooded: Clinic) -> None:
    flooded.mailbox.refuse = fakes.aws_error("TooManyRequestsException")
    flooded.sweep()
    flooded.mailbox.refuse = None

    assert flooded.sweep() == {"due": 4, "sent": 4}


def test_one_of_many_that_cannot_be_noted_does_not_leave_the_others_unnoted(flooded: Clinic) -> None:
    failures = iter([fakes.failing(fakes.aws_error("InternalServerError", "PutItem"))] * dynamodb.DEFAULT_POLICY.tries)
    working = flooded.dynamodb
    flooded.dynamodb = fakes.interfering(
        working, "put_item", before=lambda: flooded.mailbox.calls and next(failures, int)()
    )

    flooded.sweep()

    flooded.dynamodb = working
    assert sorted(lead.status for lead in flooded.leads()) == [*[Status.NOTIFIED] * 3, Status.STORED]


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_one_of_many_that_fails_does_not_stop_the_others(flooded: Clinic, damaged: str) -> None:
    damage(flooded, flooded.leads()[1], damaged)

    assert flooded.sweep()["sent"] == 3


def test_a_flood_of_leads_that_cannot_be_listed_does_not_stop_the_others(flooded: Clinic) -> None:
    for lead in flooded.leads():
        damage(flooded, lead, DAMAGES["its number is none"])
    flooded.keep(replace(factories.stored(Event.NOTIFIED), next_at=TUESDAY))

    assert flooded.sweep() == {"due": 5, "sent": 1}


def test_a_flood_of_all_kinds_is_one_email_for_each_kind(clinic: Clinic) -> None:
    list_all(clinic)
    wait_for_calls(clinic, 2)
    for name in ("Third", "Fourth"):
        clinic.keep(replace(factories.stored(name=name), status=Status.OVERDUE, next_at=TUESDAY))

    clinic.sweep()

    assert clinic.mailbox.subjects == ["Overdue: 2 people have not been reached", "2 people ask for a call"]


REJECTED = fakes.aws_error("MessageRejected")


def test_words_that_ses_rejects_do_not_keep_back_many_others(flooded: Clinic) -> None:
    flooded.mailbox.refuse_the = {1: REJECTED}

    assert flooded.sweep() == {"due": 4, "sent": 4}


def test_words_that_ses_rejects_are_left_out(flooded: Clinic) -> None:
    flooded.mailbox.refuse_the = {1: REJECTED}
    flooded.sweep()

    shown = text_of(flooded.mailbox.only)
    assert [(lead.reference in shown, lead.lead.name in shown) for lead in flooded.leads()] == [(True, False)] * 4


def test_one_lead_whose_words_ses_rejects_is_announced_by_its_reference(clinic: Clinic) -> None:
    (lead,) = wait_for_calls(clinic, 1)
    clinic.mailbox.refuse_the = {1: REJECTED, 2: REJECTED}
    clinic.sweep()

    clinic.sweep()

    shown = text_of(clinic.mailbox.only)
    assert (lead.reference in shown, lead.lead.name in shown) == (True, False)


def test_an_account_that_may_not_send_is_not_asked_in_other_words(flooded: Clinic) -> None:
    flooded.mailbox.refuse = fakes.aws_error("SendingPausedException")

    flooded.sweep()

    assert flooded.mailbox.tried == 1


def test_an_email_about_very_many_is_shown_whole(clinic: Clinic) -> None:
    # Gmail cuts off what is longer than 102 kB.
    list_all(clinic)
    wait_for_calls(clinic, sweep.MAX_BATCH)

    clinic.sweep()

    assert len(html_of(clinic.mailbox.only).encode()) < 100_000


def test_priority_does_not_drown_in_a_flood(flooded: Clinic) -> None:
    flooded.keep(replace(factories.stored(conditions=["suicidal-thoughts"]), next_at=TUESDAY))

    flooded.sweep()

    assert [subject.split(" ")[0] for subject in flooded.mailbox.subjects] == ["Urgent", "4"]


# --- A lead without a call ---


def test_a_lead_without_a_call_from_form_to_manager(clinic: Clinic) -> None:
    clinic.submit()
    for moment in ("17 15:55", "17 16:00", "17 18:00", "18 08:55", "18 10:00", "18 12:00", "19 10:05"):
        clinic.clock.at = factories.moment(f"2026-11-{moment}")
        clinic.sweep()

    assert [(email["To"], subject.split(" (")[0]) for email, subject in mail_of(clinic)] == [
        ("front-desk@lakeside.example", "Call back by Wednesday, November 18, 10:00 AM Central Time"),
        ("front-desk@lakeside.example", "Reminder: call back by Wednesday, November 18, 10:00 AM Central Time"),
        ("manager@lakeside.example", "Overdue: no call is recorded"),
        ("front-desk@lakeside.example", "Today: 1 to call, 0 to look at"),
        ("manager@lakeside.example", "Overdue: no call is recorded"),
        ("front-desk@lakeside.example", "Today: 1 to call, 0 to look at"),
    ]


def mail_of(clinic: Clinic) -> list[tuple[Any, str]]:
    return list(zip(clinic.mailbox.emails, clinic.mailbox.subjects, strict=True))


def test_no_reminder_is_sent_about_a_lead_that_was_called(clinic: Clinic) -> None:
    clinic.submit()
    clinic.sweep()
    clinic.press("contacted", clinic.token(clinic.only()))

    clinic.clock.advance(hours=9)
    clinic.sweep()

    assert len(clinic.mailbox.calls) == 1


def test_the_manager_hears_of_the_third_unanswered_call(clinic: Clinic) -> None:
    lead = clinic.keep(factories.stored(Event.NOTIFIED, Event.NO_ANSWER, Event.NO_ANSWER, Event.NO_ANSWER))
    clinic.clock.advance(minutes=5)

    clinic.sweep()

    assert (clinic.mailbox.only["To"], clinic.mailbox.subjects) == (
        "manager@lakeside.example",
        [f"Not reached: called 3 times, not reached; last at 10:04 AM Central Time ({lead.reference})"],
    )


@pytest.fixture
def released(clinic: Clinic) -> Clinic:
    """Deploy the functions, and release a request from review an hour later."""
    clinic.keep(factories.stored(review_reason="odd"))
    clinic.clock.advance(hours=1)
    clinic.press("release", clinic.token(clinic.only()))
    clinic.sweep()
    return clinic


BOTH_PARTS = pytest.mark.parametrize("part", [pytest.param(text_of, id="text"), pytest.param(html_of, id="HTML")])


@BOTH_PARTS
@pytest.mark.parametrize(
    "fact",
    [
        "Ada Lovelace",
        "Wednesday, November 18, 10:00 AM Central Time",  # the promise that the form gave
        "Tuesday, November 17, 10:00 AM Central Time",  # received
        "Tuesday, November 17, 11:00 AM Central Time",  # reviewed
    ],
)
def test_a_released_lead_is_announced_with_its_first_promise(released: Clinic, part: Any, fact: str) -> None:
    assert fact in part(released.mailbox.only)


@BOTH_PARTS
def test_a_released_lead_is_announced_without_a_reason_for_review(released: Clinic, part: Any) -> None:
    assert "may not be a person" not in part(released.mailbox.only)


def test_a_reopened_lead_waits_for_its_email_since_it_was_reopened(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.keep(factories.stored(Event.CONTACTED))
    clinic.clock.advance(hours=5)
    clinic.press("reopen", clinic.token(clinic.only()))
    clinic.mailbox.refuse = fakes.aws_error("SendingPausedException")

    clinic.sweep()

    assert [line["OldestUnsentSeconds"] for line in logged(capsys) if line["event"] == "unsent"] == [0]


def test_minutes_to_contact_count_from_the_promise(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    clinic.keep(factories.stored(review_reason="odd"))
    clinic.clock.advance(hours=5)
    clinic.press("release", clinic.token(clinic.only()))
    clinic.clock.advance(minutes=12)

    clinic.press("contacted", clinic.token(clinic.only()))

    assert [line["MinutesToContact"] for line in logged(capsys) if "MinutesToContact" in line] == [5 * 60 + 12]


# --- The digest ---


@pytest.fixture
def morning(clinic: Clinic) -> Clinic:
    """Deploy the functions as the practice opens, with one lead to call and one in review."""
    clinic.keep(factories.stored(Event.NOTIFIED, Event.REMINDED))
    clinic.keep(factories.stored(name="www.spam.example", review_reason="there is a web address in the name"))
    clinic.clock.at = NEXT_MORNING
    return clinic


def test_the_first_sweep_of_the_day_tells_what_there_is_to_do(morning: Clinic) -> None:
    morning.sweep()

    assert morning.mailbox.subjects == ["Today: 1 to call, 1 to look at"]


def test_the_digest_is_sent_once(morning: Clinic) -> None:
    for _ in range(3):
        morning.sweep()
        morning.clock.advance(minutes=5)

    assert len(morning.mailbox.calls) == 1


@pytest.mark.parametrize("part", [pytest.param(text_of, id="text"), pytest.param(html_of, id="HTML")])
@pytest.mark.parametrize(
    "fact",
    [
        "Ada Lovelace",
        "(312) 555-0187",
        "Wednesday, November 18, 10:00 AM Central Time",
        "there is a web address in the name",
    ],
)
def test_the_digest_says_whom_to_call_and_what_to_look_at(morning: Clinic, part: Any, fact: str) -> None:
    morning.sweep()

    assert fact in part(morning.mailbox.only)


@pytest.mark.parametrize("fact", ["(312) 555-0187", "This may not be a person: there is a web address in the name."])
def test_a_name_does_not_change_the_direction_of_the_digests_text(morning: Clinic, fact: str) -> None:
    morning.sweep()

    assert fact in map(str.strip, text_of(morning.mailbox.only).splitlines())


@pytest.mark.parametrize(
    "closed", ["2026-11-18 08:59", "2026-11-18 17:00", "2026-11-21 11:00", "2026-11-26 11:00"], ids=str
)
def test_no_digest_while_the_practice_is_closed(morning: Clinic, closed: str) -> None:
    morning.clock.at = factories.moment(closed)

    morning.sweep()

    assert not [subject for subject in morning.mailbox.subjects if subject.startswith("Today")]


def test_no_digest_when_there_is_nothing_to_do(clinic: Clinic) -> None:
    clinic.clock.at = NEXT_MORNING

    clinic.sweep()

    assert clinic.mailbox.calls == []


def test_a_digest_that_failed_is_sent_by_a_later_sweep(morning: Clinic) -> None:
    morning.mailbox.refuse = fakes.aws_error("TooManyRequestsException")
    morning.sweep()
    morning.mailbox.refuse = None

    morning.clock.advance(minutes=5)
    morning.sweep()

    assert morning.mailbox.subjects == ["Today: 1 to call, 1 to look at"]


def test_a_digest_that_fails_does_not_fail_the_sweep(morning: Clinic) -> None:
    morning.mailbox.refuse = RuntimeError("surprise")

    assert morning.sweep() == {"due": 0, "sent": 0}


@pytest.fixture
def overrun(morning: Clinic) -> Clinic:
    """Store more leads to call than a digest reads."""
    morning.limits = Limits(digest=DigestLimits(read=2))
    for number in range(4):
        morning.keep(factories.stored(Event.NOTIFIED, Event.REMINDED, name=f"Person {number}."))
    return morning


def test_a_digest_that_cannot_tell_all_says_so(overrun: Clinic) -> None:
    overrun.sweep()

    assert "Today: more than 2 to call, 1 to look at" in overrun.mailbox.subjects


def test_a_digest_that_cannot_count_all_promises_gives_no_share(overrun: Clinic) -> None:
    overrun.clock.at = NEXT_MORNING + 4 * 60 * MINUTE

    overrun.sweep()

    assert "Promise kept" not in text_of(overrun.mailbox.emails[-1])


def test_the_age_of_the_oldest_unsent_lead_is_logged_before_the_digest(
    morning: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    morning.keep(factories.stored(name="New Person"))
    morning.mailbox.refuse = KilledError()
    with pytest.raises(KilledError):
        digest_only(morning)

    assert [line for line in logged(capsys) if "OldestUnsentSeconds" in line]


def digest_only(clinic: Clinic) -> None:
    """Sweep when nothing else is due."""
    for lead in [lead for lead in clinic.leads() if lead.is_open]:
        clinic.table.change(lead, replace(lead, next_at=NEXT_MORNING + 60 * MINUTE))
    clinic.sweep()


def test_a_digest_that_ses_refuses_raises_the_alarm(morning: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    morning.mailbox.refuse = fakes.aws_error("SendingPausedException")

    morning.sweep()

    (line,) = [line for line in logged(capsys) if line["event"] == "digest failed"]
    assert (line["outcome"], line["NotifyRefused"]) == ("SendingPausedException", 1)


def test_words_that_ses_rejects_do_not_keep_back_the_digest(morning: Clinic) -> None:
    morning.mailbox.refuse_the = {1: REJECTED}

    morning.sweep()

    assert "www.spam.example" not in text_of(morning.mailbox.only)


@BOTH_PARTS
@pytest.mark.parametrize("words", ["more: ", "leads list", "leads list --review"])
def test_a_long_digest_says_how_many_it_leaves_out(morning: Clinic, part: Any, words: str) -> None:
    morning.limits = Limits(digest=DigestLimits(lines=1))
    morning.keep(factories.stored(Event.NOTIFIED, Event.REMINDED, name="Second"))
    morning.keep(factories.stored(name="www.spam.example/2", review_reason="odd"))

    morning.sweep()

    assert words in part(morning.mailbox.only)


@pytest.fixture
def kept(morning: Clinic) -> Clinic:
    """Store three promises, two of them kept."""
    for name, hours in {"First": 1, "Second": 2, "Third": 30}.items():
        called = lifecycle.apply(
            factories.stored(Event.NOTIFIED, name=name),
            Event.CONTACTED,
            TUESDAY + hours * 60 * MINUTE,
            factories.SAMPLE,
        )
        morning.keep(called)
    morning.clock.at = factories.moment("2026-11-19 10:00")
    return morning


def digest_in(clinic: Clinic) -> Any:
    """Return the digest among the e-mails that were sent."""
    return next(email for email, subject in mail_of(clinic) if subject.startswith("Today: "))


@BOTH_PARTS
def test_the_digest_says_how_the_promise_was_kept(kept: Clinic, part: Any) -> None:
    kept.sweep()

    assert "2 of 5" in part(digest_in(kept)).replace("<strong>", "")


@pytest.mark.parametrize(("part", "bar"), [(text_of, "[########............]"), (html_of, '<td width="40%"')])
def test_the_digest_shows_how_the_promise_was_kept_as_a_bar(kept: Clinic, part: Any, bar: str) -> None:
    kept.sweep()

    assert bar in part(digest_in(kept))
