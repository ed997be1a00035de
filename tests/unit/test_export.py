"""Leads as a spreadsheet or another program gets them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.cli import export
from leads.cli.export import ExportRow
from leads.domain.lifecycle import Event, StoredLead

from tests.support import factories


def facts(lead: StoredLead | None = None) -> ExportRow:
    return export.row(lead or factories.stored(), factories.SAMPLE, factories.TUESDAY)


def as_csv(*rows: ExportRow) -> str:
    file = io.StringIO(newline="")
    export.write_csv(rows, file)
    return file.getvalue()


def as_json(*rows: ExportRow) -> str:
    file = io.StringIO()
    export.write_json(rows, file)
    return file.getvalue()


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- Formulas ---


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "\0x",
        "  =1+1",
        "\u00a0=1",
        "\uff1d1+1",
        "\uff20x",
        "\uff0b1",
    ],
    ids=ascii,
)
def test_a_cell_that_a_spreadsheet_would_compute_begins_with_an_apostrophe(cell: str) -> None:
    assert export.escape_formula(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ada", "A=B", "1-2", "'x", "José", "#1", "😀"])
def test_any_other_cell_is_left_as_it_is(cell: str) -> None:
    assert export.escape_formula(cell) == cell


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert export.escape_formula(cell).lstrip()[:1] not in set("=+-@\t\r")


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example")', "@SUM(1)", "-Ada"])
def test_a_visitor_cannot_put_a_formula_into_the_spreadsheet(name: str) -> None:
    (row,) = cells(as_csv(facts(factories.stored(name=name))))
    assert row["name"] == f"'{name}"


def test_a_number_with_its_plus_is_no_formula_either() -> None:
    (row,) = cells(as_csv(facts()))
    assert row["phone"] == "'+13125550187"


# --- CSV ---


@pytest.mark.parametrize("name", ['Ada "the first" Lovelace', "Lovelace, Ada; Dr.", "José 王小明"])
def test_any_text_of_a_name_stays_in_its_cell(name: str) -> None:
    (row,) = cells(as_csv(facts(factories.stored(name=name))))
    assert row["name"] == name


def test_every_cell_is_quoted() -> None:
    lines = as_csv(facts()).splitlines()
    assert all(line.startswith('"') and line.count('"') == 2 * len(export.COLUMNS) for line in lines)


def test_lines_end_as_spreadsheets_expect() -> None:
    assert as_csv(facts()).count("\r\n") == 2


def test_without_leads_there_is_still_a_heading() -> None:
    assert as_csv() == ",".join(f'"{name}"' for name in export.COLUMNS) + "\r\n"


def test_several_conditions_share_a_cell() -> None:
    (row,) = cells(as_csv(facts(factories.stored(conditions=["trd", "ptsd"]))))
    assert row["conditions"] == "trd; ptsd"


def test_yes_and_no_are_words() -> None:
    (row,) = cells(as_csv(facts()))
    assert (row["voicemail"], row["priority"]) == ("yes", "no")


def test_what_is_not_known_is_an_empty_cell() -> None:
    (row,) = cells(as_csv(facts(factories.stored(utm_source=None))))
    assert row["utm_source"] == ""


def test_every_fact_but_the_history_has_a_column() -> None:
    assert set(export.COLUMNS) == set(facts()) - {"history"}


# --- JSON ---


def test_json_holds_every_fact() -> None:
    rows = [facts(), facts(factories.stored(name="Grace Hopper"))]
    assert json.loads(as_json(*rows)) == rows


def test_without_leads_the_json_is_an_empty_list() -> None:
    assert json.loads(as_json()) == []


def test_times_are_the_practices_own_with_their_offset() -> None:
    assert facts()["received_at"] == "2026-11-17T10:00:00-06:00"


def test_a_kept_promise_says_so() -> None:
    assert facts(factories.stored(Event.NOTIFIED, Event.CONTACTED))["promise_kept"] is True


def test_a_promise_that_may_still_be_kept_says_nothing() -> None:
    assert facts()["promise_kept"] is None


def test_the_history_is_in_order() -> None:
    history = facts(factories.stored(Event.NOTIFIED))["history"]
    assert history == [
        {"at": "2026-11-17T10:00:00-06:00", "event": "received"},
        {"at": "2026-11-17T10:01:00-06:00", "event": "staff notified"},
    ]


@pytest.mark.parametrize("write", [export.write_csv, export.write_json])
def test_rows_are_counted(write: type) -> None:
    assert write([facts(), facts()], io.StringIO()) == 2
