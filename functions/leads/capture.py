"""POST /api/leads: take the form, keep the lead, tell the staff, answer. In this order."""

from __future__ import annotations

import datetime as dt

from leads import duty, environment, journal, lifecycle, promise, signing, store, web
from leads.environment import Settings
from leads.lead import Lead, LeadError
from leads.lifecycle import Action, Event, StoredLead
from leads.practice import Practice
from leads.store import Leads, StoreError
from leads.web import RefusalError, Request, Response


def now() -> dt.datetime:
    """This moment, UTC."""
    return dt.datetime.now(dt.UTC)


@web.answering
def handler(request: Request, settings: Settings, practice: Practice) -> Response:
    """The form's answer: success if and only if the lead is in the table."""
    request.allow("POST")
    request.refuse_other_sites(environment.site_url(settings))
    answers = request.answers()
    try:
        lead = Lead.from_answers(answers, practice)
        kept = keep(lead, settings, practice)
    except LeadError as invalid:
        journal.record("corrections asked", outcome=" ".join(error.field for error in invalid.errors))
        return web.form_page(request, settings, practice, answers, errors=invalid.errors)
    except StoreError as error:
        journal.record("not stored", outcome=str(error))
        return web.form_page(request, settings, practice, answers, refusal=_not_stored(practice))
    return _success(request, kept, practice)


def keep(lead: Lead, settings: Settings, practice: Practice) -> StoredLead:
    """The lead as the table holds it; if it is new, the staff have been told or the sweep will tell them.

    Raises StoreError if it could not be stored; nothing that happens after the store raises.
    """
    leads = Leads(settings.table, store.client())
    received_at = now()
    digest = signing.fingerprint(lead, received_at.astimezone(practice.zone).date(), settings.key)
    reference = next(signing.references(digest))
    kept, is_new = leads.put(lifecycle.receive(lead, reference, digest, received_at, practice))
    journal.record("stored" if is_new else "seen before", reference=kept.reference)
    try:
        return _tell(kept, is_new, leads, settings, practice)
    except Exception as error:
        # Stored is stored: the visitor sees success, and the lease runs out into the sweep's hands.
        journal.failure("left to the sweep", error, reference=kept.reference)
        return kept


def _tell(kept: StoredLead, is_new: bool, leads: Leads, settings: Settings, practice: Practice) -> StoredLead:
    if is_new:
        duty.perform(Action.NOTIFY, kept, leads, practice, settings, now)
        return kept
    # Asked again on the same day after the staff had closed it: somebody must call again.
    return kept if kept.is_open else duty.note(kept, Event.REOPENED, leads, practice, now())


def _not_stored(practice: Practice) -> RefusalError:
    return RefusalError(
        503,
        "We could not take your request",
        f"Nothing was saved, and nobody will call. Send the form again in a minute, or call us at {practice.phone_display}.",
    )


def _success(request: Request, kept: StoredLead, practice: Practice) -> Response:
    if not request.wants_json:
        return web.see_other("/thank-you/")
    contact_by = kept.contact_by.astimezone(practice.zone)
    return web.as_json(
        201,
        {
            "reference": kept.reference,
            "contact_by": contact_by.isoformat(timespec="seconds"),
            "contact_by_text": promise.in_words(contact_by, practice),
            "priority": kept.priority,
        },
    )
