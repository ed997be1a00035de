"""Leads for reports, and the reports about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from leads.cli import report_page
from leads.domain import lifecycle, report
from leads.domain.lifecycle import Event, StoredLead
from leads.domain.report import Report

from tests.support import factories

NOW = factories.moment("2026-11-20 12:00")
"""A Friday."""


def called_after(hours: float, *, at: dt.datetime = factories.TUESDAY, **changes: Any) -> StoredLead:
    """Return a lead that was called after so many hours, by the clock."""
    lead = factories.stored(Event.NOTIFIED, at=at, **changes)
    return lifecycle.apply(lead, Event.CONTACTED, at + dt.timedelta(hours=hours), factories.SAMPLE)


def report_of(*leads: StoredLead, weeks: int = 2, now: dt.datetime = NOW) -> Report:
    """Return the report of these leads."""
    return report.summarize(leads, report.first_day(weeks, now, factories.SAMPLE), now, factories.SAMPLE)


A_FEW = (
    called_after(3),
    called_after(30, name="Grace Hopper", conditions=["suicidal-thoughts"]),
    factories.stored(Event.NOTIFIED, at=NOW, utm_source=None),
)


def page_of(*leads: StoredLead, weeks: int = 2) -> str:
    """Return the report's page about these leads."""
    return report_page.page(report_of(*leads, weeks=weeks), factories.SAMPLE)
