"""GET /api/promise: the deadline of a request that is sent now, without a trace of who asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from leads.web.announcement import announcement

from tests.support import api_events, deployed, factories
from tests.support.deployed import Clinic

ADDRESSES = ("/api/leads", "/api/promise")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path) as made:
        yield made


def ask(clinic: Clinic, method: str = "GET", path: str = "/api/promise") -> api_events.Answer:
    return clinic.send(api_events.event(method, path))


def test_it_answers_with_what_is_announced(clinic: Clinic) -> None:
    answer = ask(clinic)

    assert (answer.status, {**answer.json, "crisis": ""}) == (
        200,
        {**announcement(clinic.clock(), clinic.practice), "crisis": ""},
    )


def test_it_says_where_help_is(clinic: Clinic) -> None:
    assert "988" in ask(clinic).json["crisis"]


@pytest.mark.parametrize("conditions", [["trd"], ["suicidal-thoughts"]])
@pytest.mark.parametrize("clock_time", ["08:50", "09:00", "16:50", "16:59", "17:00"])
def test_a_form_that_is_sent_within_its_time_is_promised_no_later_call(
    clinic: Clinic, clock_time: str, conditions: Sequence[str]
) -> None:
    clinic.clock.at = factories.moment(f"2026-11-17 {clock_time}")
    announced = ask(clinic).json
    clinic.clock.advance(seconds=59)

    promised = clinic.submit_by_script(conditions=conditions).json

    assert promised["contact_by"] <= announced["priority_contact_by" if promised["priority"] else "contact_by"]


def test_no_cache_keeps_it(clinic: Clinic) -> None:
    assert ask(clinic).headers["cache-control"] == "no-store"


def test_it_asks_nothing_of_aws(clinic: Clinic) -> None:
    clinic.dynamodb = deployed.dead()

    assert ask(clinic).status == 200


def test_it_leaves_nothing_in_the_table(clinic: Clinic) -> None:
    ask(clinic)

    assert clinic.dynamodb.scan(TableName="leads")["Items"] == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/promise"), *(("HEAD", path) for path in ADDRESSES)])
def test_it_leaves_nothing_in_the_log(
    clinic: Clinic, capsys: pytest.CaptureFixture[str], method: str, path: str
) -> None:
    ask(clinic, method, path)

    assert "".join(capsys.readouterr()) == ""


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_what_asks_for_no_content_gets_none(clinic: Clinic, method: str, path: str) -> None:
    answer = ask(clinic, method, path)

    assert (answer.status, answer.body) == (204, "")


@pytest.mark.parametrize(
    ("path", "methods"), [("/api/leads", "POST, HEAD, OPTIONS"), ("/api/promise", "GET, HEAD, OPTIONS")]
)
def test_it_names_the_methods_of_the_address(clinic: Clinic, path: str, methods: str) -> None:
    assert ask(clinic, "OPTIONS", path).headers["allow"] == methods


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(clinic: Clinic, method: str) -> None:
    answer = ask(clinic, method)

    assert (answer.status, answer.headers["allow"]) == (405, "GET")
