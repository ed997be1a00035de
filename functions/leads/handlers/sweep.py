"""Every five minutes: do what is due. The table says what; nothing else remembers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Protocol

from leads import clock, log
from leads.aws import dynamodb
from leads.aws.counters import Counters
from leads.aws.repository import Leads, StaleError
from leads.domain import lifecycle
from leads.domain.lifecycle import LEASE, Action, StoredLead
from leads.mail import compose
from leads.mail.compose import MailError
from leads.services import digest, review
from leads.services.follow_up import Desk, UrgentEmails
from leads.settings import Settings

Held = tuple[Action, StoredLead]
"""What to do about a lead, and the lead as it is held for that."""

BATCH = 200
"""Leads held at once, at most."""

MOST_SEPARATE = 20
"""Leads of a batch that get an e-mail each; of more, one e-mail lists all for which the same is to be done."""

MAX_URGENT_SEPARATE = 3
"""Urgent leads of a batch that get a reminder or an escalation each; of more, one e-mail lists all."""

TAKING = LEASE / 3
"""How long leads are taken up, at most, before something is done about them: the first lease has begun to run."""

SPARE = LEASE + dt.timedelta(seconds=15)
"""What one batch may take: as long as its leases last, and the writes of the last e-mail. With less than that left,
the rest waits for the next sweep."""

SPARE_FOR_THE_DIGEST = LEASE / 2
"""What the digest may take: less than a batch, or a backlog of many sweeps would keep it back."""


class Context(Protocol):
    """What of Lambda's context the sweep needs."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda kills the function."""


def handler(event: object, context: Context) -> dict[str, int]:
    """How many leads were due and for how many an e-mail went out. One lead's failure does not stop the others."""
    settings = Settings.read()
    desk = Desk(Leads(settings.table, dynamodb.client()), settings.practice, settings, clock.now)
    urgent = UrgentEmails(Counters(settings.table, desk.leads.dynamodb))
    due = desk.leads.due(clock.now())
    looked_at = sent = 0
    while _has_time(context) and (batch := list(_looked_at(due, desk))):
        looked_at += len(batch)
        sent += _attend(filter(None, batch), desk, urgent)
    _unless_it_fails(_report_unsent, desk)
    if _has_time(context, SPARE_FOR_THE_DIGEST):
        _unless_it_fails(_send_digest, desk)
    if _has_time(context, SPARE_FOR_THE_DIGEST):
        _unless_it_fails(_send_review, desk)
    return {"due": looked_at, "sent": sent}


def _has_time(context: Context, needed: dt.timedelta = SPARE) -> bool:
    return dt.timedelta(milliseconds=context.get_remaining_time_in_millis()) >= needed


def _looked_at(due: Iterator[str], desk: Desk) -> Iterator[Held | None]:
    """The next batch of what is due, each held if there is something to do about it."""
    until = clock.now() + TAKING
    for reference in islice(due, BATCH):
        yield _hold(reference, desk)
        if clock.now() >= until:
            return


def _attend(batch: Iterable[Held], desk: Desk, urgent: UrgentEmails) -> int:
    """Do what each asks for, urgent leads first and apart from the rest. Return for how many an e-mail went out."""
    held: dict[tuple[bool, Action], list[StoredLead]] = defaultdict(list)
    for action, lead in batch:
        held[not lead.priority, action].append(lead)
    together = sum(map(len, held.values())) > MOST_SEPARATE
    sent = 0
    for is_ordinary, action in sorted(held):
        leads = held[is_ordinary, action]
        if is_ordinary:
            sent += desk.perform(action, leads, together=together)
        elif action is Action.NOTIFY:
            sent += _announce_urgent(leads, desk, urgent)
        else:
            sent += desk.perform(action, leads, together=len(leads) > MAX_URGENT_SEPARATE)
    return sent


def _announce_urgent(leads: Iterable[StoredLead], desk: Desk, urgent: UrgentEmails) -> int:
    """Send the first e-mails about urgent leads: alone while there are few, the rest in this quarter hour's list.

    What neither takes stays leased for a minute, and the next sweep asks again. Those without a doubt come first.
    """
    listed: list[StoredLead] = []
    sent = 0
    for lead in sorted(leads, key=lambda lead: lead.suspicion is not None):
        if not listed and urgent.takes(clock.now()):
            sent += desk.perform(Action.NOTIFY, [lead])
        else:
            listed.append(lead)
    if listed and urgent.may_list(clock.now()):
        taken = desk.perform(Action.NOTIFY, listed, together=True)
        if not taken:
            urgent.list_failed(clock.now())
        sent += taken
    return sent


def _hold(reference: str, desk: Desk) -> Held | None:
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
        log.failure("sweep failed for a lead", error, reference=reference)
        return None


def _report_unsent(desk: Desk) -> None:
    # Nothing unsent writes nothing: that the sweep runs at all is seen in Lambda's own metrics.
    oldest = desk.leads.oldest_unsent(clock.now())
    if oldest:
        age = (clock.now() - oldest.opened.at).total_seconds()
        log.record("unsent", reference=oldest.reference, metrics={"OldestUnsentSeconds": round(age)})


def _send_review(desk: Desk) -> None:
    try:
        review.send_if_due(desk)
    except MailError as error:
        compose.record_failure("review", error, 1)


def _send_digest(desk: Desk) -> None:
    try:
        digest.send_if_due(desk.leads, desk.settings, desk.practice, clock.now())
    except MailError as error:
        compose.record_failure("digest", error, 1)


def _unless_it_fails(task: Callable[[Desk], None], desk: Desk) -> None:
    try:
        task(desk)
    except Exception as error:
        log.failure("sweep failed", error)
