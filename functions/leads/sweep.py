"""Every five minutes: do what is due. The table says what; nothing else remembers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Protocol

from leads import clock, digest, dynamo, environment, journal, lifecycle
from leads.duty import Desk
from leads.environment import Settings
from leads.lifecycle import Action, StoredLead
from leads.store import Leads, StaleError

SPARE_MILLISECONDS = 20_000
"""What one batch may take at most; with less than that left, the rest waits for the next sweep."""

BATCH = 200
"""Leads held at once: few enough to be sent and noted well within one lease."""


class Context(Protocol):
    """What of Lambda's context the sweep needs."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda kills the function."""


def handler(event: object, context: Context) -> dict[str, int]:
    """How many leads were due and for how many an e-mail went out. One lead's failure does not stop the others."""
    settings = Settings.read()
    desk = Desk(Leads(settings.table, dynamo.client()), environment.practice(settings), settings, clock.now)
    due = desk.leads.due(clock.now())
    looked_at = sent = 0
    while _has_time(context) and (batch := list(islice(due, BATCH))):
        looked_at += len(batch)
        sent += _attend(batch, desk)
    for last in (_report_unsent, _send_digest):
        _unless_it_fails(last, desk)
    return {"due": looked_at, "sent": sent}


def _has_time(context: Context) -> bool:
    return context.get_remaining_time_in_millis() >= SPARE_MILLISECONDS


def _attend(references: Iterable[str], desk: Desk) -> int:
    """Take hold of the leads, then do what each asks for, those with priority apart from the rest."""
    held: dict[tuple[bool, Action], list[StoredLead]] = defaultdict(list)
    for reference in references:
        taken = _hold(reference, desk)
        if taken:
            action, lead = taken
            held[not lead.priority, action].append(lead)
    return sum(desk.perform(action, held[urgency, action]) for urgency, action in sorted(held))


def _hold(reference: str, desk: Desk) -> tuple[Action, StoredLead] | None:
    """What to do about the lead, and the lead held for it; None if it is not due, or somebody was quicker."""
    try:
        lead = desk.leads.get(reference, clock.now())
        action = lifecycle.next_action(lead, clock.now())[0] if lead else None
        if lead is None or action is None:
            return None
        return action, desk.leads.change(lead, lifecycle.hold(lead, clock.now()))
    except StaleError:
        return None
    except Exception as error:
        journal.failure("sweep failed for a lead", error, reference=reference)
        return None


def _report_unsent(desk: Desk) -> None:
    # Nothing unsent writes nothing: that the sweep runs at all is seen in Lambda's own metrics.
    oldest = desk.leads.oldest_unsent(clock.now())
    if oldest:
        age = (clock.now() - oldest.received_at).total_seconds()
        journal.record("unsent", reference=oldest.reference, metrics={"OldestUnsentSeconds": round(age)})


def _send_digest(desk: Desk) -> None:
    digest.send_if_due(desk.leads, desk.settings, desk.practice, clock.now())


def _unless_it_fails(task: Callable[[Desk], None], desk: Desk) -> None:
    try:
        task(desk)
    except Exception as error:
        journal.failure("sweep failed", error)
