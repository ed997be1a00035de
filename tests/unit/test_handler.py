"""The Lambda handler around a request handler: what becomes of an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from leads.domain.facts import Facts
from leads.domain.practice import Practice
from leads.settings import Settings
from leads.web import handler
from leads.web.request import Request
from leads.web.response import Response

from tests.support import api_events, factories
from tests.support.api_events import Answer
from tests.support.compiled_assets import compiled, variables

SECRETS = "Ada Lovelace, +1 (312) 555-0187, suicidal-thoughts"


def raise_with_secrets(request: Request, settings: Settings, facts: Facts) -> Response:
    raise ValueError(SECRETS) from RuntimeError(SECRETS)


def read_facts(settings: Settings) -> Facts:
    practice = Practice.from_json((settings.compiled / "practice.json").read_bytes())
    return Facts(practice, (settings.compiled / "shell.html").read_text(encoding="utf-8"))


breaks = handler.lambda_handler(raise_with_secrets, read_facts)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(compiled(tmp_path, factories.SAMPLE)).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["text/html", "application/json"])
def broken(request: pytest.FixtureRequest, environment: None) -> Answer:
    return Answer(breaks(api_events.submission(headers={"accept": request.param}), None))


def test_a_mistake_of_ours_is_a_503(broken: Answer) -> None:
    assert broken.status == 503


def test_a_mistake_of_ours_gives_the_practices_phone(broken: Answer) -> None:
    assert "(312) 555-0100" in broken.body


def test_a_mistake_of_ours_says_where_help_is(broken: Answer) -> None:
    assert "988" in broken.body


@pytest.mark.parametrize("secret", ["Lovelace", "0187", "suicidal"])
def test_a_mistake_of_ours_shows_no_data(broken: Answer, secret: str) -> None:
    assert secret not in broken.body


@pytest.mark.parametrize("secret", ["Lovelace", "0187", "suicidal"])
def test_a_mistake_of_ours_logs_no_data(broken: Answer, secret: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert secret not in "".join(capfd.readouterr())


def test_a_mistake_of_ours_is_logged_with_its_place(capfd: pytest.CaptureFixture[str]) -> None:
    breaks(api_events.submission(), None)

    assert json.loads(capfd.readouterr().out)["outcome"].startswith("ValueError at handler.py:")


@pytest.fixture(params=["no table", "no practice", "a practice of another version"])
def unconfigured(
    request: pytest.FixtureRequest, environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Answer:
    """Return the answer of a function whose environment or compiled practice is wrong."""
    if request.param == "no table":
        monkeypatch.delenv("LEADS_TABLE")
    elif request.param == "no practice":
        (tmp_path / "practice.json").unlink()
    else:
        (tmp_path / "practice.json").write_text("{}", encoding="utf-8")
    return Answer(breaks(api_events.submission(), None))


def test_a_function_that_cannot_be_configured_answers_503(unconfigured: Answer) -> None:
    assert unconfigured.status == 503


def test_a_function_that_cannot_be_configured_has_the_crisis_card(unconfigured: Answer) -> None:
    assert "tel:988" in unconfigured.body


def test_a_function_that_cannot_be_configured_logs_a_failure(
    unconfigured: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    breaks(api_events.submission(), None)
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["Failed"] == 1
