"""docs/operations.md names every variable, every key of the practice file and their defaults, and no others."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from leads.domain.people import StaffedPractice
from leads.settings import Settings
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from plugins.lint import practice_file
from plugins.lint.toml_file import models_in

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """Return the rows of the first table below this heading: the other cells by the name in the first."""
    section = OPERATIONS.split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:3] == "| `"
    ]
    return {name.strip("`"): others for name, *others in cells}


VARIABLES = rows("Environment variables")
KEYS = rows("The practice file")
SETTINGS = {str(field.alias): field for field in Settings.model_fields.values()}


def keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield the keys that an editor writes, as docs/operations.md names them."""
    for name, field in model.model_fields.items():
        (inner, *_) = [*models_in(field.annotation), None]
        is_mapping = typing.get_origin(field.annotation) in {dict, Mapping}
        if inner is None or name == "hours":
            yield f"{prefix}{name}", field
        else:
            yield from keys_of(inner, f"{prefix}{name}.{'*.' if is_mapping else ''}")


WORKED_OUT_KEYS = tuple(".".join(str(part) for part in place) for place in practice_file.WORKED_OUT)

WRITTEN = {
    **{key: field for key, field in keys_of(StaffedPractice) if not key.startswith((*WORKED_OUT_KEYS, "hours"))},
    **{f"hours.{key}": field for key, field in StaffedPractice.model_fields["hours"].annotation.model_fields.items()},  # type: ignore[union-attr]  # it has an annotation
}


def test_every_variable_is_described_and_no_other() -> None:
    assert set(VARIABLES) == set(SETTINGS)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_variable_has_the_default_that_its_row_gives(name: str) -> None:
    field, shown = SETTINGS[name], VARIABLES[name][1]
    if field.is_required():
        assert shown == "none: required"
    elif isinstance(field.default, int):
        assert shown == f"`{field.default}`"
    else:
        assert shown != "none: required"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_row_says_truly_whether_the_template_sets_the_variable(name: str) -> None:
    template = (Path(__file__).parents[2] / "infra" / "template.yaml").read_text(encoding="utf-8")
    is_set = re.search(rf"^\s+{name}:", template, re.MULTILINE) is not None
    assert VARIABLES[name][2].startswith("not in the template") is not is_set


def test_every_key_of_the_practice_file_is_described_and_no_other() -> None:
    assert set(KEYS) == set(WRITTEN)


@pytest.mark.parametrize("key", sorted(WRITTEN))
def test_a_key_is_called_required_if_it_is(key: str) -> None:
    assert (KEYS[key][1] == "required") is WRITTEN[key].is_required()


@pytest.mark.parametrize("key", sorted(key for key, field in WRITTEN.items() if isinstance(field.default, bool | int)))
def test_a_key_has_the_default_that_its_row_gives(key: str) -> None:
    assert KEYS[key][1] == f"`{str(WRITTEN[key].default).lower()}`"
