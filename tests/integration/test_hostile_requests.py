"""Requests made from infra/openapi.yaml, good and bad, through our own gateway: the functions answer as described.

Schemathesis makes the requests and compares each answer's status, headers, kind and shape with the description.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import strategies as st
from leads import tokens
from leads.domain.lifecycle import Event
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from werkzeug import Request, Response

from infra.local.gateway import Gateway
from infra.template import load, routes
from tests.infra.test_openapi import DESCRIPTION
from tests.support import deployed, factories

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SOME = 8
MANY = 100
"""Requests of each kind, method and media type."""

# Where the description only says "text": numbers that can exist, and conditions that the practice offers.
schemathesis.openapi.format("phone", st.integers(0, 9999).map("(312) 555-{:04}".format))
OURS = deepcopy(DESCRIPTION)
OURS["components"]["schemas"]["Lead"]["properties"]["conditions"]["items"]["enum"] = [
    condition.key for condition in factories.SAMPLE.conditions
]


@dataclass
class RecordingGateway:
    """The gateway and the handlers behind it, as a WSGI application that records its answers."""

    gateway: Gateway
    answered: list[tuple[str, Response]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self.gateway.answer(request)
        self.answered.append((f"{request.method} {_place(request.path)}", response))
        return response(environ, start_response)


def _place(path: str) -> str:
    """Return the path, with * for a token."""
    return re.sub("(?<=/leads/).*", "*", path)


@dataclass(frozen=True)
class Run:
    """Every answer, and every way in which one was not as described."""

    answered: list[tuple[str, Response]]
    complaints: list[str]


def run(folder: Path, examples: int) -> Run:
    """Send requests with forged tokens, then with a good one of each kind."""
    # No limit on one address: the staff get no e-mail about a lead in review.
    with deployed.clinic_with_table(folder, LEADS_ADDRESS_LIMIT="1000000") as clinic:
        gateway = RecordingGateway(Gateway(routes(load()), load=clinic.load_handler))
        lead = clinic.keep(factories.stored(Event.NOTIFIED))
        good = (clinic.token(lead), tokens.confirmation_token(lead.reference, factories.KEY))
        known = ({}, *({"token": token} for token in good))
        complaints = [text for parameters in known for text in _complaints(gateway, examples, parameters)]
    return Run(gateway.answered, complaints)


def _complaints(gateway: RecordingGateway, examples: int, parameters: Mapping[str, str]) -> Iterator[str]:
    schema = schemathesis.openapi.from_dict(deepcopy(OURS), config=_config(examples, parameters))
    schema.app = gateway
    for event in from_schema(schema).execute():
        if isinstance(event, FatalError | NonFatalError):
            yield str(event)
        if isinstance(event, ScenarioFinished):
            checks = (check for several in event.recorder.checks.values() for check in several)
            yield from (str(check.failure_info.failure) for check in checks if check.failure_info)


def _config(examples: int, parameters: Mapping[str, str]) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {"max-examples": examples, "database": "none"},
            "parameters": dict(parameters),
            "phases": {"stateful": {"enabled": False}},
            "checks": {
                # A description cannot say which phone numbers exist.
                "positive_data_acceptance": {"enabled": False},
                # In JSON a number is read as its text, and hidden fields are dropped, never refused.
                "negative_data_rejection": {"enabled": False},
            },
        }
    )


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("some"), SOME)


def test_every_answer_is_as_described(some: Run) -> None:
    assert some.complaints == []


@pytest.mark.long
def test_every_answer_to_many_more_requests_is_as_described(tmp_path: Path) -> None:
    many = run(tmp_path, MANY)

    assert (many.complaints, failed(many), wordless(many)) == ([], [], [])


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("POST /api/leads", {201, 303, 400, 404, 415, 422}),
        ("GET /api/leads", {405}),
        ("HEAD /api/leads", {204}),
        ("OPTIONS /api/leads", {204}),
        ("GET /api/leads/*", {200, 404}),
        ("HEAD /api/leads/*", {200, 404}),
        ("POST /api/leads/*", {405}),
        ("GET /api/promise", {200}),
        ("HEAD /api/promise", {204}),
        ("POST /api/promise", {405}),
        ("GET /staff/leads/*", {200, 404}),
        ("HEAD /staff/leads/*", {200, 404}),
        ("POST /staff/leads/*", {303, 400, 404, 409, 415, 422}),
        ("PUT /staff/leads/*", {405}),
    ],
)
def test_the_requests_come_far_enough_to_be_answered_in_every_way(some: Run, who: str, statuses: set[int]) -> None:
    assert {response.status_code for name, response in some.answered if name == who} == statuses


def failed(run: Run) -> list[str]:
    return [f"{who}: {response.status}" for who, response in run.answered if response.status_code >= 500]


def test_nothing_that_is_sent_is_our_fault(some: Run) -> None:
    assert failed(some) == []


def test_every_answer_says_where_help_is(some: Run) -> None:
    bodies = [response.get_data(as_text=True) for _, response in some.answered if response.status_code != 204]

    assert [body for body in bodies if "988" not in body or "911" not in body] == []


def wordless(run: Run) -> list[str]:
    """Refusals that do not say what to do."""
    refusals = (response for _, response in run.answered if response.status_code >= 400)
    return [response.get_data(as_text=True) for response in refusals if not all(_words(response))]


def _words(response: Response) -> list[str]:
    body = response.get_data(as_text=True)
    if response.mimetype == "application/json":
        told = json.loads(body)
        return [error["message"] for error in told["errors"]] if "errors" in told else [told["message"]]
    told = re.findall(r'<p class="lede">(.*?)</p>|role="alert"[^>]*>(.*?)</', body, re.DOTALL)
    return ["".join(told[0]).strip()] if told else [""]


def test_every_refusal_says_what_to_do(some: Run) -> None:
    assert wordless(some) == []
