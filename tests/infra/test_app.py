"""Tests of the local system's application: which part answers a path, and the headers that CloudFront adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from werkzeug import Response

from infra.local.app import LocalApp
from infra.local.builds import Build, Builds
from infra.local.gateway import Answer, Event, Gateway
from infra.template import Route
from tests.support.local_requests import request


def handler(event: Event, context: object) -> Answer:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(event["rawPath"])}


@pytest.fixture
def app(build: Build, tmp_path: Path) -> LocalApp:
    builds = Builds(tmp_path, lambda _: None)
    builds._kept.append(build)
    routes = [Route("ANY", "/api/leads", "x.y"), Route("ANY", "/staff/leads/{token}", "x.y")]
    return LocalApp(Gateway(routes, load=lambda _: handler), builds)


@pytest.mark.parametrize("path", ["/api/leads", "/staff/leads/abc"])
def test_the_functions_answer_their_paths(app: LocalApp, path: str) -> None:
    assert app.answer(request(path)).json == path


def page(response: Response) -> str:
    response.direct_passthrough = False
    return response.get_data(as_text=True)


def test_the_site_answers_all_others(app: LocalApp) -> None:
    assert "guide" in page(app.answer(request("/guide/")))


def test_pages_of_this_machine_are_not_the_sites(app: LocalApp) -> None:
    assert "EventSource" in page(app.answer(request("/local/reload.js")))


@pytest.mark.parametrize("path", ["/api/leads", "/guide/"])
def test_the_builds_headers_are_on_pages_and_on_the_functions_responses(app: LocalApp, path: str) -> None:
    assert app.answer(request(path)).headers["x-content-type-options"] == "nosniff"


def test_a_functions_own_header_is_kept(app: LocalApp) -> None:
    assert app.answer(request("/api/leads")).headers.getlist("cache-control") == ["no-store"]


def test_a_renamed_article_is_found_from_its_old_address(app: LocalApp) -> None:
    response = app.answer(request("/old/?utm_source=pinterest"))
    assert (response.status_code, response.headers["location"]) == (301, "/guide/?utm_source=pinterest")


def test_what_was_taken_away_still_has_the_site_s_headers(app: LocalApp) -> None:
    response = app.answer(request("/closed/"))
    assert (response.status_code, response.headers["x-content-type-options"]) == (410, "nosniff")
