"""POST /api/leads: take the form, store the lead, notify the staff, answer. In this order."""

from __future__ import annotations

from functools import partial

from leads import log
from leads.aws import dynamodb
from leads.domain import promise
from leads.domain.errors import StoreError
from leads.domain.lead import Lead, LeadError
from leads.domain.lifecycle import StoredLead
from leads.domain.practice import Practice
from leads.services import intake
from leads.settings import Settings
from leads.web.errors import HTTPError
from leads.web.handler import LambdaHandler, lambda_handler
from leads.web.request import Request
from leads.web.response import Response, form_page, json_response, see_other
from leads.wiring import Wiring


def make_handler(wiring: Wiring) -> LambdaHandler:
    """Return the Lambda handler of the form."""
    return lambda_handler(partial(respond, wiring))


def respond(wiring: Wiring, request: Request, settings: Settings, practice: Practice) -> Response:
    """Answer a submission: success if and only if the lead is in the table."""
    request.allow("POST")
    request.require_same_origin(settings.public_url)
    form_data = request.form_data()
    try:
        lead = Lead.from_form(form_data, practice)
        with dynamodb.until(request.deadline):
            service = wiring.lead_service(settings)
            stored = intake.take(lead, request.address, service, wiring.limiter, request.deadline)
    except LeadError as invalid:
        log.event("corrections asked", outcome=" ".join(error.field for error in invalid.errors))
        return form_page(request, settings, practice, form_data, errors=invalid.errors)
    except StoreError as error:
        log.event("perhaps stored" if error.unsure else "not stored", outcome=f"{error}", metrics={"NotStored": 1})
        return form_page(request, settings, practice, form_data, failure=_not_stored(practice, unsure=error.unsure))
    return _success(request, stored, practice)


def _not_stored(practice: Practice, *, unsure: bool) -> HTTPError:
    if unsure:
        return HTTPError(
            503,
            "We cannot be sure that we have your request",
            "Send the form again in a minute: the same answers sent twice do no harm. "
            f"Or call us at {practice.phone_display}.",
        )
    return HTTPError(
        503,
        "We could not take your request",
        "Nothing was saved, and nobody will call. Send the form again in a minute, "
        f"or call us at {practice.phone_display}.",
    )


def _success(request: Request, stored: StoredLead, practice: Practice) -> Response:
    if not request.wants_json:
        return see_other(practice, "/thank-you/")
    contact_by = stored.contact_by.astimezone(practice.zone)
    return json_response(
        practice,
        201,
        {
            "reference": stored.reference,
            "contact_by": contact_by.isoformat(timespec="seconds"),
            "contact_by_text": promise.in_words(contact_by, practice),
            "priority": stored.priority,
        },
    )


handler = make_handler(Wiring())
