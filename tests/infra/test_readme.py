"""Compares README and documents with the code: commands, and the diagram of states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from leads.domain.lifecycle import OPEN, TRANSITIONS, Event, Status

from tests.infra.test_makefile import COMMANDS, GROUPS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])


def commands_in(text: str) -> set[str]:
    """Return the commands of `make` that a document names in code, in its lines or in blocks of their own."""
    named = re.findall(r"(?:`|^ {4}|^\$ )make((?: [a-z][a-z-]*)+)", text, re.MULTILINE)
    return {word for words in named for word in words.split()}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_document_names_only_commands_that_make_lists(file: Path) -> None:
    assert commands_in(file.read_text(encoding="utf-8")) - COMMANDS == set()


def test_the_readme_names_every_command_of_every_day_and_of_operation() -> None:
    assert {*GROUPS["Every day:"], *GROUPS["Operate:"]} <= commands_in(README)


def test_a_command_is_found_in_a_line_and_in_a_block() -> None:
    text = "Run `make build package` or\n\n    make publish DRY_RUN=1   # and make serve\n"
    assert commands_in(text) == {"build", "package", "publish"}


def _drawn_steps() -> set[tuple[Status, Event, Status]]:
    steps = re.findall(r"^\s+(\w+) --> (\w+): (.+)$", ARCHITECTURE, re.MULTILINE)
    return {
        (start, Event(event), Status(after.replace("_", " ")))
        for before, after, event in steps
        for start in (OPEN if before == "open" else [Status(before.replace("_", " "))])
    }


def test_the_diagram_shows_every_step_that_a_lead_can_take_and_no_other() -> None:
    # A failed e-mail changes no state: the diagram leaves it out.
    possible = {
        (before, event, after) for (before, event), after in TRANSITIONS.items() if event is not Event.SEND_FAILED
    }
    assert _drawn_steps() == possible
