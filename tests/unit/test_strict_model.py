"""The base of the models of the practice's files."""

from __future__ import annotations

import pytest
from leads.domain.strict_model import StrictModel, Text
from pydantic import ValidationError


class Named(StrictModel):
    """A model of one text."""

    name: Text


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Named.model_validate({"name": "Ada", "nmae": "Ada"})


def test_spaces_around_a_text_are_removed() -> None:
    assert Named(name=" Ada ").name == "Ada"


def test_a_text_of_two_lines_is_refused() -> None:
    with pytest.raises(ValidationError, match="write it on one line"):
        Named(name="Ada\nLovelace")


def test_a_model_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Named(name="Ada").name = "Bob"  # type: ignore[misc]  # what is tested
