"""POST /api/leads: take the form, keep the lead, tell the staff, answer. In this order."""

from __future__ import annotations

from leads import clock, log, tokens
from leads.aws import dynamodb
from leads.aws.counters import Counters
from leads.aws.dynamodb import StoreError
from leads.aws.repository import Leads
from leads.clock import NEVER, Deadline
from leads.domain import lifecycle, promise
from leads.domain.lead import Lead, LeadError
from leads.domain.lifecycle import Action, Event, StoredLead
from leads.domain.practice import Practice
from leads.services import screening
from leads.services.follow_up import Desk, Flow, UrgentEmails
from leads.settings import Settings
from leads.web import http
from leads.web.http import RefusalError, Request, Response

FLOW = Flow()
"""What this process has sent lately."""

ANNOUNCING = 3.5
"""Seconds that must be left for the staff's e-mail, which takes 2.5 at most, and for a note of it; with less, both are
left to the sweep."""


@http.answering
def handler(request: Request, settings: Settings, practice: Practice) -> Response:
    """The form's answer: success if and only if the lead is in the table."""
    request.allow("POST")
    request.refuse_other_sites(settings.public_url)
    answers = request.answers()
    try:
        lead = Lead.from_answers(answers, practice)
        kept = keep(lead, request.address, settings, practice, request.deadline)
    except LeadError as invalid:
        log.record("corrections asked", outcome=" ".join(error.field for error in invalid.errors))
        return http.form_page(request, settings, practice, answers, errors=invalid.errors)
    except StoreError as error:
        log.record("perhaps stored" if error.unsure else "not stored", outcome=f"{error}", metrics={"NotStored": 1})
        return http.form_page(request, settings, practice, answers, refusal=_not_stored(practice, unsure=error.unsure))
    return _success(request, kept, practice)


def keep(lead: Lead, address: str, settings: Settings, practice: Practice, deadline: Deadline = NEVER) -> StoredLead:
    """The lead as the table holds it; if it is new, the staff have been told or the sweep will tell them.

    Raises StoreError if it could not be stored, or not be promised anew; telling the staff never raises.
    """
    leads = Leads(settings.table, dynamodb.client())
    received_at = clock.now()
    digest = tokens.fingerprint(lead, received_at.astimezone(practice.zone).date(), settings.key)
    reference = next(tokens.references(digest))
    suspicion = screening.suspicion(lead, address, Counters(leads.table, leads.dynamodb), settings, received_at)
    kept, is_new = leads.put(lifecycle.receive(lead, reference, digest, received_at, practice, suspicion))
    _record(kept, is_new)
    try:
        return _tell(kept, is_new, suspicion, Desk(leads, practice, settings, clock.now), deadline)
    except Exception as error:
        if not is_new:
            raise  # closed or held as it was, no sweep looks at it: without the note nobody would call
        # Stored is stored: the visitor sees success, and the lease runs out into the sweep's hands.
        log.failure("left to the sweep", error, reference=kept.reference)
        return kept


def _record(kept: StoredLead, is_new: bool) -> None:
    if not is_new:
        log.record("seen before", reference=kept.reference)
    elif kept.is_open:
        log.record("stored", reference=kept.reference, metrics={"Stored": 1})
    else:
        log.record("quarantined", reference=kept.reference, metrics={"Stored": 1, "Quarantined": 1})


def _tell(kept: StoredLead, is_new: bool, suspicion: str | None, desk: Desk, deadline: Deadline) -> StoredLead:
    if is_new and kept.is_open:
        if deadline.seconds_left < ANNOUNCING:
            log.record("left to the sweep", reference=kept.reference, outcome="NoTimeLeft")
        elif _is_announced_alone(kept, desk):
            desk.perform(Action.NOTIFY, [kept])
        return kept
    # Asked again on the same day: after the staff had closed it somebody must call again, and what looked
    # like a machine the first time may look like a person now.
    again = Event.ASKED_AGAIN if kept.is_closed else Event.RELEASED if not suspicion else None
    if again is None or (kept.status, again) not in lifecycle.TRANSITIONS:
        return kept
    return desk.note(kept, again)


def _is_announced_alone(kept: StoredLead, desk: Desk) -> bool:
    """Return whether the staff hear of the lead at once; if not, the next sweep lists it."""
    if kept.priority:
        with dynamodb.one_short_try():
            return UrgentEmails(Counters(desk.leads.table, desk.leads.dynamodb)).takes(kept.received_at)
    return FLOW.takes(kept.received_at, desk.settings.email_limit)


def _not_stored(practice: Practice, *, unsure: bool) -> RefusalError:
    if unsure:
        return RefusalError(
            503,
            "We cannot be sure that we have your request",
            "Send the form again in a minute: the same answers sent twice do no harm. "
            f"Or call us at {practice.phone_display}.",
        )
    return RefusalError(
        503,
        "We could not take your request",
        "Nothing was saved, and nobody will call. Send the form again in a minute, "
        f"or call us at {practice.phone_display}.",
    )


def _success(request: Request, kept: StoredLead, practice: Practice) -> Response:
    if not request.wants_json:
        return http.see_other("/thank-you/")
    contact_by = kept.contact_by.astimezone(practice.zone)
    return http.as_json(
        201,
        {
            "reference": kept.reference,
            "contact_by": contact_by.isoformat(timespec="seconds"),
            "contact_by_text": promise.in_words(contact_by, practice),
            "priority": kept.priority,
        },
    )
