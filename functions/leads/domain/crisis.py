"""The crisis lines that every page and every answer names. United States only.

Templates print them as `crisis`. Two files that cannot import this one repeat the numbers, infra/template.yaml and
infra/openapi.yaml, and so does the message of plugins/lint/practice_file.py; tests/unit/test_crisis.py compares them.
"""

from __future__ import annotations

from typing import NamedTuple


class CrisisLines(NamedTuple):
    """The numbers of one country, as typed on a phone, and their names."""

    country: str
    """ISO 3166-1 code. The site's build refuses a practice of another country (plugins/lint/practice_file.py)."""
    country_name: str
    lifeline: str
    """Takes calls and text messages, free, day and night."""
    lifeline_name: str
    spanish_key: str
    """Pressed during a call for Spanish."""
    veterans_key: str
    """Pressed during a call for the line of veterans."""
    veterans_text: str
    """Takes text messages of veterans."""
    chat_url: str
    chat_name: str
    emergency: str

    @property
    def in_words(self) -> str:
        """Return the lines in plain text, for answers that are not pages."""
        return (
            f"In crisis? Call or text {self.lifeline} ({self.lifeline_name}, free, day and night). "
            f"In immediate danger, call {self.emergency}. These lines answer in {self.country_name}."
        )


# 988: 47 CFR 52.200. 911: 47 U.S.C. 251(e)(3). The rest as the Lifeline's own site, 988lifeline.org, describes it.
LINES = CrisisLines(
    country="US",
    country_name="the United States",
    lifeline="988",
    lifeline_name="Suicide & Crisis Lifeline",
    spanish_key="2",
    veterans_key="1",
    veterans_text="838255",
    chat_url="https://988lifeline.org/chat/",
    chat_name="988lifeline.org",
    emergency="911",
)

COUNTRY = LINES.country

IN_WORDS = LINES.in_words
