"""Many at once, on Amazon's own DynamoDB: one lead, one e-mail, one winner. moto has no locks and cannot judge this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from leads.aws.counters import Counters, Locks
from leads.domain.lifecycle import Event, Status
from leads.domain.retention import COUNT_LIFETIME

from tests.support import api_events, deployed, factories, fakes
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

THREADS = 50

Task = Callable[[], Any]


@pytest.fixture
def clinic(tmp_path: Path, dynamodb_local: DynamoDBClient) -> Iterator[Clinic]:
    """Deploy the functions on DynamoDB Local, with limits that many requests at once do not reach."""
    with deployed.clinic(tmp_path, dynamodb_local, LEADS_ADDRESS_LIMIT="1000") as made:
        yield made


def at_once(*tasks: Task) -> list[Any]:
    """Run each task in a thread of its own, all released at the same moment. Return their results."""
    start = Barrier(len(tasks))

    def run(task: Task) -> Any:
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


# --- One form, sent many times ---


@pytest.fixture
def hammered(clinic: Clinic) -> list[api_events.Answer]:
    """Return the answers to the same form, sent by 50 threads at once."""
    return at_once(*[clinic.submit_by_script] * THREADS)


@pytest.mark.usefixtures("hammered")
def test_one_form_sent_50_times_at_once_is_one_lead(clinic: Clinic) -> None:
    assert len(clinic.leads()) == 1


def test_one_form_sent_50_times_at_once_is_50_times_the_same_answer(hammered: list[api_events.Answer]) -> None:
    assert {(answer.status, answer.body) for answer in hammered} == {(201, hammered[0].body)}


def test_50_forms_at_once_are_50_leads(clinic: Clinic) -> None:
    at_once(*[partial(clinic.submit, name=f"Person {n}", phone=f"312 555 {1000 + n}") for n in range(THREADS)])

    assert len(clinic.leads()) == THREADS


def test_a_second_request_50_times_at_once_reopens_a_lead_once(clinic: Clinic) -> None:
    clinic.keep(factories.stored(Event.CONTACTED))

    at_once(*[clinic.submit] * THREADS)

    assert [entry.event for entry in clinic.only().history].count(Event.ASKED_AGAIN) == 1


def test_50_copies_without_a_reason_for_review_have_a_lead_screened_once(clinic: Clinic) -> None:
    clinic.keep(factories.stored(review_reason="odd"))

    answers = at_once(*[clinic.submit] * THREADS)

    assert ({answer.status for answer in answers}, clinic.only().version) == ({303}, 1)


def test_an_answer_that_is_lost_on_the_way_is_no_second_lead(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)  # before it tries again
    lost: list[object] = []

    def lose_the_first(request: Any, **rest: Any) -> None:
        if not lost:
            lost.append(URLLib3Session().send(request))
            raise ReadTimeoutError(endpoint_url=request.url)

    clinic.dynamodb.meta.events.register_first("before-send.dynamodb.PutItem", lose_the_first)

    clinic.submit()

    assert len(clinic.leads()) == 1


# --- One lead, taken up many times ---


def test_50_sweeps_at_once_send_one_email(clinic: Clinic) -> None:
    clinic.keep(replace(factories.stored(), next_at=TUESDAY))
    no_digest_today(clinic)

    at_once(*[clinic.sweep] * THREADS)

    assert len(clinic.mailbox.calls) == 1


def no_digest_today(clinic: Clinic) -> None:
    locks(clinic).complete("digest 2026-11-17", TUESDAY)


def test_50_sweeps_at_once_send_one_email_for_each_of_many_leads(clinic: Clinic) -> None:
    for number in range(10):
        clinic.keep(replace(factories.stored(name=f"Person {number}."), next_at=TUESDAY))
    no_digest_today(clinic)

    at_once(*[clinic.sweep] * THREADS)

    shown = [fakes.text_of(email) for email in clinic.mailbox.emails]
    assert [sum(f"Person {number}." in text for text in shown) for number in range(10)] == [1] * 10


def test_50_sweeps_at_once_send_one_digest(clinic: Clinic) -> None:
    clinic.keep(factories.stored(Event.NOTIFIED))

    at_once(*[clinic.sweep] * THREADS)

    assert clinic.mailbox.subjects == ["Today: 1 to call, 0 to look at"]


def test_50_forms_and_50_sweeps_at_once_send_one_email_each(clinic: Clinic) -> None:
    no_digest_today(clinic)
    forms = [partial(clinic.submit, name=f"Person {n}.", phone=f"312 555 {1000 + n}") for n in range(THREADS // 2)]

    at_once(*forms, *[clinic.sweep] * (THREADS // 2))
    clinic.clock.advance(minutes=2)  # what a sweep had leased when another one overtook it is due again
    clinic.sweep()

    shown = "".join(fakes.text_of(email) for email in clinic.mailbox.emails)
    assert [shown.count(f"Person {n}.") for n in range(THREADS // 2)] == [1] * (THREADS // 2)


# --- One lead, marked by many ---


def test_of_50_buttons_pressed_at_once_one_counts(clinic: Clinic) -> None:
    token = clinic.token(clinic.keep(factories.stored(Event.NOTIFIED)))
    page = clinic.follow(token)
    buttons = ["contacted", "not-a-lead"] * (THREADS // 2)

    answers = at_once(*[partial(clinic.press, button, token, page) for button in buttons])

    assert Counter(answer.status for answer in answers) == {303: 1, 409: THREADS - 1}


def test_what_counts_is_what_the_winner_said(clinic: Clinic) -> None:
    token = clinic.token(clinic.keep(factories.stored(Event.NOTIFIED)))
    page = clinic.follow(token)
    buttons = ["contacted", "not-a-lead"] * (THREADS // 2)

    answers = at_once(*[partial(clinic.press, button, token, page) for button in buttons])

    said = {"contacted": Status.CONTACTED, "not-a-lead": Status.NOT_A_LEAD}
    (winner,) = [button for button, answer in zip(buttons, answers, strict=True) if answer.status == 303]
    assert clinic.only().status is said[winner]


def test_of_50_double_clicks_at_once_on_no_answer_one_is_a_call(clinic: Clinic) -> None:
    token = clinic.token(clinic.keep(factories.stored(Event.NOTIFIED)))
    page = clinic.follow(token)

    at_once(*[partial(clinic.press, "no-answer", token, page)] * THREADS)

    assert clinic.only().no_answers == 1


def test_a_call_that_is_marked_while_sweeps_remind_counts_at_the_first_press(clinic: Clinic) -> None:
    no_digest_today(clinic)
    token = clinic.token(clinic.keep(replace(factories.stored(Event.NOTIFIED), next_at=TUESDAY)))
    page = clinic.follow(token)

    answer, *_ = at_once(partial(clinic.press, "contacted", token, page), *[clinic.sweep] * (THREADS - 1))

    assert (answer.status, clinic.only().status) == (303, Status.CONTACTED)


# --- Counters and locks ---


def counters(clinic: Clinic) -> Counters:
    return Counters(clinic.settings.table, clinic.dynamodb)


def locks(clinic: Clinic) -> Locks:
    return Locks(clinic.settings.table, clinic.dynamodb)


def test_50_counts_at_once_are_counted_one_by_one(clinic: Clinic) -> None:
    counted = at_once(*[partial(counters(clinic).increment, "address", TUESDAY)] * THREADS)

    assert sorted(counted) == list(range(1, THREADS + 1))


def test_50_members_at_once_are_all_counted(clinic: Clinic) -> None:
    at_once(*[partial(counters(clinic).add_distinct, "phone", str(n), 100, TUESDAY) for n in range(THREADS)])

    assert counters(clinic).add_distinct("phone", "0", 100, TUESDAY) == THREADS


def test_of_50_members_at_once_no_more_are_kept_than_matter(clinic: Clinic) -> None:
    counted = at_once(*[partial(counters(clinic).add_distinct, "phone", str(n), 4, TUESDAY) for n in range(THREADS)])

    (item,) = clinic.dynamodb.scan(TableName="leads")["Items"]
    assert (sorted(counted)[:4], len(item["counted"]["SS"])) == ([1, 2, 3, 4], 4)


def test_one_of_50_acquires_the_lock(clinic: Clinic) -> None:
    acquire = locks(clinic).acquire
    taken = at_once(*[partial(acquire, "sweep", TUESDAY, COUNT_LIFETIME, f"sweep {n}") for n in range(THREADS)])

    assert taken.count(True) == 1
