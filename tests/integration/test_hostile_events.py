"""Events that no page of ours causes, odd, cut or encoded twice: refused in words, or taken as typed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from leads import tokens
from leads.domain.lifecycle import Event, Status
from werkzeug import Request as WebRequest
from werkzeug.test import EnvironBuilder

from infra.local.gateway import Gateway
from infra.template import load, routes
from tests.support import api_events, deployed, factories
from tests.support.api_events import MEDIA_TYPES, Answer
from tests.support.deployed import Clinic
from tests.support.factories import KEY, TUESDAY

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LEAD = factories.stored(Event.NOTIFIED)
TOKEN = tokens.staff_token(LEAD.reference, TUESDAY, KEY)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path) as made:
        yield made


# --- Odd events ---


@pytest.mark.parametrize(
    "odd",
    [
        {"headers": None},
        {"headers": {}},
        {"pathParameters": None},
        {"body": None},
        {"body": None, "isBase64Encoded": True},
        {"rawPath": None, "rawQueryString": None, "cookies": None, "queryStringParameters": None},
        {"queryStringParameters": {"name": "Grace", "phone": "x"}, "rawQueryString": "name=Grace&phone=x&name=y"},
    ],
    ids=str,
)
def test_an_odd_event_is_answered(clinic: Clinic, odd: dict[str, Any]) -> None:
    assert clinic.send({**api_events.submission(), **odd}).status in {303, 415, 422}


def test_a_query_does_not_answer_the_form(clinic: Clinic) -> None:
    clinic.send({**api_events.submission(), "rawQueryString": "name=Grace", "queryStringParameters": {"name": "Grace"}})

    assert clinic.only().lead.name == "Ada Lovelace"


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_no_header_changes_the_method(clinic: Clinic, header: str) -> None:
    assert clinic.send(api_events.event("GET", headers={header: "POST"})).status == 405


@pytest.mark.parametrize("flag", [True, False])
def test_base64_of_base64_is_no_form(clinic: Clinic, flag: bool) -> None:
    twice = base64.b64encode(base64.b64encode(b"name=Ada&phone=3125550187")).decode()

    event = {**api_events.submission(), "body": twice, "isBase64Encoded": flag}

    assert clinic.send(event).status == 422


@pytest.mark.parametrize("typed", ["%2B1", "%252B1", "Ada%00", "%E2%80%AE", "%25%32%42"])
def test_an_escape_that_was_typed_stays(typed: str, clinic: Clinic) -> None:
    clinic.submit(name=typed)

    assert clinic.only().lead.name == typed


@pytest.mark.parametrize(
    "body", ['{"__proto__": {"name": "x"}}', '{"constructor": {"prototype": {"admin": true}}}', '{"name": {"$gt": ""}}']
)
def test_an_object_is_no_answer(clinic: Clinic, body: str) -> None:
    assert clinic.send(api_events.event(body=body, headers={"content-type": MEDIA_TYPES["json"]})).status == 400


@pytest.mark.parametrize(
    "path",
    [
        f"/staff/leads/{TOKEN}/../x",
        f"/staff/leads/../leads/{TOKEN}x",
        "/staff/leads/..%2f..%2fapi%2fleads",
        "/staff/leads/%2e%2e",
        "/staff/leads/%00",
        "/staff/leads/%ff",
        f"/staff/leads/{TOKEN}%0a",
        f"/staff/leads/{TOKEN}%20",
        f"/staff/leads/{TOKEN}=",
        f"/staff/leads/{TOKEN.replace('.', '%D9%AB')}",
        f"/staff/leads/{TOKEN.swapcase()}",
        f"/staff/leads//{TOKEN}",
    ],
)
def test_no_other_path_leads_to_a_request(moto_table: DynamoDBClient, tmp_path: Path, path: str) -> None:
    request = WebRequest(EnvironBuilder(path).get_environ())

    with deployed.clinic(tmp_path, moto_table) as clinic:
        clinic.keep(LEAD)
        assert Gateway(routes(load()), load=clinic.load_handler).answer(request).status_code == 404


def press(clinic: Clinic, body: str, **changes: Any) -> Answer:
    event = api_events.event("POST", f"/staff/leads/{TOKEN}", body=body, token=TOKEN)
    event["headers"]["content-type"] = MEDIA_TYPES["form"]
    return clinic.send_to_staff_page({**event, **changes})


def test_two_buttons_at_once_are_none(clinic: Clinic) -> None:
    clinic.keep(LEAD)

    assert press(clinic, "action=contacted&action=not-a-lead").status == 422


@pytest.mark.parametrize("path", ["//evil.example/", "/staff/leads/x\r\nset-cookie: a=b", None])
def test_after_a_button_the_way_leads_to_our_own_page(clinic: Clinic, path: str | None) -> None:
    clinic.keep(LEAD)

    assert press(clinic, "action=contacted", rawPath=path).headers["location"] == f"/staff/leads/{TOKEN}"


def test_a_query_presses_no_button(clinic: Clinic) -> None:
    clinic.keep(LEAD)

    press(clinic, "", rawQueryString="action=contacted", queryStringParameters={"action": "contacted"})

    assert clinic.only().status is Status.NOTIFIED
