"""One line of the log with metrics, and one of an exception."""

from __future__ import annotations

import contextlib
import io
import re

from leads import log
from leads.domain.lifecycle import Event
from leads.services import follow_up

from tests.golden.today.items import LEADS

FAULT = compile("raise KeyError('Ada Lovelace')", "/var/task/leads/fault.py", "exec")
"""A fault whose file and line do not depend on where real code is."""


def texts() -> dict[str, str]:
    """Return each golden file as today's code writes it, with 0 for the time in milliseconds."""
    return {"log/metric.json": _without_time(_metric()), "log/exception.json": _without_time(_exception())}


def _metric() -> str:
    lead = LEADS["contacted"]
    with contextlib.redirect_stdout(io.StringIO()) as written:
        metrics = follow_up.metrics(lead, Event.CONTACTED)
        log.event(Event.CONTACTED.value, reference=lead.reference, outcome="done", metrics=metrics)
    return written.getvalue()


def _exception() -> str:
    try:
        exec(FAULT)
    except KeyError as error:
        with contextlib.redirect_stdout(io.StringIO()) as written:
            log.exception("failed", error, reference="7K2M-9QXA-T3VB")
    return written.getvalue()


def _without_time(line: str) -> str:
    return re.sub(r'(?<="Timestamp": )\d{13}(?=,)', "0", line)
