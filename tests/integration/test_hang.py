"""A DynamoDB that hangs, refuses or loses answers: ours is out in time, with number and crisis lines, and is true.

The time is real, and so are the sockets: a stand-in of the client cannot hang as a connection does.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from leads import tokens
from leads.aws import dynamodb, items
from leads.domain import errors, lifecycle
from leads.domain.lifecycle import Event, StoredLead

from infra.local.gateway import LambdaContext
from infra.template import load
from tests.support import api_events, deployed, factories, unwell
from tests.support.api_events import MEDIA_TYPES, Answer
from tests.support.deployed import Clinic
from tests.support.unwell import Dynamo, FailurePlan, Way

pytestmark = pytest.mark.usefixtures("loopback")

LAMBDAS = load()["Globals"]["Function"]["Timeout"]
"""Seconds that Lambda gives a function."""

SHORT = 5.0
"""Seconds that are left of them in most of these tests, so that they end soon."""

ATTEMPTS = range(3)
"""How often seconds are measured: a busy machine may take some of them away, but not every time."""

SPARE = 2.0
"""Seconds before Lambda's end in which an answer must be out."""


def always(way: Way) -> FailurePlan:
    """Return a plan in which every call ends this way."""
    return lambda _operation, _number: way


def at(operation: str, *ways: Way) -> FailurePlan:
    """Return a plan in which calls of one operation end these ways, the last one repeated, and others are answered."""
    return lambda asked, number: ways[min(number, len(ways)) - 1] if asked == operation else Way.ANSWERED


FAILING: dict[str, FailurePlan] = {
    "accepts and never answers": always(Way.HANGS),
    "never answers a write": at("PutItem", Way.HANGS),
    "loses every answer of a write": at("PutItem", Way.LOST),
    "closes every connection": always(Way.TORN),
    "answers 500 for ever": always(Way.BROKEN),
    "throttles for ever": always(Way.THROTTLED),
    "denies access": always(Way.DENIED),
    "loses an answer, then throttles": at("PutItem", Way.LOST, Way.THROTTLED),
    "loses an answer, then denies access": at("PutItem", Way.LOST, Way.DENIED),
    "throttles, then breaks": at("PutItem", Way.THROTTLED, Way.BROKEN),
}

NOTHING_DONE = {"throttles for ever", "denies access", "refuses connections"}

HELPING: dict[str, FailurePlan] = {
    "loses the first answer of a write": at("PutItem", Way.LOST, Way.ANSWERED),
    "hangs at the first write": at("PutItem", Way.HANGS, Way.ANSWERED),
    "closes the first connection of a write": at("PutItem", Way.TORN, Way.ANSWERED),
    "throttles the first write": at("PutItem", Way.THROTTLED, Way.ANSWERED),
    "breaks at the first write": at("PutItem", Way.BROKEN, Way.ANSWERED),
}

SLOW = {
    "accepts and never answers",
    "never shakes hands for TLS",
    "loses the first answer of a write",
    "hangs at the first write",
}
"""These need more time: a try that hangs comes before the one that the test is about."""

LONGER = 7.0
"""Seconds of Lambda's time that are left in these."""


@contextmanager
def clinic_on(address: str) -> Iterator[Clinic]:
    """Deploy the functions with their own client, on the DynamoDB at this address."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", address)
        patch.setattr(dynamodb, "sleep", time.sleep, raising=False)
        dynamodb.client.cache_clear()
        try:
            with deployed.clinic(Path(folder), dynamodb.client()) as clinic:
                yield clinic
        finally:
            dynamodb.client.cache_clear()


@dataclass
class Outcome:
    """What became of one form."""

    answer: Answer
    left: float
    """Seconds of Lambda's time that were left after the answer."""
    dynamodb: Dynamo = field(default_factory=lambda: Dynamo(always(Way.HANGS)))


def send(clinic: Clinic, kind: str, seconds: float) -> Outcome:
    context = LambdaContext(seconds)
    answer = clinic.send(api_events.submission(factories.answers(), kind), context)
    left = context.get_remaining_time_in_millis() / 1000
    return Outcome(answer, left)


def outcome(name: str, kind: str = "form", seconds: float | None = None, attempt: int = 0) -> Outcome:
    """Return what becomes of a form on a DynamoDB of that kind; several tests share the same one."""
    return _outcome(name, kind, seconds or (LONGER if name in SLOW else SHORT), attempt)


def is_in_time(name: str, kind: str = "form", seconds: float | None = None) -> bool:
    """Return whether the answer is out two seconds before Lambda stops the function."""
    return any(outcome(name, kind, seconds, attempt).left >= SPARE for attempt in ATTEMPTS)


@cache
def _outcome(name: str, kind: str, seconds: float, _attempt: int) -> Outcome:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        here = f"127.0.0.1:{silent.getsockname()[1]}"
        if name == "never shakes hands for TLS":
            with clinic_on(f"https://{here}") as clinic:
                return send(clinic, kind, seconds)
    if name == "refuses connections":
        with clinic_on(f"http://{here}") as clinic:
            return send(clinic, kind, seconds)
    with unwell.running({**FAILING, **HELPING}[name]) as server, clinic_on(server.address) as clinic:
        made = send(clinic, kind, seconds)
        made.dynamodb = server
        return made


FAILURES = ["refuses connections", "never shakes hands for TLS", *FAILING]

SENT = [
    *((name, "form") for name in FAILURES),
    *((name, "json") for name in ("accepts and never answers", "loses every answer of a write", "throttles for ever")),
]
"""What fails, and how the form was sent."""


# --- The answer is ours, and in time ---


@pytest.mark.parametrize(("name", "kind"), SENT)
def test_the_answer_is_out_two_seconds_before_lambda_stops_the_function(name: str, kind: str) -> None:
    assert is_in_time(name, kind)


@pytest.mark.parametrize(("name", "kind"), SENT)
def test_it_is_a_503(name: str, kind: str) -> None:
    assert outcome(name, kind).answer.status == 503


@pytest.mark.parametrize(("name", "kind"), SENT)
@pytest.mark.parametrize("help_", ["(312) 555-0100", "988", "911"])
def test_it_has_the_practices_number_and_the_crisis_lines(name: str, kind: str, help_: str) -> None:
    assert help_ in outcome(name, kind).answer.body


@pytest.mark.long
@pytest.mark.parametrize("name", FAILURES)
def test_with_all_of_lambdas_time_the_answer_is_out_two_seconds_before_its_end(name: str) -> None:
    assert is_in_time(name, "form", LAMBDAS)


@pytest.mark.long
def test_with_all_of_lambdas_time_a_write_that_hangs_is_tried_several_times() -> None:
    assert outcome("never answers a write", "form", LAMBDAS).dynamodb.calls["PutItem"] >= 4


def test_a_form_that_comes_with_no_time_left_is_answered_without_a_call() -> None:
    assert not outcome("accepts and never answers", "form", 2.2).dynamodb.calls


# --- The answer is true ---

UNSURE, NOTHING = "We cannot be sure that we have your request", "Nothing was saved"


@pytest.mark.parametrize(("name", "kind"), SENT)
def test_it_says_that_nothing_was_saved_only_where_that_is_certain(name: str, kind: str) -> None:
    body = outcome(name, kind).answer.body

    assert (NOTHING in body, UNSURE in body) == ((True, False) if name in NOTHING_DONE else (False, True))


def test_who_sends_the_form_again_after_a_lost_answer_finds_the_request_that_was_saved() -> None:
    with unwell.running(at("PutItem", Way.LOST)) as server, clinic_on(server.address) as clinic:
        send(clinic, "form", SHORT)
        server.plan = always(Way.ANSWERED)

        again = send(clinic, "json", SHORT)

        assert (again.answer.status, [again.answer.json["reference"]]) == (201, list(server.items))


def test_a_write_that_never_connected_was_never_done() -> None:
    # A firewall that swallows every packet; here no address behaves so.
    def swallowed(**_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.example")

    with pytest.raises(errors.StoreError) as failed:
        dynamodb.call(swallowed)

    assert not failed.value.unsure


# --- What helps is still tried ---


@pytest.mark.parametrize("name", HELPING)
def test_a_form_that_could_be_kept_is_thanked_for(name: str) -> None:
    assert outcome(name).answer.status == 303


@pytest.mark.parametrize("name", HELPING)
def test_a_form_that_could_be_kept_is_kept_once(name: str) -> None:
    assert len(outcome(name).dynamodb.items) == 1


def test_a_connection_that_was_dropped_while_the_function_was_frozen_costs_a_second() -> None:
    name = "hangs at the first write"
    assert min(LONGER - outcome(name, attempt=attempt).left for attempt in ATTEMPTS) < 2 * dynamodb.READ_TIMEOUT


@pytest.mark.parametrize("name", HELPING)
def test_its_answer_too_is_out_two_seconds_before_lambda_stops_the_function(name: str) -> None:
    assert is_in_time(name)


def test_a_write_that_is_denied_is_not_tried_again() -> None:
    assert outcome("denies access").dynamodb.calls["PutItem"] == 1


def test_what_could_be_kept_is_due_from_its_receipt_on() -> None:
    (item,) = outcome("hangs at the first write").dynamodb.items.values()

    assert (item["status"]["S"], item["next_at"]["S"]) == ("stored", "2026-11-17T16:00:00.000000Z")


# --- The staff's page ---


@pytest.fixture
def lead() -> StoredLead:
    return factories.stored(Event.NOTIFIED)


@pytest.fixture
def keeping(lead: StoredLead) -> Callable[[Dynamo], None]:
    """Has a DynamoDB keep the lead."""

    def keep(server: Dynamo) -> None:
        server.items[lead.reference] = items.write(lead)

    return keep


def staff_answer(clinic: Clinic, lead: StoredLead, body: str | None = None) -> tuple[Answer, float]:
    token, context = clinic.token(lead), LambdaContext(SHORT)
    method, headers = ("POST", {"content-type": MEDIA_TYPES["form"]}) if body else ("GET", {})
    event = api_events.event(method, f"/staff/leads/{token}", body=body, token=token, headers=headers)
    answer = clinic.send_to_staff_page(event, context)
    return answer, context.get_remaining_time_in_millis() / 1000


@pytest.mark.parametrize("body", [None, "action=contacted"], ids=["looking", "pressing"])
@pytest.mark.parametrize("fate", ["accepts and never answers", "answers 500 for ever", "throttles for ever"])
def test_the_staff_get_an_answer_two_seconds_before_lambda_stops_the_function(
    lead: StoredLead, fate: str, body: str | None
) -> None:
    def answered() -> tuple[int, bool]:
        with unwell.running(FAILING[fate]) as server, clinic_on(server.address) as clinic:
            answer, left = staff_answer(clinic, lead, body)
        return answer.status, left >= SPARE

    assert (503, True) in (answered() for _ in ATTEMPTS)


@pytest.mark.parametrize(
    ("way", "sentence"), [(Way.LOST, "We cannot be sure what was saved"), (Way.THROTTLED, "Nothing was changed")]
)
def test_the_staff_read_that_nothing_was_changed_only_where_that_is_certain(
    lead: StoredLead, keeping: Callable[[Dynamo], None], way: Way, sentence: str
) -> None:
    with unwell.running(at("PutItem", way)) as server, clinic_on(server.address) as clinic:
        keeping(server)
        answer, _ = staff_answer(clinic, lead, "action=contacted")

    assert sentence in answer.body


def test_a_button_whose_first_answer_is_lost_counts_once(lead: StoredLead, keeping: Callable[[Dynamo], None]) -> None:
    with unwell.running(at("PutItem", Way.LOST, Way.ANSWERED)) as server, clinic_on(server.address) as clinic:
        keeping(server)
        answer, _ = staff_answer(clinic, lead, "action=contacted")

    assert (answer.status, server.items[lead.reference]["version"]) == (303, {"N": "1"})


# --- The visitor's confirmation ---


def confirmation(clinic: Clinic, lead: StoredLead) -> tuple[Answer, float]:
    """Return the confirmation's page, and the seconds of Lambda's time that were left after it."""
    context = LambdaContext(SHORT)
    address = f"/api/leads/{tokens.confirmation_token(lead.reference, factories.KEY)}"
    return clinic.visit(address, context=context), context.get_remaining_time_in_millis() / 1000


@pytest.mark.parametrize("fate", ["accepts and never answers", "answers 500 for ever", "throttles for ever"])
def test_who_looks_at_a_confirmation_gets_an_answer_two_seconds_before_lambda_stops_the_function(
    lead: StoredLead, fate: str
) -> None:
    def answered() -> tuple[int, bool]:
        with unwell.running(FAILING[fate]) as server, clinic_on(server.address) as clinic:
            page, left = confirmation(clinic, lead)
        return page.status, left >= SPARE

    assert (503, True) in (answered() for _ in ATTEMPTS)


def test_a_confirmation_whose_first_reading_hangs_is_still_shown(
    lead: StoredLead, keeping: Callable[[Dynamo], None]
) -> None:
    with unwell.running(at("GetItem", Way.HANGS, Way.ANSWERED)) as server, clinic_on(server.address) as clinic:
        keeping(server)
        page, _ = confirmation(clinic, lead)

    assert page.status == 200


# --- Who is not in a hurry ---


def test_without_a_deadline_a_call_is_given_up_within_a_third_of_a_lease() -> None:
    usual = dynamodb.RetryPolicy()

    assert usual.tries * (dynamodb.CONNECT_TIMEOUT + usual.max_read_timeout) < lifecycle.LEASE.total_seconds() / 3
