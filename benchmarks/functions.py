"""The Lambda functions as infra/template.yaml deploys them: memory, processor, timeout."""

from __future__ import annotations

import datetime as dt

from infra.template import functions, load

CAPTURE, STAFF, SWEEP = (f"leads.handlers.{name}.handler" for name in ("capture", "staff", "sweep"))

FULL_PROCESSOR = 1_769
"""Megabytes of memory that come with one whole processor (Lambda's developer guide, Configuring memory)."""

DEPLOYED = functions(load())


def memory(handler: str) -> int:
    """Return the function's megabytes."""
    return int(DEPLOYED[handler]["MemorySize"])


def processor(handler: str) -> float:
    """Return the share of a processor with which one thread runs in INVOKE; INIT has a whole one."""
    return min(memory(handler) / FULL_PROCESSOR, 1.0)


def timeout(handler: str) -> dt.timedelta:
    """Return the time after which Lambda stops the function."""
    return dt.timedelta(seconds=DEPLOYED[handler]["Timeout"])
