"""Doing what the lifecycle asks for a lead: take hold of it, send the e-mail, note that it was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from leads import journal, lifecycle, mail
from leads.environment import Settings
from leads.lifecycle import DONE, Action, Event, StoredLead
from leads.practice import Practice
from leads.store import Leads, StaleError

Clock = Callable[[], dt.datetime]

MOST_TRIES = 5
"""How often a change is put on top of somebody else's before giving up; each loser means one winner."""


def perform(
    action: Action, lead: StoredLead, leads: Leads, practice: Practice, settings: Settings, clock: Clock
) -> bool:
    """Send the e-mail for a lead that the caller holds, and note how it went. Whether it was sent."""
    try:
        mail.send(mail.compose(action, lead, practice, settings, clock()), settings)
    except mail.MailError as error:
        journal.record(f"{action} failed", reference=lead.reference, outcome=str(error))
        note(lead, Event.SEND_FAILED, leads, practice, clock())
        return False
    note(lead, DONE[action], leads, practice, clock())
    journal.record(DONE[action], reference=lead.reference)
    return True


def note(lead: StoredLead, event: Event, leads: Leads, practice: Practice, now: dt.datetime) -> StoredLead:
    """Put the event into the lead's history, also if somebody changed the lead meanwhile.

    Staff may mark a lead as contacted while its e-mail is on the way: then theirs stands, and nothing
    is left to note.
    """
    for _ in range(MOST_TRIES):
        try:
            return leads.change(lead, lifecycle.apply(lead, event, now, practice))
        except StaleError:
            current = leads.get(lead.reference, now)
            if current is None or current.status is not lead.status:
                return current or lead
            lead = current
    raise StaleError(f"{lead.reference} keeps changing")
