"""The crisis lines, and the places that repeat them because they cannot read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from leads.domain import crisis

ROOT = Path(__file__).parents[2]
LINES = crisis.LINES
NUMBERS = (LINES.lifeline, LINES.emergency, LINES.veterans_text)
FOLDERS = (ROOT / "theme/templates", *(ROOT / "functions/leads").rglob("templates"))
TEMPLATES = sorted(file for folder in FOLDERS for file in folder.rglob("*.*"))


def test_an_answer_that_is_no_page_names_both_numbers_and_their_country() -> None:
    assert crisis.IN_WORDS == (
        "In crisis? Call or text 988 (Suicide & Crisis Lifeline, free, day and night). "
        "In immediate danger, call 911. These lines answer in the United States."
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_has_a_number_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert [number for number in NUMBERS if re.search(rf"\b{number}", text)] == []


def test_the_firewall_s_answer_names_the_same_numbers() -> None:
    template = (ROOT / "infra/template.yaml").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"Too many requests came.*?\n\s*\w+:\n", template, re.DOTALL)
    assert re.findall(r"\b\d{3}\b", sentence) == [LINES.lifeline, LINES.emergency]


def test_the_interface_s_contract_asks_for_the_same_numbers() -> None:
    (pattern,) = re.findall(
        r'crisis: &crisis \{type: string, pattern: "(.*)"}', (ROOT / "infra/openapi.yaml").read_text()
    )
    assert re.findall(r"\d+", pattern) == [LINES.lifeline, LINES.emergency]
    assert re.search(pattern, crisis.IN_WORDS)


def test_the_message_about_another_country_names_the_same_numbers() -> None:
    source = (ROOT / "plugins/lint/practice_file.py").read_text(encoding="utf-8")
    assert f"({LINES.lifeline} and {LINES.emergency})" in source
