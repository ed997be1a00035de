"""Every refusal of the form: its status, its format, and the crisis line in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import api_events, deployed, factories
from tests.support.api_events import MEDIA_TYPES
from tests.support.deployed import Clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic(tmp_path, deployed.dead()) as made:
        yield made


KIB16 = 16 * 1024

REFUSED: dict[int, dict[str, Any]] = {
    400: api_events.event(body="name=%ff", headers={"content-type": MEDIA_TYPES["form"]}),
    404: api_events.submission(headers={"sec-fetch-site": "cross-site"}),
    405: api_events.event("GET"),
    413: api_events.event(body="a" * (KIB16 + 1), headers={"content-type": MEDIA_TYPES["form"]}),
    415: api_events.event(body="name=A", headers={"content-type": "text/plain"}),
    422: api_events.submission({}),
    503: api_events.submission(),
}
"""An event for every way in which the form's handler refuses. The table is dead."""


def asking_for(media_type: str, status: int) -> dict[str, Any]:
    event = REFUSED[status]
    return {**event, "headers": {**event["headers"], "accept": media_type}}


@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_has_its_status(clinic: Clinic, status: int, media_type: str) -> None:
    assert clinic.send(asking_for(media_type, status)).status == status


@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_comes_as_it_was_asked_for(clinic: Clinic, status: int, media_type: str) -> None:
    assert clinic.send(asking_for(media_type, status)).headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize("status", REFUSED)
def test_a_refused_person_sees_a_whole_page(clinic: Clinic, status: int) -> None:
    body = clinic.send(asking_for("text/html", status)).body

    assert body.startswith("<!doctype html>")
    assert body.endswith("</main>")


@pytest.mark.parametrize("status", [400, 404, 405, 413, 415, 503])
def test_a_refusal_says_what_to_do(clinic: Clinic, status: int) -> None:
    told = clinic.send(asking_for("application/json", status)).json

    assert told["message"] in clinic.send(asking_for("text/html", status)).body


@pytest.mark.parametrize("status", [status for status in REFUSED if status != 422])
def test_a_refused_person_can_call_the_practice(clinic: Clinic, status: int) -> None:
    assert "(312) 555-0100" in clinic.send(asking_for("text/html", status)).body


@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_says_where_help_is(clinic: Clinic, status: int, media_type: str) -> None:
    body = clinic.send(asking_for(media_type, status)).body

    assert "988" in body
    assert "911" in body


@pytest.mark.parametrize("status", [422, 503])
def test_crisis_help_is_before_the_form(clinic: Clinic, status: int) -> None:
    body = clinic.send(asking_for("text/html", status)).body

    assert body.index("988") < body.index("<form")


@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
@pytest.mark.parametrize("status", REFUSED)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ],
)
def test_no_answer_is_kept_indexed_or_passed_on(
    clinic: Clinic, status: int, media_type: str, header: str, value: str
) -> None:
    assert clinic.send(asking_for(media_type, status)).headers[header] == value


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_refusal_of_a_method_names_the_one_that_works(clinic: Clinic, method: str) -> None:
    assert clinic.send(api_events.event(method)).headers["allow"] == "POST"


@pytest.mark.parametrize("status", REFUSED)
def test_an_answer_is_what_the_gateway_takes(clinic: Clinic, status: int) -> None:
    event = clinic.send(REFUSED[status]).event

    assert {name: type(value) for name, value in event.items()} == {
        "statusCode": int,
        "headers": dict,
        "body": str,
        "isBase64Encoded": bool,
    }


@pytest.mark.parametrize("field", ["name", "phone", "source", "utm_source", "conditions", "best_time"])
def test_what_was_sent_cannot_break_out_of_the_page(clinic: Clinic, field: str) -> None:
    answers = factories.answers(**{"phone": "none", field: "\"'><script>alert(1)</script>"})

    assert "<script>" not in clinic.send(api_events.submission(answers)).body
