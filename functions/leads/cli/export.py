"""Leads as rows for a spreadsheet or another program."""

from __future__ import annotations

import csv
import datetime as dt
import json
import unicodedata
from collections.abc import Iterable
from typing import TextIO

from leads.domain import statistics
from leads.domain.lifecycle import StoredLead
from leads.domain.practice import Practice

ExportRow = dict[str, object]
"""One lead's values by column, as JSON can hold them."""

COLUMNS = (
    "reference",
    "status",
    "priority",
    "received_at",
    "contact_by",
    "call_by",
    "first_call_at",
    "promise_kept",
    "no_answers",
    "name",
    "phone",
    "extension",
    "typed",
    "conditions",
    "best_time",
    "voicemail",
    "consent",
    "source",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "review_reason",
    "expires_at",
)

ANSWERS = ("name", "best_time", "voicemail", "consent", "source", "utm_source", "utm_medium", "utm_campaign")
"""Columns that have the name of a field of the form, and its value."""

FORMULA = frozenset("=+-@\t\r\n\0")
"""First characters of a formula (OWASP, CSV injection)."""


def row(lead: StoredLead, practice: Practice, now: dt.datetime) -> ExportRow:
    """Return everything that the table holds about a lead; times in practice time."""

    def local(moment: dt.datetime | None) -> str | None:
        return moment.astimezone(practice.zone).isoformat(timespec="seconds") if moment else None

    answers = {name: getattr(lead.lead, name) for name in ANSWERS}
    values = {
        "reference": lead.reference,
        "status": lead.status.value,
        "priority": lead.priority,
        "received_at": local(lead.received_at),
        "contact_by": local(lead.contact_by),
        "call_by": local(lead.call_by),
        "first_call_at": local(lead.first_call_at),
        "promise_kept": statistics.was_kept(lead, now),
        "no_answers": lead.no_answers,
        **answers,
        "phone": lead.lead.phone.e164,
        "extension": lead.lead.phone.extension,
        "typed": lead.lead.phone.typed,
        "conditions": list(lead.lead.conditions),
        "review_reason": lead.review_reason,
        "expires_at": local(lead.expires_at),
    }
    history = [{"at": local(entry.at), "event": entry.event.value} for entry in lead.history]
    return {**{name: values[name] for name in COLUMNS}, "history": history}


def write_csv(rows: Iterable[ExportRow], file: TextIO) -> int:
    """Write a table with a heading, every cell quoted and none a formula. Return the number of rows."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    count = 0
    for values in rows:
        writer.writerow([escape_formula(_cell(values[name])) for name in COLUMNS])
        count += 1
    return count


def _cell(fact: object) -> str:
    if isinstance(fact, list):
        return "; ".join(fact)
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return "" if fact is None else str(fact)


def escape_formula(cell: str) -> str:
    """Return the cell, with a leading apostrophe if a spreadsheet would take it for a formula (OWASP, CSV injection).

    Blanks before a formula and full-width characters count too: some spreadsheets drop the first and fold the second.
    """
    folded = unicodedata.normalize("NFKC", cell)
    starts = {folded[:1], folded.lstrip()[:1]}
    return f"'{cell}" if starts & FORMULA else cell


def write_json(rows: Iterable[ExportRow], file: TextIO) -> int:
    """Write one JSON array with an object for each row, as the rows come. Return the number of rows."""
    count = 0
    for values in rows:
        file.write(("[\n" if not count else ",\n") + json.dumps(values))
        count += 1
    file.write("\n]\n" if count else "[]\n")
    return count
