"""The base of every model that is read from a file of the practice, and the text that such a file may hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class StrictModel(BaseModel):
    """A part of a file: immutable, and a misspelt key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("write it on one line, without control characters")
    return text


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
