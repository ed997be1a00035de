"""The commands of `leads`."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer
from rich.text import Text

from leads.aws import dynamodb
from leads.cli import atomic_write, export, report_page, target, version, view
from leads.cli.errors import EXPECTED, CommandError, ExitCode, explain
from leads.cli.target import Target
from leads.cli.view import View
from leads.domain import lifecycle, report
from leads.domain.errors import StaleError
from leads.domain.lifecycle import TRANSITIONS, Action, Event, Status, StoredLead, TransitionError
from leads.services import erasure, follow_up
from leads.wiring import Wiring

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def main(arguments: Sequence[str] | None = None, wiring: Wiring | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 refused or failed, 2 wrong usage, 3 not found, 4 a colleague was faster."""
    try:
        app(arguments, prog_name="leads", obj=wiring or _wiring())
    except CommandError as error:
        _exit(error)
    except EXPECTED as error:
        _exit(explain(error))
    raise AssertionError("Typer exits")


def _wiring() -> Wiring:
    return Wiring(dynamodb=lambda: dynamodb.client(connect_timeout=3))  # seconds: from anywhere in the world


def _exit(error: CommandError) -> NoReturn:
    view.messages.print(Text(f"{error}"), style="red", soft_wrap=True)
    sys.exit(error.code)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leads {version.described()}")
        raise typer.Exit


@app.callback(epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not found, 4 a colleague was faster.")
def start(
    context: typer.Context,
    stack: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Work on this CloudFormation stack in the AWS account and region that you are signed in to.",
        ),
    ] = None,
    local: Annotated[bool, typer.Option("--local", help="Work on what `make serve` runs on this machine.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print version and commit.")
    ] = False,
) -> None:
    """List and change requests for a call, and report how the promise was kept.

    Works on the table that the environment names (LEADS_TABLE, and a region for AWS), on a stack, or on
    this machine. Without any of these: on this machine, if `make serve` runs.
    """
    context.obj = Target(target.target_environment(stack, local=local), context.obj)


def _reference(typed: str) -> str:
    """Return the reference as it is stored: A1B2-C3D4-E5F6. I and L are read as 1, O as 0 (Crockford's base 32)."""
    letters = re.sub(r"[\s-]", "", typed).upper().translate(str.maketrans("ILO", "110"))
    if not re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{12}", letters):
        raise typer.BadParameter(f"“{typed}” is no reference: it has 12 letters and digits, like A1B2-C3D4-E5F6.")
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


Reference = Annotated[
    str,
    typer.Argument(parser=_reference, metavar="REF", help="As in the e-mail; small letters and no dashes are fine."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_leads(
    context: typer.Context,
    review: Annotated[bool, typer.Option("--review", help="Only those that may not be people.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too, the newest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List who waits for a call, the next deadline first."""
    if review and everything:
        raise CommandError("Say --review or --all, not both.", ExitCode.USAGE)
    here = _target(context)
    now = here.now()
    if everything:
        _print_list(here, _everything(here, now), "All requests", "There is no request.", as_json)
    elif review:
        found = list(here.leads.in_review(now))
        _print_list(here, found, "To look at: release it, or discard it", "Nothing waits for review.", as_json)
    else:
        _print_list(here, here.leads.open(now), "To call", "Nobody waits for a call.", as_json)


def _everything(here: Target, now: dt.datetime) -> list[StoredLead]:
    found = view.with_progress(here.leads.everything(now), "Reading the table")
    return sorted(found, key=lambda lead: lead.received_at, reverse=True)


def _print_list(here: Target, leads: Sequence[StoredLead], title: str, nothing: str, as_json: bool) -> None:
    now = here.now()
    if as_json:
        _print_json([export.row(lead, here.practice, now) for lead in leads])
    elif leads:
        view.output.print(View(here.practice, now).table(leads, f"{title} ({len(leads)})"))
    else:
        view.output.print(nothing)


@app.command()
def show(context: typer.Context, reference: Reference, as_json: AsJson = False) -> None:
    """Show everything about one request, and its history."""
    here = _target(context)
    _print_lead(here, _find(here, reference), as_json)


MARKS = (
    ("contacted", Event.CONTACTED, "A colleague has spoken with the person."),
    ("no-answer", Event.NO_ANSWER, "Called without an answer: try again in the next half-day."),
    ("not-a-lead", Event.NOT_A_LEAD, "This person does not want a call: close it."),
    ("discard", Event.NOT_A_LEAD, "The same as not-a-lead, for what waits for review."),
    ("release", Event.RELEASED, "It is a person after all: the staff get an e-mail; the promise stays as it was."),
    ("reopen", Event.REOPENED, "It was closed by mistake: the staff get an e-mail; the promise stays as it was."),
)
"""The commands that record an event."""


def _add_mark(name: str, event: Event, purpose: str) -> None:
    @app.command(name, help=purpose)
    def mark(context: typer.Context, reference: Reference, as_json: AsJson = False) -> None:
        here = _target(context)
        before = _find(here, reference)
        try:
            after = follow_up.record_staff_action(before, event, here.leads, here.practice, here.now)
        except TransitionError:
            raise CommandError(f"{reference} is “{before.status}”: nothing was changed. {_possible(before)}") from None
        _print_lead(here, after, as_json)


for _name, _event, _purpose in MARKS:
    _add_mark(_name, _event, _purpose)


def _possible(lead: StoredLead) -> str:
    names = [f"`leads {name} {lead.reference}`" for name, event, _ in MARKS if (lead.status, event) in TRANSITIONS]
    return f"Possible now: {', '.join(names)}."


@app.command()
def resend(context: typer.Context, reference: Reference, as_json: AsJson = False) -> None:
    """Send the staff the e-mail about an open request again."""
    here = _target(context)
    lead = _find(here, reference)
    if not lead.is_open:
        raise CommandError(f"{reference} is “{lead.status}”: nothing was sent. {_possible(lead)}")
    _print_lead(here, _send_again(here, lead), as_json)
    view.messages.print(f"Sent to {', '.join(here.staffed_practice.front_desk)}.", soft_wrap=True)


def _send_again(here: Target, lead: StoredLead) -> StoredLead:
    """Send the e-mail and return the lead. A first e-mail is recorded, as the sweep does."""
    is_first = lead.status is Status.STORED
    if is_first:
        lead = here.leads.change(lead, lifecycle.lease(lead, here.now()))
    here.mailer.send_one(Action.NOTIFY, replace(lead, failures=0), here.now())  # one try: a person is waiting
    if is_first:
        with suppress(StaleError):  # a colleague acted while the e-mail was on its way: their change stays
            lead = here.leads.change(lead, lifecycle.apply(lead, Event.NOTIFIED, here.now(), here.practice))
    return lead


@app.command()
def erase(
    context: typer.Context,
    phone: Annotated[str, typer.Argument(help="In any format; in quotes, if it has blanks.")],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Delete every request of a number, and every trace of it in the table, for good."""
    here = _target(context)
    e164 = _number(phone, here)
    traces = erasure.traces(e164, here.now(), here.settings)
    found = list(view.with_progress(here.leads.of_number(e164), "Reading the table"))
    _ask(_question(e164, found, here), yes=yes)
    references = view.with_progress([reference for reference, _ in found], "Erasing")
    erased = erasure.erase(references, traces, here.leads)
    if as_json:
        _print_json(asdict(erased))
    else:
        view.output.print(f"Erased: {_counted(erased.leads, 'request')}, {_counted(erased.traces, 'trace')}.")
        view.messages.print(LEFT, style=view.QUIET, soft_wrap=True)


def _number(typed: str, here: Target) -> str:
    try:
        return erasure.number(typed, here.practice)
    except erasure.NotANumberError:
        raise CommandError("That is no phone number: give it with its area code.", ExitCode.USAGE) from None


LEFT = "E-mails and exports that hold the number are not erased by this. Backups forget it within 35 days."


def _question(e164: str, found: Sequence[tuple[str, bool]], here: Target) -> str:
    still_open = sum(is_open for _, is_open in found)
    waiting = f" ({still_open} still waiting for a call)" if still_open else ""
    return f"Delete {_counted(len(found), 'request')}{waiting} and every trace of {e164} from {here}, for good?"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _ask(question: str, *, yes: bool) -> None:
    """Ask, and raise CommandError unless the answer is yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("This is no terminal, so nothing can be asked: say --yes. Nothing was changed.")
    if not typer.confirm(question, err=True):
        raise CommandError("Nothing was changed.")


Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file.")]


@app.command("export")
def export_leads(context: typer.Context, to: Output = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Export all requests as CSV for a spreadsheet; as JSON with --json, or if FILE ends in .json."""
    here = _target(context)
    as_json = as_json or (to is not None and to.suffix == ".json")
    if to is None:
        _export(here, sys.stdout, as_json)
        return
    _ask_before_replacing(to, yes=yes)
    with atomic_write.atomic_write(
        to, "utf-8" if as_json else "utf-8-sig"
    ) as file:  # Excel takes CSV without the mark for Latin-1
        count = _export(here, file, as_json)
    message = f"{_counted(count, 'request')} in {to}. It holds names and numbers: delete it after use."
    view.messages.print(message, soft_wrap=True)


def _export(here: Target, file: TextIO, as_json: bool) -> int:
    now = here.now()
    leads = here.leads.everything(now)
    shown: Iterable[StoredLead] = leads if file.isatty() else view.with_progress(leads, "Exporting")
    rows = (export.row(lead, here.practice, now) for lead in shown)
    return export.write_json(rows, file) if as_json else export.write_csv(rows, file)


def _ask_before_replacing(path: Path, *, yes: bool) -> None:
    if path.exists():
        _ask(f"Replace {path}?", yes=yes)


@app.command("report")
def report_on_leads(
    context: typer.Context,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many weeks, with the current one.")] = 12,
    to: Output = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Report how the promise was kept, without a name: one HTML page that needs nothing else."""
    here = _target(context)
    if as_json and to is None:
        _print_json(_report(here, weeks).as_dict())
        return
    path = to or Path(f"leads-{here.now().astimezone(here.practice.zone).date()}.html")
    _ask_before_replacing(path, yes=yes)
    made = _report(here, weeks)
    with atomic_write.atomic_write(path) as file:
        file.write(json.dumps(made.as_dict(), indent=2) if as_json else report_page.page(made, here.practice))
    view.messages.print(f"The report is in {path}.", soft_wrap=True)


def _report(here: Target, weeks: int) -> report.Report:
    now = here.now()
    leads = view.with_progress(here.leads.everything(now), "Reading the table")
    return report.summarize(leads, report.first_day(weeks, now, here.practice), now, here.practice)


def _target(context: typer.Context) -> Target:
    here: Target = context.obj
    return here


def _find(here: Target, reference: str) -> StoredLead:
    lead = here.leads.get(reference, here.now())
    if lead is None:
        message = f"There is no request {reference} in {here}. It may have been deleted after the time we keep them."
        raise CommandError(message, ExitCode.NOT_FOUND)
    return lead


def _print_lead(here: Target, lead: StoredLead, as_json: bool) -> None:
    now = here.now()
    if as_json:
        _print_json(export.row(lead, here.practice, now))
    else:
        view.output.print(View(here.practice, now).card(lead))


def _print_json(facts: object) -> None:
    typer.echo(json.dumps(facts, indent=2))
