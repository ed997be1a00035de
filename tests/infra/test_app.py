"""Tests of the local system's application: which part answers a path, and that CloudFront is in front of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra import template
from infra.local.app import LocalApp
from infra.local.builds import Build, Builds
from infra.local.gateway import Answer, Event, Gateway
from tests.support.local_requests import request

DESCRIPTION = template.load()


def handler(event: Event, context: object) -> Answer:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps({**event, "padding": "x" * 1000})}


def failing(event: Event, context: object) -> Answer:
    raise ValueError("a mistake")


@pytest.fixture
def builds(build: Build, tmp_path: Path) -> Builds:
    builds = Builds(tmp_path, lambda _: None)
    builds._kept.append(build)
    return builds


@pytest.fixture
def app(builds: Builds) -> LocalApp:
    return LocalApp(DESCRIPTION, Gateway(template.routes(DESCRIPTION), load=lambda _: handler), builds)


@pytest.fixture
def broken(builds: Builds) -> LocalApp:
    """Return the application whose handlers all raise."""
    return LocalApp(DESCRIPTION, Gateway(template.routes(DESCRIPTION), load=lambda _: failing), builds)


@pytest.mark.parametrize("path", ["/api/leads", "/staff/leads/abc"])
def test_the_functions_answer_their_paths(app: LocalApp, path: str) -> None:
    assert app.answer(request(path)).get_json()["rawPath"] == path


def test_the_site_answers_all_others(app: LocalApp) -> None:
    assert "guide" in app.answer(request("/guide/")).get_data(as_text=True)


def test_pages_of_this_machine_are_not_the_sites(app: LocalApp) -> None:
    assert b"EventSource" in app.answer(request("/local/reload.js")).data


def test_a_page_names_its_build(app: LocalApp) -> None:
    script = '<script src="/local/reload.js" data-build="17" defer></script></body>'
    assert app.answer(request("/")).get_data(as_text=True).endswith(script)


def test_a_handler_sees_no_cookie_no_query_and_no_header_that_the_template_does_not_pass(app: LocalApp) -> None:
    headers = {"Cookie": "a=1", "Accept-Language": "en", "Accept": "application/json"}
    event = app.answer(request("/api/leads?q=1", headers=headers)).get_json()
    assert (event["rawQueryString"], event.keys() & {"cookies", "queryStringParameters"}) == ("", set())
    assert (event["headers"]["accept"], "accept-language" in event["headers"]) == ("application/json", False)


def test_a_handler_sees_the_visitor_s_address(app: LocalApp) -> None:
    event = app.answer(request("/api/leads", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})).get_json()
    assert event["headers"]["cloudfront-viewer-address"].startswith("127.0.0.1:")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_handler_that_raises_shows_the_page_that_says_what_to_do(broken: LocalApp, method: str) -> None:
    response = broken.answer(request("/api/leads", method=method))
    assert (response.status_code, b"our fault" in response.data) == (500, True)


def test_an_address_without_a_route_is_the_gateway_s_404(app: LocalApp) -> None:
    response = app.answer(request("/api/nothing"))
    assert (response.status_code, response.get_json()) == (404, {"message": "Not Found"})


def test_a_missing_page_is_the_site_s_own_404(app: LocalApp) -> None:
    response = app.answer(request("/nothing/"))
    assert (response.status_code, b"nothing here" in response.data) == (404, True)


def test_a_function_s_answer_is_not_compressed(app: LocalApp) -> None:
    response = app.answer(request("/api/leads", headers={"accept-encoding": "gzip, br"}))
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize("path", ["/api/leads", "/guide/"])
def test_the_template_s_headers_are_on_pages_and_on_the_functions_responses(app: LocalApp, path: str) -> None:
    assert app.answer(request(path)).headers["x-content-type-options"] == "nosniff"


def test_a_functions_own_header_is_kept(app: LocalApp) -> None:
    assert app.answer(request("/api/leads")).headers.getlist("cache-control") == ["no-store"]


def test_a_renamed_article_is_found_from_its_old_address(app: LocalApp) -> None:
    response = app.answer(request("/old/?utm_source=pinterest"))
    assert (response.status_code, response.headers["location"]) == (301, "/guide/?utm_source=pinterest")


def test_what_was_taken_away_says_so(app: LocalApp) -> None:
    response = app.answer(request("/closed/"))
    assert (response.status_code, b"taken away" in response.data) == (410, True)
