"""Every five minutes: do what is due. The table says what; nothing else remembers."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from leads import duty, environment, journal, lifecycle, store
from leads.environment import Settings
from leads.practice import Practice
from leads.store import Leads, StaleError

SPARE_SECONDS = 10
"""What one lead may take at most; with less than that left, the rest waits for the next sweep."""


class Context(Protocol):
    """What of Lambda's context the sweep needs."""

    def get_remaining_time_in_millis(self) -> int: ...


def now() -> dt.datetime:
    """This moment, UTC."""
    return dt.datetime.now(dt.UTC)


def handler(event: object, context: Context) -> dict[str, int]:
    """How many leads were due and how many e-mails went out. One lead's failure does not stop the others."""
    settings = Settings.read()
    practice = environment.practice(settings)
    leads = Leads(settings.table, store.client())
    looked_at = sent = 0
    for reference in leads.due(now()):
        if context.get_remaining_time_in_millis() < SPARE_SECONDS * 1000:
            journal.record("sweep stopped", outcome="out of time, the next one goes on")
            break
        looked_at += 1
        sent += _attend(reference, leads, settings, practice)
    return {"due": looked_at, "sent": sent}


def _attend(reference: str, leads: Leads, settings: Settings, practice: Practice) -> bool:
    try:
        lead = leads.get(reference, now())
        action = lifecycle.next_action(lead, now())[0] if lead else None
        if lead is None or action is None:
            return False
        held = leads.change(lead, lifecycle.hold(lead, now()))
        return duty.perform(action, held, leads, practice, settings, now)
    except StaleError:  # another sweep or the staff were quicker
        return False
    except Exception as error:
        journal.failure("sweep failed for a lead", error, reference=reference)
        return False
