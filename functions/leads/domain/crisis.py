"""The crisis lines that every page and every answer names.

The numbers are in content/crisis-lines.toml alone; the build reads them (plugins/lint/crisis_file.py) and compiles them
into the practice. Templates print them as `crisis`. Three files that cannot read them repeat two numbers:
infra/template.yaml, infra/openapi.yaml and docs/front-desk.md; tests/unit/test_crisis.py compares them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from leads.domain.strict_model import StrictModel, Text

Number = Annotated[str, Field(pattern="^[0-9]{2,15}$")]
"""Digits as they are dialled in the country."""

PhoneKey = Annotated[str, Field(pattern="^[0-9*#]$")]
"""A key that is pressed during a call."""


class CrisisLines(StrictModel):
    """The numbers of one country, as typed on a phone, and their names."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    """ISO 3166-1 code."""
    country_name: Text
    """As it is said in a sentence: "These lines answer in the United States"."""
    lifeline: Number
    """Takes calls, free, day and night."""
    lifeline_text: Number
    """Takes text messages, free, day and night."""
    lifeline_name: Text
    spanish_key: PhoneKey
    """Pressed during a call for Spanish."""
    veterans_key: PhoneKey
    """Pressed during a call for the line of veterans."""
    veterans_text: Number
    """Takes text messages of veterans."""
    chat_url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+/\S*$")]
    chat_name: Text
    emergency: Number

    @property
    def in_words(self) -> str:
        """Return the lines in plain text, for answers that are not pages."""
        return (
            f"In crisis? Call or text {self.lifeline} ({self.lifeline_name}, free, day and night). "
            f"In immediate danger, call {self.emergency}. These lines answer in {self.country_name}."
        )

    @property
    def by_number(self) -> dict[str, str]:
        """Return the name of the attribute of each phone number, by the number."""
        names = ("veterans_text", "lifeline_text", "emergency", "lifeline")  # of two equal ones, the last
        return {getattr(self, name): name for name in names}
