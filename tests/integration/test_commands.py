"""The `leads` command line: what staff type, what they read, and how it ends for a script."""

from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from leads.cli.commands import MARKS
from leads.domain import lifecycle
from leads.domain.lifecycle import OPEN, Event, Status, StoredLead
from leads.handlers.staff import BUTTONS

from tests.support import command_line, factories, fakes, zones
from tests.support.command_line import DONE, FAILED, NOT_FOUND, TOO_LATE, USAGE, Run
from tests.support.deployed import Clinic

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
from typing import TYPE_CHECKING

NOBODY = "0000-0000-0000"


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    with command_line.clinic(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def leads(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clinic: Clinic) -> Iterator[Run]:
    with command_line.runner(capsys, monkeypatch, clinic) as run:
        yield run


def kept(clinic: Clinic, *events: Event, **changes: Any) -> StoredLead:
    return clinic.keep(factories.stored(*events, **changes))


class DeadTable:
    """Answers nothing but errors."""

    def scan(self, **parameters: Any) -> None:
        raise fakes.aws_error("InternalServerError", "Scan")


def dead_table() -> DynamoDBClient:
    return cast("DynamoDBClient", DeadTable())


def now_in(clinic: Clinic, lead: StoredLead) -> StoredLead:
    current = clinic.table.get(lead.reference, clinic.clock())
    assert current is not None
    return current


# --- list ---


def test_the_list_shows_who_waits(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    out = leads("list").out
    assert all(word in out for word in (lead.reference, "Ada Lovelace", "(312) 555-0187", "Wed Nov 18, 10:00 AM"))


def test_the_list_says_in_which_zone_its_times_are(clinic: Clinic, leads: Run) -> None:
    kept(clinic)
    assert "When (Central Time)" in leads("list").out


def test_no_time_of_one_request_stands_without_its_zone(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic, Event.NO_ANSWER)
    assert not zones.times_without_zone(leads("show", lead.reference).out)


def test_the_next_deadline_comes_first(clinic: Clinic, leads: Run) -> None:
    later = kept(clinic)
    urgent = kept(clinic, conditions=["suicidal-thoughts"])
    assert [lead["reference"] for lead in leads("list", "--json").json] == [urgent.reference, later.reference]


def test_closed_requests_and_those_in_review_are_not_in_the_list(clinic: Clinic, leads: Run) -> None:
    kept(clinic, Event.CONTACTED)
    kept(clinic, name="Grace Hopper", review_reason="too fast")
    assert leads("list", "--json").json == []


def test_an_empty_list_says_so(leads: Run) -> None:
    assert leads("list").out == "Nobody waits for a call.\n"


def test_requests_in_review_are_listed_with_the_reason(clinic: Clinic, leads: Run) -> None:
    kept(clinic, review_reason="there is a web address in the name")
    assert "there is a web address in the name" in leads("list", "--review").out


def test_all_means_closed_ones_too_the_newest_first(clinic: Clinic, leads: Run) -> None:
    old = kept(clinic, Event.CONTACTED)
    new = kept(clinic, at=factories.moment("2026-11-18 09:00"))
    assert [lead["reference"] for lead in leads("list", "--all", "--json").json] == [new.reference, old.reference]


def test_two_lists_at_once_are_refused(leads: Run) -> None:
    assert leads("list", "--all", "--review").code == USAGE


def test_a_name_cannot_style_the_list(clinic: Clinic, leads: Run) -> None:
    kept(clinic, name="[red]Ada[/red]")
    assert "[red]Ada[/red]" in leads("list").out


def test_a_name_does_not_change_the_direction_of_its_line(clinic: Clinic, leads: Run) -> None:
    kept(clinic, name="Ada\u202elevol")
    assert "\u202e" not in leads("list").out


# --- show ---


def test_show_tells_everything_about_a_request(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic, Event.NOTIFIED)
    out = leads("show", lead.reference).out
    assert all(word in out for word in ("Treatment-resistant depression", "/guide/", "pinterest", "staff notified"))


def test_show_as_json_has_the_history(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic, Event.NOTIFIED)
    shown = leads("show", lead.reference, "--json").json
    assert [entry["event"] for entry in shown["history"]] == ["received", "staff notified"]


@pytest.mark.parametrize("typed", ["a1b0-c3d4-e5f6", "A1B0C3D4E5F6", " A1B0 C3D4 E5F6 ", "AlBO-c3d4-e5f6"])
def test_a_reference_is_understood_as_people_type_it(clinic: Clinic, leads: Run, typed: str) -> None:
    clinic.keep(replace(factories.stored(), fingerprint="A1B0C3D4E5F6" + 40 * "0"))
    assert leads("show", typed, "--json").json["reference"] == "A1B0-C3D4-E5F6"


@pytest.mark.parametrize("typed", ["", "A1B2", "A1B2-C3D4-E5F6-G7H8", "A1B2-C3D4-E5F!"])
def test_what_is_no_reference_is_refused_with_an_example(leads: Run, typed: str) -> None:
    ended = leads("show", typed)
    assert (ended.code, "A1B2-C3D4-E5F6" in ended.err) == (USAGE, True)


def test_a_request_that_is_not_there_is_not_found(leads: Run) -> None:
    assert leads("show", NOBODY).code == NOT_FOUND


def test_a_request_that_has_expired_is_not_found(clinic: Clinic, leads: Run) -> None:
    lead = clinic.keep(factories.stored(Event.CONTACTED))
    clinic.clock.advance(days=366)
    assert leads("show", lead.reference).code == NOT_FOUND


# --- What can be said about a request ---


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("contacted", Status.CONTACTED),
        ("no-answer", Status.TRY_AGAIN),
        ("not-a-lead", Status.NOT_A_LEAD),
        ("discard", Status.NOT_A_LEAD),
    ],
)
def test_an_open_request_is_marked(clinic: Clinic, leads: Run, command: str, status: Status) -> None:
    lead = kept(clinic, Event.NOTIFIED)
    leads(command, lead.reference)
    assert now_in(clinic, lead).status is status


@pytest.mark.parametrize(("command", "status"), [("release", Status.STORED), ("discard", Status.NOT_A_LEAD)])
def test_a_request_in_review_is_released_or_discarded(clinic: Clinic, leads: Run, command: str, status: Status) -> None:
    lead = kept(clinic, review_reason="too fast")
    leads(command, lead.reference)
    assert now_in(clinic, lead).status is status


def test_a_closed_request_is_opened_again(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic, Event.CONTACTED)
    leads("reopen", lead.reference)
    assert now_in(clinic, lead).status is Status.STORED


def test_a_mark_prints_the_request_as_it_is_now(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    assert leads("contacted", lead.reference, "--json").json["status"] == "contacted"


def test_a_mark_has_the_moment_of_the_command(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    clinic.clock.advance(hours=3)
    leads("contacted", lead.reference)
    assert now_in(clinic, lead).first_call_at == clinic.clock()


def test_what_cannot_happen_is_refused_and_says_what_can(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic, Event.CONTACTED)
    ended = leads("contacted", lead.reference)
    assert (ended.code, f"leads reopen {lead.reference}" in ended.err) == (FAILED, True)


def test_every_button_of_the_staff_page_is_a_command() -> None:
    assert {(button.value, button.event) for button in BUTTONS} <= {(name, event) for name, event, _ in MARKS}


def test_a_colleague_who_was_faster_wins(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)

    def act_first() -> None:
        clinic.dynamodb = dynamodb  # once
        clinic.table.change(lead, lifecycle.apply(lead, Event.NO_ANSWER, clinic.clock(), clinic.practice))

    dynamodb = clinic.dynamodb
    clinic.dynamodb = fakes.interfering(dynamodb, "put_item", before=act_first)
    ended = leads("contacted", lead.reference)
    assert (ended.code, "leads show" in ended.err) == (TOO_LATE, True)


# --- resend ---


@pytest.mark.parametrize("status", sorted(OPEN))
def test_an_open_requests_email_is_sent_again(clinic: Clinic, leads: Run, status: Status) -> None:
    lead = clinic.keep(factories.in_state(status))
    leads("resend", lead.reference)
    assert clinic.mailbox.only["To"] == "front-desk@lakeside.example"


def test_a_request_that_the_staff_had_never_heard_of_counts_as_notified(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    assert leads("resend", lead.reference, "--json").json["status"] == "notified"


def test_a_request_that_was_announced_is_not_changed_by_a_second_email(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic, Event.NOTIFIED)
    leads("resend", lead.reference)
    assert now_in(clinic, lead).version == lead.version


def test_the_sweep_does_not_send_what_was_just_sent(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    clinic.clock.advance(minutes=5)
    leads("resend", lead.reference)
    clinic.sweep()
    assert sum("Call back" in email["Subject"] for email in clinic.mailbox.emails) == 1


@pytest.mark.parametrize("events", [[Event.CONTACTED], [Event.NOT_A_LEAD]])
def test_nothing_is_sent_about_a_closed_request(clinic: Clinic, leads: Run, events: list[Event]) -> None:
    lead = kept(clinic, *events)
    assert (leads("resend", lead.reference).code, clinic.mailbox.calls) == (FAILED, [])


def test_an_email_that_was_not_taken_says_why(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    clinic.mailbox.refuse = fakes.aws_error("MessageRejected")
    ended = leads("resend", lead.reference)
    assert (ended.code, "MessageRejected" in ended.err) == (FAILED, True)


def test_a_first_email_that_was_not_taken_is_left_to_the_sweep(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    clinic.mailbox.refuse = fakes.aws_error("TooManyRequestsException")
    leads("resend", lead.reference)
    assert now_in(clinic, lead).next_at == clinic.clock() + lifecycle.LEASE


# --- erase ---


def test_erase_asks_before_it_deletes(clinic: Clinic, leads: Run) -> None:
    kept(clinic)
    assert "Delete 1 request (1 still waiting for a call)" in leads("erase", "3125550187", answers="n\n").err


def test_a_no_deletes_nothing(clinic: Clinic, leads: Run) -> None:
    kept(clinic)
    assert (leads("erase", "3125550187", answers="n\n").code, len(clinic.leads())) == (FAILED, 1)


def test_a_yes_deletes(clinic: Clinic, leads: Run) -> None:
    kept(clinic)
    assert (leads("erase", "3125550187", answers="y\n").code, clinic.leads()) == (DONE, [])


def test_without_a_terminal_nothing_is_deleted(clinic: Clinic, leads: Run) -> None:
    kept(clinic)
    ended = leads("erase", "3125550187")
    assert (ended.code, "--yes" in ended.err, len(clinic.leads())) == (FAILED, True, 1)


def test_a_script_says_yes_beforehand_and_gets_the_counts(clinic: Clinic, leads: Run) -> None:
    clinic.submit()
    clinic.sweep()
    leads("list")  # the handlers' log is not the command's output
    assert leads("erase", "(312) 555-0187", "--yes", "--json").json == {"leads": 1, "traces": 1}


@pytest.mark.parametrize(
    ("submitted", "erased"), [("0312 555 0187", "312 555 0187"), ("312 555 0187", "0312 555 0187")]
)
def test_erase_finds_a_number_with_and_without_a_zero_before_it(
    clinic: Clinic, leads: Run, submitted: str, erased: str
) -> None:
    clinic.submit(phone=submitted)
    clinic.sweep()
    leads("list")  # the handlers' log is not the command's output
    assert leads("erase", erased, "--yes", "--json").json == {"leads": 1, "traces": 1}


def test_erase_tells_what_it_cannot_reach(leads: Run) -> None:
    assert "E-mails" in leads("erase", "3125550187", "--yes").err


def test_erase_refuses_what_is_no_number(leads: Run) -> None:
    assert leads("erase", "Ada", "--yes").code == USAGE


def test_erase_needs_the_secret(leads: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADS_SECRET")
    ended = leads("erase", "3125550187", "--yes")
    assert (ended.code, "LEADS_SECRET" in ended.err) == (FAILED, True)


# --- export ---


def test_export_writes_a_spreadsheet_to_standard_output(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    (row,) = csv.DictReader(io.StringIO(leads("export").out))
    assert row["reference"] == lead.reference


def test_export_as_json_has_the_closed_ones_too(clinic: Clinic, leads: Run) -> None:
    kept(clinic, Event.CONTACTED)
    assert len(leads("export", "--json").json) == 1


def test_only_its_owner_may_read_an_export(clinic: Clinic, leads: Run, tmp_path: Path) -> None:
    leads("export", "-o", str(tmp_path / "leads.csv"))
    assert stat.S_IMODE((tmp_path / "leads.csv").stat().st_mode) == 0o600


def test_excel_sees_that_an_export_is_utf_8(clinic: Clinic, leads: Run, tmp_path: Path) -> None:
    leads("export", "-o", str(tmp_path / "leads.csv"))
    assert (tmp_path / "leads.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_files_name_may_ask_for_json(clinic: Clinic, leads: Run, tmp_path: Path) -> None:
    kept(clinic)
    leads("export", "-o", str(tmp_path / "leads.json"))
    assert len(json.loads((tmp_path / "leads.json").read_text())) == 1


def test_a_file_is_not_replaced_unasked(leads: Run, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("precious")
    leads("export", "-o", str(tmp_path / "leads.csv"))
    assert (tmp_path / "leads.csv").read_text() == "precious"


def test_an_export_that_fails_leaves_nothing_behind(clinic: Clinic, leads: Run, tmp_path: Path) -> None:
    clinic.dynamodb = dead_table()
    folder = tmp_path / "exports"
    folder.mkdir()
    leads("export", "-o", str(folder / "leads.csv"))
    assert list(folder.iterdir()) == []


def test_a_file_that_cannot_be_written_is_explained_in_a_sentence(leads: Run, tmp_path: Path) -> None:
    ended = leads("export", "-o", str(tmp_path / "missing" / "leads.csv"))
    assert (ended.code, ended.err.count("\n"), "No such file" in ended.err) == (FAILED, 1, True)


# --- report ---


def test_the_report_is_a_file(clinic: Clinic, leads: Run, tmp_path: Path) -> None:
    kept(clinic)
    leads("report", "-o", str(tmp_path / "report.html"))
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_report_is_named_after_the_day(
    clinic: Clinic, leads: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    leads("report")
    assert (tmp_path / "leads-2026-11-17.html").exists()


def test_the_reports_numbers_come_as_json(clinic: Clinic, leads: Run) -> None:
    kept(clinic, Event.CONTACTED)
    assert leads("report", "--json").json["percent"] == 100


def test_the_reports_numbers_can_go_to_a_file(leads: Run, tmp_path: Path) -> None:
    leads("report", "--json", "-o", str(tmp_path / "report.json"))
    assert json.loads((tmp_path / "report.json").read_text())["requests"] == 0


def test_the_report_goes_back_as_many_weeks_as_asked(leads: Run) -> None:
    assert [week["name"] for week in leads("report", "--weeks", "2", "--json").json["weeks"]] == [
        "2026-11-09",
        "2026-11-16",
    ]


def test_an_error_of_dynamodb_is_explained_in_a_sentence(clinic: Clinic, leads: Run) -> None:
    clinic.dynamodb = dead_table()
    ended = leads("list", "--all")
    assert (ended.code, ended.err) == (FAILED, "AWS did not do it (InternalServerError). Try again in a minute.\n")


def damaged(clinic: Clinic) -> StoredLead:
    lead = kept(clinic, name="Grace Hopper")
    clinic.dynamodb.update_item(
        TableName="leads", Key={"reference": {"S": lead.reference}}, UpdateExpression="REMOVE received_at"
    )
    return lead


@pytest.mark.parametrize("arguments", [["list"], ["list", "--all"], ["export"]], ids=" ".join)
def test_a_damaged_request_hides_no_other(clinic: Clinic, leads: Run, arguments: list[str]) -> None:
    fine, broken = kept(clinic), damaged(clinic)
    ended = leads(*arguments, "--json")
    assert [lead["reference"] for lead in ended.json] == [fine.reference]
    assert ended.err == f"{broken.reference} is damaged and left out: see what the table holds under it.\n"


@pytest.mark.parametrize("arguments", [["list"], ["list", "--all"], ["export"]], ids=" ".join)
@pytest.mark.parametrize("name", ["history", "lead", "expires_at", "version"])
def test_a_request_with_an_attribute_of_a_wrong_type_hides_no_other(
    clinic: Clinic, leads: Run, arguments: list[str], name: str
) -> None:
    fine, broken = kept(clinic), kept(clinic, name="Grace Hopper")
    item = clinic.dynamodb.get_item(TableName="leads", Key={"reference": {"S": broken.reference}})["Item"]
    clinic.dynamodb.put_item(TableName="leads", Item={**item, name: {"NS": ["1.5"]}})
    ended = leads(*arguments, "--json")
    assert [lead["reference"] for lead in ended.json] == [fine.reference]
    assert ended.err == f"{broken.reference} is damaged and left out: see what the table holds under it.\n"


@pytest.mark.parametrize("command", ["show", "contacted", "resend"])
def test_a_damaged_request_is_explained_in_a_sentence(clinic: Clinic, leads: Run, command: str) -> None:
    lead = damaged(clinic)
    ended = leads(command, lead.reference)
    sentence = f"{lead.reference} is damaged: see what the table holds under it. Nothing was changed.\n"
    assert (ended.code, ended.out, ended.err) == (FAILED, "", sentence)


def test_a_damaged_request_is_erased_with_its_number(clinic: Clinic, leads: Run) -> None:
    damaged(clinic)
    assert leads("erase", "(312) 555-0187", "--yes", "--json").json["leads"] == 1


def test_a_sweep_between_reading_and_writing_refuses_no_mark(clinic: Clinic, leads: Run) -> None:
    lead, table = kept(clinic, Event.NOTIFIED), clinic.table

    def the_sweep() -> None:
        current = table.get(lead.reference, clinic.clock())
        if current and current.version == 0:
            table.change(current, lifecycle.lease(current, clinic.clock()))

    clinic.dynamodb = fakes.interfering(table.dynamodb, "put_item", before=the_sweep)
    assert leads("contacted", lead.reference, "--json").json["status"] == "contacted"


# --- The house ---


def test_standard_output_is_only_what_scripts_read(clinic: Clinic, leads: Run) -> None:
    lead = kept(clinic)
    assert leads("resend", lead.reference, "--json").json["reference"] == lead.reference


@pytest.mark.parametrize("arguments", [["nonsense"], ["list", "--nonsense"], ["show"], []])
def test_wrong_usage_has_its_own_exit_code(leads: Run, arguments: list[str]) -> None:
    assert leads(*arguments).code == USAGE


@pytest.mark.parametrize("handler", ["capture", "staff", "sweep"])
def test_no_handler_imports_the_command_line(handler: str) -> None:
    names = "'typer', 'rich', 'leads.cli', 'leads.cli.export', 'leads.domain.report', 'leads.services.erasure'"
    code = f"import sys, leads.handlers.{handler}; sys.exit(any(name in sys.modules for name in ({names})))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_package_itself_is_a_command() -> None:
    shown = subprocess.run([sys.executable, "-m", "leads", "--help"], capture_output=True, encoding="utf-8", check=True)
    assert "Exit codes" in shown.stdout
