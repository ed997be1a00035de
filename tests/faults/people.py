"""Visitors who send the form and staff who press buttons: their requests, and the responses that they got."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from leads.domain.lifecycle import Event

from tests.support.api_events import MEDIA_TYPES, event, submission
from tests.support.factories import answers

SUCCESS = {201, 303}

PERSONAL = re.compile(
    r"Quillfeather"
    r"|(?<!\d)1?\(?312\D{0,3}2\d{2}\D?\d{4}(?!\d)"
    r"|suicidal|\bptsd\b|\btrd\b|depression|post-traumatic"
    r"|198\.51\.\d+\.\d+"
    r"|[.-][0-9A-Z]{4,10}\.[0-9A-Z]{32}",
    re.IGNORECASE,
)
"""What must not be in a log: a visitor's name, number, condition or IP address, or the token of a link."""


@dataclass
class Visitor:
    """A person with one request; each has another name and number."""

    number: int
    answers: dict[str, list[str]]
    kind: str
    patience: int
    """How often this visitor sends the form before giving up."""
    double_clicks: bool
    statuses: list[int | None] = field(default_factory=list)
    """The status of each response; None for one that never came."""

    @property
    def phone(self) -> str:
        """The number as it is stored, in E.164."""
        return f"+1312{2_000_000 + self.number}"

    @property
    def saw_success(self) -> bool:
        return any(status in SUCCESS for status in self.statuses)

    def request(self) -> dict[str, Any]:
        """Return the event of this visitor's form, the same each time."""
        address = f"198.51.{self.number // 250}.{self.number % 250}:40000"
        return submission(self.answers, self.kind, headers={"cloudfront-viewer-address": address})


def visitors(count: int, seed: str) -> Iterator[Visitor]:
    """Yield that many visitors; the same seed gives the same ones."""
    for number in range(count):
        random = Random(f"{seed} visitor {number}")
        conditions = random.sample(["trd", "suicidal-thoughts", "ptsd"], random.choice([0, 1, 1, 2]))
        yield Visitor(
            number,
            answers(
                name=f"Ada Quillfeather {number}",
                phone=f"(312) {200 + number // 10_000}-{number % 10_000:04}",
                conditions=conditions,
                leave_empty="a machine" if random.random() < 0.04 else "",
            ),
            kind=random.choice(["form", "json"]),
            patience=random.choice([1, 2, 3, 3]),
            double_clicks=random.random() < 0.05,
        )


@dataclass(frozen=True)
class PressedButton:
    """A button that a member of the staff pressed and saw accepted."""

    reference: str
    event: Event


BUTTONS = {
    "contacted": Event.CONTACTED,
    "no-answer": Event.NO_ANSWER,
    "not-a-lead": Event.NOT_A_LEAD,
    "release": Event.RELEASED,
}


def open_staff_page(token: str) -> dict[str, Any]:
    """Return the event of following a staff link."""
    return event("GET", f"/staff/leads/{token}", token=token)


def press_button(button: str, token: str) -> dict[str, Any]:
    """Return the event of pressing a button on a staff page."""
    headers = {"content-type": MEDIA_TYPES["form"]}
    return event("POST", f"/staff/leads/{token}", body=f"action={button}", token=token, headers=headers)
