"""Tests that the README's diagram shows the same states and transitions as the code."""

from __future__ import annotations

import re
from pathlib import Path

from leads.domain.lifecycle import OPEN, TRANSITIONS, Event, Status

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _drawn_steps() -> set[tuple[Status, Event, Status]]:
    steps = re.findall(r"^\s+(\w+) --> (\w+): (.+)$", README, re.MULTILINE)
    return {
        (start, Event(event), Status(after.replace("_", " ")))
        for before, after, event in steps
        for start in (OPEN if before == "open" else [Status(before.replace("_", " "))])
    }


def test_the_diagram_shows_every_step_that_a_lead_can_take_and_no_other() -> None:
    # A failed e-mail changes no state, so the diagram leaves it out.
    possible = {
        (before, event, after) for (before, event), after in TRANSITIONS.items() if event is not Event.SEND_FAILED
    }
    assert _drawn_steps() == possible
