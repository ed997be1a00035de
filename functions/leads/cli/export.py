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

Facts = dict[str, object]
"""One lead's facts by name: what JSON can hold."""

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
    "suspicion",
    "expires_at",
)

FORMULA = frozenset("=+-@\t\r\n\0")
"""What makes a spreadsheet compute a cell instead of showing it (OWASP, CSV injection)."""


def facts(lead: StoredLead, practice: Practice, now: dt.datetime) -> Facts:
    """Everything that the table holds about a lead, times in the practice's time zone."""

    def local(moment: dt.datetime | None) -> str | None:
        return moment.astimezone(practice.zone).isoformat(timespec="seconds") if moment else None

    answers = lead.lead
    return {
        "reference": lead.reference,
        "status": lead.status.value,
        "priority": lead.priority,
        "received_at": local(lead.received_at),
        "contact_by": local(lead.contact_by),
        "call_by": local(lead.call_by),
        "first_call_at": local(lead.first_call_at),
        "promise_kept": statistics.was_kept(lead, now),
        "no_answers": lead.no_answers,
        "name": answers.name,
        "phone": answers.phone.e164,
        "extension": answers.phone.extension,
        "typed": answers.phone.typed,
        "conditions": list(answers.conditions),
        "best_time": answers.best_time,
        "voicemail": answers.voicemail,
        "consent": answers.consent,
        "source": answers.source,
        "utm_source": answers.utm_source,
        "utm_medium": answers.utm_medium,
        "utm_campaign": answers.utm_campaign,
        "suspicion": lead.suspicion,
        "expires_at": local(lead.expires_at),
        "history": [{"at": local(entry.at), "event": entry.event.value} for entry in lead.history],
    }


def write_csv(rows: Iterable[Facts], file: TextIO) -> int:
    """A table with a heading, every cell quoted, none of them a formula. How many rows."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([harmless(_cell(row[name])) for name in COLUMNS])
        count += 1
    return count


def _cell(fact: object) -> str:
    if isinstance(fact, list):
        return "; ".join(fact)
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return "" if fact is None else str(fact)


def harmless(cell: str) -> str:
    """The cell with a leading apostrophe if a spreadsheet would take it for a formula.

    Also one behind blanks or in full-width characters: some spreadsheets drop the first and fold the second.
    """
    folded = unicodedata.normalize("NFKC", cell)
    starts = {folded[:1], folded.lstrip()[:1]}
    return f"'{cell}" if starts & FORMULA else cell


def write_json(rows: Iterable[Facts], file: TextIO) -> int:
    """One array with an object for each row, written as the rows come. How many."""
    count = 0
    for row in rows:
        file.write(("[\n" if not count else ",\n") + json.dumps(row))
        count += 1
    file.write("\n]\n" if count else "[]\n")
    return count
