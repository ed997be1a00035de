"""Tests that infra/openapi.yaml is valid and describes the real routes and rules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from leads import tokens
from leads.domain.lead import BEST_TIMES, Lead, field_spec
from leads.handlers import staff
from leads.web import request
from leads.web.announcement import announcement
from leads.web.confirmation import BLANK
from openapi_spec_validator import validate

from infra.template import load, routes
from tests.support import factories

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "infra" / "openapi.yaml").read_text(encoding="utf-8")
)
SCHEMAS = DESCRIPTION["components"]["schemas"]
FORM = SCHEMAS["Lead"]["properties"]


def test_the_description_is_valid() -> None:
    validate(DESCRIPTION)


def test_every_route_is_described_and_no_other() -> None:
    assert set(DESCRIPTION["paths"]) == {route.path for route in routes(load())}


def test_the_form_has_the_fields_of_a_lead() -> None:
    assert list(FORM) == list(Lead.model_fields)


def test_the_form_requires_what_a_lead_requires() -> None:
    assert SCHEMAS["Lead"]["required"] == [name for name, field in Lead.model_fields.items() if field.is_required()]


@pytest.mark.parametrize("name", Lead.model_fields)
def test_a_field_is_as_long_as_a_lead_takes_it(name: str) -> None:
    question = field_spec(name)
    longest = question.attributes.get("maxlength") if question else None

    assert FORM[name].get("maxLength") == (int(longest) if longest else None)


@pytest.mark.parametrize(
    ("name", "example"), [(name, example) for name in ("name", "phone") for example in FORM[name]["examples"]]
)
def test_an_example_is_one_that_a_lead_takes(name: str, example: str) -> None:
    assert factories.lead(**{name: example})


def test_the_best_times_are_those_of_the_form() -> None:
    assert FORM["best_time"]["enum"] == [value for value, _ in BEST_TIMES]


def test_a_correction_may_be_about_any_field() -> None:
    assert SCHEMAS["Corrections"]["properties"]["errors"]["items"]["properties"]["field"]["enum"] == list(FORM)


def test_the_actions_are_the_buttons_of_the_staff_page() -> None:
    assert SCHEMAS["Mark"]["properties"]["action"]["enum"] == [button.value for button in staff.BUTTONS]


def test_a_token_looks_as_described() -> None:
    token = tokens.staff_token(factories.stored().reference, factories.TUESDAY, factories.KEY)

    assert re.search(DESCRIPTION["components"]["parameters"]["Token"]["schema"]["pattern"], token)


def test_a_confirmation_token_looks_as_described() -> None:
    token = tokens.confirmation_token(factories.stored().reference, factories.KEY)

    assert re.search(DESCRIPTION["components"]["parameters"]["ConfirmationToken"]["schema"]["pattern"], token)


def test_a_script_gets_what_is_described() -> None:
    described = SCHEMAS["Kept"]

    assert set(described["required"]) == set(described["properties"]) == {*BLANK.facts, "url", "crisis"}


def test_an_announcement_has_what_is_described() -> None:
    described = SCHEMAS["Announcement"]

    announced = announcement(factories.TUESDAY, factories.SAMPLE)

    assert set(described["required"]) == set(described["properties"]) == {*announced, "crisis"}


@pytest.mark.parametrize("bound", [f"{request.MAX_BODY_BYTES // 1024} KiB", f"{request.MAX_FIELDS} fields"])
def test_the_bounds_of_a_body_are_those_that_hold(bound: str) -> None:
    assert bound in DESCRIPTION["paths"]["/api/leads"]["post"]["description"]
