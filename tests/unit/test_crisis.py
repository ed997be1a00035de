"""The crisis lines, and the places that repeat two of their numbers because they cannot read them."""

from __future__ import annotations

import re
from pathlib import Path

from plugins.lint import crisis_file

ROOT = Path(__file__).parents[2]
LINES = crisis_file.read(ROOT / "content" / crisis_file.NAME)["US"].lines
NUMBERS = re.compile(rf"(?<!\w)(?:{'|'.join(LINES.by_number)})(?!\w)")
CODE = sorted(
    path
    for folder in ("functions/leads", "plugins", "infra", "theme")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".css", ".html", ".js", ".py", ".txt"} and "compiled" not in path.parts
)


def test_an_answer_that_is_no_page_names_both_numbers_and_their_country() -> None:
    assert LINES.in_words == (
        "In crisis? Call or text 988 (Suicide & Crisis Lifeline, free, day and night). "
        "In immediate danger, call 911. These lines answer in the United States."
    )


def test_each_number_is_known_by_the_name_that_a_text_writes() -> None:
    assert LINES.by_number == {"838255": "veterans_text", "911": "emergency", "988": "lifeline"}


def test_no_template_script_or_code_has_a_number_of_its_own() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (*CODE, ROOT / "pelicanconf.py")}
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if NUMBERS.search(text)] == []


def test_the_firewall_s_answer_names_the_same_numbers() -> None:
    template = (ROOT / "infra/template.yaml").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"Too many requests came.*?\n\s*\w+:\n", template, re.DOTALL)
    assert re.findall(r"\b\d{3}\b", sentence) == [LINES.lifeline, LINES.emergency]


def test_the_interface_s_contract_asks_for_the_same_numbers() -> None:
    (pattern,) = re.findall(
        r'crisis: &crisis \{type: string, pattern: "(.*)"}', (ROOT / "infra/openapi.yaml").read_text()
    )
    assert re.findall(r"\d+", pattern) == [LINES.lifeline, LINES.emergency]
    assert re.search(pattern, LINES.in_words)


def test_the_front_desk_s_sheet_names_the_same_numbers() -> None:
    sheet = (ROOT / "docs/front-desk.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\*\*(\d{2,})\*\*", sheet)) == {LINES.lifeline, LINES.emergency}
