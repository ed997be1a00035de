"""The environment: every variable that is missing or wrong is named, none is repeated."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest
from leads.settings import EnvironmentMistakeError, Settings, TableSettings

from tests.support import compiled_assets, factories

ORIGIN_SECRET = "a secret that only CloudFront and the functions know"

GOOD = compiled_assets.variables(Path("compiled"))


def mistake(variables: Mapping[str, str], model: type[TableSettings] = Settings) -> EnvironmentMistakeError:
    """Return the error for this environment."""
    with pytest.raises(EnvironmentMistakeError) as caught:
        model.read(variables)
    return caught.value


@pytest.mark.parametrize("name", ["LEADS_TABLE", "LEADS_FACTS", "LEADS_SECRET", "LEADS_SITE_URL"])
def test_a_missing_variable_is_named(name: str) -> None:
    without = {other: value for other, value in GOOD.items() if other != name}

    assert str(mistake(without)).startswith(f"{name} is missing or too short: set it to ")


@pytest.mark.parametrize("name", ["LEADS_TABLE", "LEADS_FACTS", "LEADS_SECRET", "LEADS_SITE_URL"])
def test_an_empty_variable_is_a_missing_one(name: str) -> None:
    assert str(mistake({**GOOD, name: ""})).startswith(name)


def test_everything_that_is_missing_is_named_at_once() -> None:
    text = str(mistake({}))

    assert all(name in text for name in ("LEADS_TABLE", "LEADS_FACTS", "LEADS_SECRET"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEADS_SECRET", "x" * 31),
        ("LEADS_TABLE", "ab"),
        ("LEADS_FACTS_MAX_AGE", "-1"),
        ("LEADS_ADDRESS_LIMIT", "0"),
        ("LEADS_ADDRESS_LIMIT", "many"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    assert str(mistake({**GOOD, name: value})).startswith(name)


def test_a_secret_that_is_too_short_is_not_repeated_anywhere() -> None:
    wrong = mistake({**GOOD, "LEADS_SECRET": "hunter2-hunter2"})

    assert "hunter2" not in "".join(traceback.format_exception(wrong))


def test_the_secret_does_not_show_in_the_settings() -> None:
    assert factories.SECRET not in repr(Settings.read(GOOD))


def test_the_secret_is_the_key_of_all_that_is_signed() -> None:
    assert Settings.read(GOOD).key == factories.KEY


def test_a_secret_of_32_characters_is_enough() -> None:
    assert Settings.read({**GOOD, "LEADS_SECRET": "x" * 32}).key == b"x" * 32


def test_other_variables_do_not_matter() -> None:
    assert Settings.read({**GOOD, "PATH": "/bin", "LEADS_UNKNOWN": "x"}) == Settings.read(GOOD)


def test_the_table_can_be_read_without_the_secret() -> None:
    assert TableSettings.read({"LEADS_TABLE": "leads", "LEADS_FACTS": "facts"}).table == "leads"


def test_the_origin_secret_does_not_show_in_the_settings() -> None:
    assert ORIGIN_SECRET not in repr(Settings.read({**GOOD, "LEADS_ORIGIN_SECRET": ORIGIN_SECRET}))


def test_a_short_origin_secret_is_refused() -> None:
    assert str(mistake({**GOOD, "LEADS_ORIGIN_SECRET": "short"})).startswith("LEADS_ORIGIN_SECRET")
