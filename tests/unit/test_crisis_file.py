"""content/crisis-lines.toml: what it becomes, how its mistakes are explained, and when a row is too old."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from plugins.lint import crisis_file
from tests.support.factories import CRISIS_LINES, CRISIS_LINES_TOML

CONTENT = Path(__file__).parents[2] / "content"


def written(folder: Path, source: str = CRISIS_LINES_TOML) -> Path:
    path = folder / "crisis-lines.toml"
    path.write_text(source, encoding="utf-8")
    return path


def complaints(source: str, folder: Path) -> list[str]:
    path = written(folder, source)
    with pytest.raises(crisis_file.CrisisFileError) as caught:
        crisis_file.read(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def changed(old: str, new: str) -> str:
    assert CRISIS_LINES_TOML.count(old) == 1, f"{old!r} must be once in the sample"
    return CRISIS_LINES_TOML.replace(old, new)


def test_rows_are_found_by_their_country(tmp_path: Path) -> None:
    assert crisis_file.read(written(tmp_path))["US"].lines == CRISIS_LINES


def test_the_project_s_own_file_has_the_united_states_alone() -> None:
    assert list(crisis_file.read(CONTENT / crisis_file.NAME)) == ["US"]


MISTAKES = {
    "a missing source": (
        'veterans_source = "https://www.veteranscrisisline.net"\n',
        "",
        "1: crisis_lines.veterans_source: this is missing. Add a line “veterans_source = ...” under [crisis_lines].",
    ),
    "a misspelt key": (
        "veterans_key",
        "veteran_key",
        "13: crisis_lines.veteran_key: there is no such key. Write “veterans_key” if that is what you mean.",
    ),
    "a number with a space": (
        'emergency = "911"',
        'emergency = "9 11"',
        '5: crisis_lines.emergency: "9 11" cannot be dialled. Write the digits alone, in quotes, for example "116123".',
    ),
    "a number without quotes": (
        'emergency = "911"',
        "emergency = 911",
        "5: crisis_lines.emergency: this must be text. Write it in double quotes.",
    ),
    "a country in words": (
        'country = "US"',
        'country = "USA"',
        '2: crisis_lines.country: "USA" is not a country code. Write its two capital letters, for example "CA".',
    ),
    "a language in words": (
        '"es"]',
        '"Spanish"]',
        '4: crisis_lines.languages: "Spanish" is not a language. Write its two small letters, for example',
    ),
    "a chat without https": (
        "https://988lifeline.org/chat/",
        "988lifeline.org",
        '16: crisis_lines.chat_url: "988lifeline.org" is not the address of a page. Write all of it, for example',
    ),
    "text messages to another number": (
        'lifeline_text = "988"',
        'lifeline_text = "85258"',
        "8: crisis_lines.lifeline_text: this is another number than lifeline, but pages say “call or text” and one",
    ),
    "a day that is no day": (
        "checked_on = 2026-11-30",
        'checked_on = "soon"',
        '19: crisis_lines.checked_on: "soon" is not a day of the calendar. Write year-month-day, for example',
    ),
}


@pytest.mark.parametrize(("old", "new", "complaint"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_explained_with_its_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert any(line.startswith(complaint) for line in complaints(changed(old, new), tmp_path))


def test_a_country_with_two_rows_is_refused(tmp_path: Path) -> None:
    second = len(CRISIS_LINES_TOML.splitlines()) + 2
    expected = [f"{second}: crisis_lines.country: “US” has a row above. Keep one of them."]
    assert complaints(CRISIS_LINES_TOML * 2, tmp_path) == expected


@pytest.mark.parametrize(
    ("source", "wrong"), [("", "this is missing."), ("crisis_lines = []", "the list is empty.")], ids=["", "[]"]
)
def test_a_file_without_a_row_is_refused(tmp_path: Path, source: str, wrong: str) -> None:
    (complaint,) = complaints(source, tmp_path)
    assert complaint.startswith(f"1: crisis_lines: {wrong}")


def test_a_line_that_cannot_be_read_is_explained(tmp_path: Path) -> None:
    (complaint,) = complaints(changed('"911"', "911x"), tmp_path)
    assert complaint.startswith("5: this line cannot be read (")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(crisis_file.CrisisFileError, match=r"crisis-lines.toml:1: this file is missing. Put it back"):
        crisis_file.read(tmp_path / "crisis-lines.toml")


def test_a_row_that_was_checked_within_a_year_is_no_warning(tmp_path: Path) -> None:
    assert list(crisis_file.age_warnings(written(tmp_path), "US", dt.date(2027, 11, 30))) == []


def test_a_row_that_was_checked_more_than_a_year_ago_is_a_warning_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path)
    (warning,) = crisis_file.age_warnings(path, "US", dt.date(2027, 12, 1))
    assert str(warning) == (
        f"{path}:19: warning: the crisis lines were checked more than a year ago, on November 30, 2026. "
        "Compare each number with its source, and write the day into checked_on."
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call [988](tel:988) or 911.", ["988", "988", "911"]),
        ("Text 838255, day and night.", ["838255"]),
        ("https://988lifeline.org, 1,988 people, 911.5, 10.1000/988, 555-0911, 988-2", []),
    ],
)
def test_a_typed_crisis_number_is_found_and_no_other_number(text: str, found: list[str]) -> None:
    assert [match[0] for match in crisis_file.numbers(text, CRISIS_LINES.by_number)] == found
