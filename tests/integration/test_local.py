"""Tests of the local system's parts, which must behave as AWS does."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from infra import site as builder
from infra.local import cloud, gateway, static
from infra.local.builds import FIX_BEFORE_PUBLISHING, Build, BuildEvent, Builds
from infra.local.gateway import Gateway, event_from, response_from
from infra.media import content_type
from infra.template import Route

FORM = Route("ANY", "/api/leads", "leads.handlers.capture.handler")
LINK = Route("ANY", "/staff/leads/{token}", "leads.handlers.staff.handler")


def request(path: str = "/api/leads", **facts: Any) -> Request:
    return Request(EnvironBuilder(path, base_url="http://127.0.0.1:8000", **facts).get_environ())


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


# Files


@pytest.fixture
def build(tmp_path: Path) -> Build:
    build = Build(tmp_path / "17")
    for name, text in {
        "index.html": "<body>home</body>",
        "404.html": "<body>nothing here</body>",
        "guide/index.html": "<body>guide</body>",
        "assets/icon.svg": "<svg/>",
    }.items():
        file = build.output / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    build.compiled.mkdir()
    rules = {"default": {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}}
    rules["/assets/*"] = {"Cache-Control": "immutable"}
    (build.compiled / "headers.json").write_text(json.dumps(rules), encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not for readers", encoding="utf-8")
    return build


def fetched(path: str, build: Build, **facts: Any) -> Response:
    response = static.answer(request(path, **facts), build)
    static.add_headers(response, path, build)
    with response:  # reads the file and closes it
        response.direct_passthrough = False
        response.make_sequence()
    return response


def test_a_folder_answers_with_its_index(build: Build) -> None:
    assert "guide" in fetched("/guide/", build).get_data(as_text=True)


def test_a_folder_without_its_slash_is_led_there(build: Build) -> None:
    assert fetched("/guide", build).headers["location"] == "/guide/"


def test_a_page_names_its_build(build: Build) -> None:
    script = '<script src="/local/reload.js" data-build="17" defer></script></body>'
    assert fetched("/", build).get_data(as_text=True).endswith(script)


def test_a_missing_page_answers_404(build: Build) -> None:
    assert fetched("/nothing/", build).status_code == 404


def test_a_missing_page_is_the_sites_own(build: Build) -> None:
    assert "nothing here" in fetched("/nothing/", build).get_data(as_text=True)


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt"])
def test_no_path_leads_out_of_the_site(path: str, build: Build) -> None:
    assert fetched(path, build).status_code == 404


def test_a_picture_has_its_own_type(build: Build) -> None:
    assert fetched("/assets/icon.svg", build).mimetype == "image/svg+xml"


@pytest.mark.parametrize(
    ("name", "kind"), [("a.avif", "image/avif"), ("a.webp", "image/webp"), ("a.woff2", "font/woff2")]
)
def test_a_picture_of_a_new_format_has_its_own_type(name: str, kind: str) -> None:
    assert content_type(Path(name)) == kind


def test_a_files_own_header_wins_over_the_default(build: Build) -> None:
    assert fetched("/assets/icon.svg", build).headers["cache-control"] == "immutable"


def test_the_default_headers_are_on_every_page(build: Build) -> None:
    assert fetched("/guide/", build).headers["x-content-type-options"] == "nosniff"


def test_files_can_only_be_read(build: Build) -> None:
    assert fetched("/", build, method="POST").status_code == 405


# Builds


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builds:
    monkeypatch.setenv("LEADS_COMPILED", "")
    monkeypatch.setattr(builder, "build", _write)
    return Builds(tmp_path)


def _write(*, tolerant: bool, **folders: Path) -> str:
    for folder in folders.values():
        folder.mkdir(parents=True)
    return "content/articles/sleep.md:3: a mistake." if tolerant else ""


def _refuse(*, tolerant: bool, **folders: Path) -> None:
    _write(tolerant=tolerant, **folders)
    raise builder.BuildError("content/practice.toml:3: name: this is missing.")


def fail_to_build(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "build", _refuse)
    with pytest.raises(builder.BuildError):
        builds.build()


def test_the_handlers_read_what_the_current_build_compiled(builds: Builds) -> None:
    builds.build()
    assert os.environ["LEADS_COMPILED"] == str(builds.current.compiled)


def test_a_failed_build_keeps_the_last_good_site(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    builds.build()
    good = builds.current
    fail_to_build(builds, monkeypatch)
    assert builds.current == good


def test_a_failed_build_is_an_event(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    builds.build()
    fail_to_build(builds, monkeypatch)
    problem = "This page is older than your files:\ncontent/practice.toml:3: name: this is missing."
    assert builds.wait_for_event(None, 0) == BuildEvent(builds.current.name, problem)


def test_the_first_build_shows_its_mistakes_above_what_there_is(builds: Builds) -> None:
    builds.build()
    problem = f"{FIX_BEFORE_PUBLISHING}\ncontent/articles/sleep.md:3: a mistake."
    assert builds.wait_for_event(None, 0) == BuildEvent(builds.current.name, problem)


def test_a_build_without_mistakes_clears_them(builds: Builds) -> None:
    builds.build()
    builds.build()
    assert builds.wait_for_event(None, 0) == BuildEvent(builds.current.name)


def test_a_failed_build_leaves_no_files(builds: Builds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    builds.build()
    fail_to_build(builds, monkeypatch)
    assert list(tmp_path.iterdir()) == [builds.current.folder]


def test_a_page_on_its_way_finds_the_files_of_the_build_before(builds: Builds) -> None:
    builds.build()
    before = builds.current
    builds.build()
    assert before.output.exists()


def test_old_builds_are_removed(builds: Builds, tmp_path: Path) -> None:
    for _ in range(5):
        builds.build()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_known_event_is_waited_for_no_longer_than_asked(builds: Builds) -> None:
    builds.build()
    known = builds.wait_for_event(None, 0)
    assert builds.wait_for_event(known, 0.01) == known


# AWS is out of reach


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(
        os, "environ", {**os.environ, "AWS_PROFILE": "production", "AWS_ENDPOINT_URL_SESV2": "https://x"}
    )
    cloud.replace_environment(
        cloud.environment("http://127.0.0.1:9", "http://127.0.0.1:8000", "call-back@lakeside.example")
    )


@pytest.mark.usefixtures("entered")
def test_no_profile_of_the_user_is_left() -> None:
    assert "AWS_PROFILE" not in os.environ


@pytest.mark.usefixtures("entered")
def test_no_other_endpoint_is_left() -> None:
    assert [value for name, value in os.environ.items() if "ENDPOINT" in name] == ["http://127.0.0.1:9"]


@pytest.mark.parametrize(("secret", "is_left"), [("ours", False), ("another system's", True)])
def test_a_system_that_ends_removes_only_its_own_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, is_left: bool
) -> None:
    monkeypatch.setattr(cloud, "VARIABLES_FILE", tmp_path / "local.json")
    monkeypatch.setenv("LEADS_SECRET", secret)
    cloud.write_variables()
    monkeypatch.setenv("LEADS_SECRET", "ours")

    cloud.remove_variables()

    assert cloud.VARIABLES_FILE.exists() == is_left
