"""Tests of the local HTTP API, which must make events and responses as API Gateway does."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from werkzeug import Response

from infra.local import gateway
from infra.local.gateway import Gateway, event_from, response_from
from infra.template import Route
from tests.support.local_requests import request

FORM = Route("ANY", "/api/leads", "leads.handlers.capture.handler")
LINK = Route("ANY", "/staff/leads/{token}", "leads.handlers.staff.handler")


def event(path: str = "/api/leads", **facts: Any) -> gateway.Event:
    return event_from(request(path, **facts), FORM, {})


# The event: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

DOCUMENTED = {"version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded"}
DOCUMENTED_CONTEXT = {
    "accountId",
    "apiId",
    "domainName",
    "domainPrefix",
    "http",
    "requestId",
    "routeKey",
    "stage",
    "time",
    "timeEpoch",
}


def test_an_event_without_body_query_or_cookie_has_none_of_their_fields() -> None:
    assert event().keys() == DOCUMENTED


def test_the_request_context_has_what_aws_documents() -> None:
    assert event()["requestContext"].keys() == DOCUMENTED_CONTEXT


def test_the_event_is_json() -> None:
    sent = event(method="POST", data=b"\xff")
    assert json.loads(json.dumps(sent)) == sent


def test_the_body_is_base64() -> None:
    assert base64.b64decode(event(method="POST", data="name=A%26B")["body"]) == b"name=A%26B"


def test_an_event_with_a_body_says_that_it_is_encoded() -> None:
    assert event(method="POST", data="name=A")["isBase64Encoded"] is True


def test_header_names_are_in_lower_case() -> None:
    assert event(headers={"Sec-Fetch-Site": "same-origin"})["headers"]["sec-fetch-site"] == "same-origin"


def test_the_content_type_is_a_header_as_any_other() -> None:
    sent = event(method="POST", data="{}", content_type="application/json")
    assert sent["headers"]["content-type"] == "application/json"


def test_cookies_leave_the_headers() -> None:
    assert "cookie" not in event(headers={"Cookie": "a=1; b=2"})["headers"]


def test_cookies_are_a_list() -> None:
    assert event(headers={"Cookie": "a=1; b=2"})["cookies"] == ["a=1", "b=2"]


def test_the_raw_query_string_stays_encoded() -> None:
    assert event("/api/leads?q=a%20b&q=%2B")["rawQueryString"] == "q=a%20b&q=%2B"


def test_repeated_query_parameters_are_joined() -> None:
    assert event("/api/leads?q=a%20b&q=%2B&empty=")["queryStringParameters"] == {"q": "a b,+", "empty": ""}


def test_the_raw_path_is_decoded_as_aws_decodes_it() -> None:
    assert event("/api/%C3%A9")["rawPath"] == "/api/é"


def test_the_route_key_has_the_routes_own_method() -> None:
    assert event(method="POST")["routeKey"] == "ANY /api/leads"


def test_the_method_is_the_requests_own() -> None:
    assert event(method="PUT")["requestContext"]["http"]["method"] == "PUT"


def test_path_parameters_are_handed_over() -> None:
    assert event_from(request("/staff/leads/x"), LINK, {"token": "x"})["pathParameters"] == {"token": "x"}


# The response


def test_a_response_has_the_handlers_status() -> None:
    assert response_from({"statusCode": 422, "headers": {}, "body": ""}).status_code == 422


def test_a_response_has_the_handlers_headers() -> None:
    answer = {"statusCode": 303, "headers": {"location": "/thank-you/"}, "body": ""}
    assert response_from(answer).headers["location"] == "/thank-you/"


def test_a_response_keeps_the_handlers_content_type() -> None:
    answer = {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": "{}"}
    assert response_from(answer).headers.getlist("content-type") == ["application/json"]


def test_an_encoded_body_is_decoded() -> None:
    assert response_from({"statusCode": 200, "body": "w6k=", "isBase64Encoded": True}).data == "é".encode()


def test_each_cookie_is_a_header() -> None:
    answer = {"statusCode": 200, "body": "", "cookies": ["a=1", "b=2"]}
    assert response_from(answer).headers.getlist("set-cookie") == ["a=1", "b=2"]


# The gateway


def answered(path: str, handler: gateway.Handler, **facts: Any) -> Response:
    routes = [FORM, LINK, Route("GET", "/api/health", "x.y")]
    return Gateway(routes, load=lambda _: handler).answer(request(path, **facts))


def echo(event: gateway.Event, context: object) -> Mapping[str, Any]:
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(event.get("pathParameters")),
    }


def fail(event: gateway.Event, context: object) -> Mapping[str, Any]:
    raise ValueError("a mistake")


def test_the_token_is_taken_from_the_path() -> None:
    assert answered("/staff/leads/abc.1.x", echo).json == {"token": "abc.1.x"}


def test_no_handler_is_asked_where_no_route_matches() -> None:
    assert answered("/staff/leads/a/b", echo).status_code == 404


def test_another_method_is_no_match() -> None:
    assert answered("/api/health", echo, method="POST").status_code == 404


def test_a_failing_handler_is_the_gateways_own_500() -> None:
    assert answered("/api/leads", fail).json == {"message": "Internal Server Error"}


def test_a_body_that_is_no_text_fails_here_as_on_aws() -> None:
    def handler(event: gateway.Event, context: object) -> Mapping[str, Any]:
        return {"statusCode": 200, "body": {"not": "text"}}

    assert answered("/api/leads", handler).status_code == 500
