"""Leads in the terminal, for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from leads.domain import duration, promise
from leads.domain.lead import BEST_TIMES
from leads.domain.lifecycle import CALL_EVENTS, Status, StoredLead
from leads.domain.practice import Practice, twelve_hour
from leads.domain.text import visible

Item = TypeVar("Item")

output = Console(highlight=False)
messages = Console(stderr=True, highlight=False)
"""Questions, progress and errors: a script that reads the output must not get them."""

LATE, SOON, CALM, QUIET = "bold red", "yellow", "green", "dim"


@dataclass(frozen=True)
class View:
    """Leads at one moment, with the practice's labels and in practice time."""

    practice: Practice
    now: dt.datetime

    def table(self, leads: Sequence[StoredLead], title: str) -> Table:
        """Return many leads, two lines each, so that they fit a narrow window."""
        table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
        table.add_column("Request", no_wrap=True)
        table.add_column(f"When ({self.practice.time_zone_name})")
        table.add_column("Person")
        for lead in leads:
            table.add_row(self._request(lead), self._when(lead), _person(lead))
            table.add_section()
        return table

    def _request(self, lead: StoredLead) -> Text:
        text = Text(lead.reference, style="bold").append(f"\n{lead.status}", style="not bold")
        return text.append("  priority", style="bold magenta") if lead.priority else text

    def _when(self, lead: StoredLead) -> Text:
        if lead.is_open:
            return Text(f"by {self._clock(lead.call_by)}").append_text(Text("\n")).append_text(self.remaining(lead))
        if lead.status is Status.IN_REVIEW:
            return Text(self._clock(lead.received_at)).append(f"\n{lead.review_reason}", style=QUIET)
        return Text(self._clock(lead.received_at)).append(f"\nclosed {self._clock(lead.history[-1].at)}", style=QUIET)

    def remaining(self, lead: StoredLead) -> Text:
        """Return the time left for the call: red once it is over, yellow from the reminder on."""
        left = lead.call_by - self.now
        if left < dt.timedelta():
            return Text(f"{duration.in_words(left)} late", style=LATE)
        remind_at = promise.before(lead.call_by, self.practice.promise.reminder_hours, self.practice)
        return Text(f"{duration.in_words(left)} left", style=SOON if self.now >= remind_at else CALM)

    def at(self, moment: dt.datetime) -> str:
        """Return the moment in practice time with its zone: Tue Nov 24, 5:00 PM Central Time."""
        return f"{self._clock(moment)} {self.practice.time_zone_name}"

    def _clock(self, moment: dt.datetime) -> str:
        """Return the moment without its zone; with its year if that is not the current one."""
        local = moment.astimezone(self.practice.zone)
        year = "" if local.year == self.now.astimezone(self.practice.zone).year else f" {local.year}"
        return f"{local:%a} {local:%b} {local.day}{year}, {twelve_hour(local.time())}"

    def card(self, lead: StoredLead) -> Table:
        """Return everything about one lead."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style=QUIET, no_wrap=True)
        grid.add_column()
        for label, value in self._facts(lead):
            grid.add_row(label, value if isinstance(value, Text) else Text(visible(value)))
        grid.add_row()
        for number, entry in enumerate(lead.history):
            called = "bold" if entry.event in CALL_EVENTS else ""
            grid.add_row("History" if not number else "", Text(f"{self.at(entry.at)}  {entry.event}", style=called))
        return grid

    def _facts(self, lead: StoredLead) -> Iterable[tuple[str, str | Text]]:
        answers = lead.lead
        yield "Request", self._request(lead)
        if lead.is_open:
            yield "Call by", Text(f"{self.at(lead.call_by)}  ").append_text(self.remaining(lead))
        if lead.review_reason:
            yield "To review", Text(lead.review_reason, style=SOON)
        yield "Name", answers.name
        yield "Phone", f"{answers.phone.display}  (typed: {answers.phone.typed})"
        yield "To talk about", ", ".join(self.practice.condition_labels(answers.conditions)) or "nothing ticked"
        yield "Best time", dict(BEST_TIMES).get(answers.best_time, answers.best_time)
        yield "Voicemail", "may be left" if answers.voicemail else "do not leave one"
        yield "Read on", answers.source or "not known"
        yield "Came from", answers.utm_source or "directly, or not known"
        yield "Consent text", answers.consent or "not known"
        yield "Deleted on", self.at(lead.expires_at) if lead.expires_at else "not before it is closed"


def _person(lead: StoredLead) -> Text:
    return Text(visible(f"{lead.lead.name}")).append(f"\n{lead.lead.phone.display}")


def with_progress(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Yield `items`, with a progress bar on standard error if that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}"))
    # Not redirected: what goes to standard output is the result, not a message.
    with Progress(
        *columns,
        console=messages,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not messages.is_terminal,
    ) as progress:
        yield from progress.track(items, description=what)
