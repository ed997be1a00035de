"""The origin secret: the functions answer CloudFront and no other caller."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from leads.web import request

from tests.support import api_events, deployed, factories
from tests.support.api_events import Answer
from tests.support.deployed import Clinic

SECRET = "a secret that only CloudFront and the functions know"
WRONG = ["", "a secret", f"{SECRET} ", SECRET.upper(), "ключ", f"{SECRET},{SECRET}"]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Deploy the functions behind CloudFront."""
    with deployed.clinic_with_table(tmp_path, LEADS_ORIGIN_SECRET=SECRET) as clinic:
        yield clinic


def send(clinic: Clinic, secret: str | None, kind: str = "form") -> Answer:
    return clinic.send(api_events.submission(kind=kind, headers={"x-origin-secret": secret}))


def test_cloudfront_is_answered(clinic: Clinic) -> None:
    assert send(clinic, SECRET).status == 303


@pytest.mark.parametrize("secret", [None, *WRONG])
def test_no_other_caller_is_answered(clinic: Clinic, secret: str | None) -> None:
    assert send(clinic, secret).status == 404


@pytest.mark.parametrize("secret", [None, *WRONG])
def test_nothing_is_stored_for_another_caller(clinic: Clinic, secret: str | None) -> None:
    send(clinic, secret)

    assert clinic.leads() == []


@pytest.mark.parametrize("kind", ["form", "json"])
def test_the_refusal_says_where_help_is(clinic: Clinic, kind: str) -> None:
    assert "988" in send(clinic, None, kind).body


def test_a_script_is_refused_in_json(clinic: Clinic) -> None:
    assert set(send(clinic, None, "json").json) == {"title", "message", "crisis"}


def test_the_staff_page_checks_the_same_secret(clinic: Clinic) -> None:
    token = clinic.token(clinic.keep(factories.stored()))

    assert clinic.follow(token).status == 404


def test_the_secret_is_checked_before_everything_else(clinic: Clinic) -> None:
    assert clinic.send(api_events.event("DELETE")).status == 404


def test_the_secret_is_in_no_answer_and_no_line_of_the_log(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    answers = [send(clinic, secret).body for secret in [None, *WRONG]]

    assert not any(SECRET in text for text in [*answers, capsys.readouterr().out])


def test_without_a_secret_every_caller_is_answered(tmp_path: Path) -> None:
    with deployed.clinic_with_table(tmp_path) as clinic:
        assert send(clinic, "anything").status == 303


def test_the_secret_is_compared_in_constant_time(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(request, "compare_digest", compare)
    send(clinic, "x")

    assert compared == [(b"x", SECRET.encode())]
