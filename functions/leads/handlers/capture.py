"""POST /api/leads: take the form, store the lead, answer. The sweep notifies the staff.

GET /api/leads/{token}: the confirmation of a stored lead, for the visitor who holds its link.
GET /api/promise: by when a request that is sent now is called. Nothing of the visitor is stored or logged.
"""

from __future__ import annotations

import datetime as dt
import io
from contextlib import redirect_stdout
from functools import partial
from urllib.parse import urlencode

from leads import log, tokens
from leads.aws import dynamodb
from leads.domain.errors import StoreError, UnreadableError
from leads.domain.facts import Facts
from leads.domain.lead import Lead, LeadError
from leads.domain.lifecycle import StoredLead
from leads.domain.practice import Practice
from leads.handlers.preparation import OneRehearsal, Rehearsal, prepared
from leads.services import intake
from leads.settings import Settings
from leads.web.announcement import announcement
from leads.web.confirmation import Confirmation
from leads.web.errors import HTTPError
from leads.web.handler import LambdaHandler, lambda_handler
from leads.web.request import FORM_MEDIA_TYPE, Request
from leads.web.response import Response, form_page, html_page, json_response, no_content, see_other
from leads.wiring import Wiring

REHEARSALS = 3
"""Without any, a first form takes 2.3 times the CPU time of a later one; with three, 1.5 times (`make bench`)."""


def make_handler(wiring: Wiring, rehearsal: Rehearsal | None = None) -> LambdaHandler:
    """Return the Lambda handler of the form. The first GET /api/promise begins with the rehearsal, if there is one."""
    return lambda_handler(partial(respond, wiring, rehearsal), wiring.facts)


def respond(
    wiring: Wiring, rehearsal: Rehearsal | None, request: Request, settings: Settings, facts: Facts
) -> Response:
    """Answer a submission, show the confirmation of an earlier one, or say what a request is promised now."""
    if request.path == "/api/promise":
        if rehearsal:
            rehearsal(settings, facts)
        return _announce(wiring, request, facts.practice)
    return (_show if request.token else _take)(wiring, request, settings, facts)


def rehearse(settings: Settings, facts: Facts) -> None:
    """Take forms with the practice's own number; send no call and log nothing."""
    practice = facts.practice
    answers = {"name": practice.name, "phone": practice.phone, "consent": "-", "source": "/", "elapsed": "9"}
    event = {
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"accept": "application/json", "content-type": FORM_MEDIA_TYPE},
        "body": urlencode(answers),
    }
    with dynamodb.unsent(), redirect_stdout(io.StringIO()):
        for _ in range(REHEARSALS):
            _take(Wiring(), Request.from_event(event), settings, facts)


def _announce(wiring: Wiring, request: Request, practice: Practice) -> Response:
    """Answer with the deadlines that the page shows beside its button."""
    if request.method in {"HEAD", "OPTIONS"}:
        return no_content("GET")
    request.allow("GET")
    return json_response(practice, 200, announcement(wiring.clock(), practice))


def _take(wiring: Wiring, request: Request, settings: Settings, facts: Facts) -> Response:
    """Answer a submission: success if and only if the lead is in the table."""
    if request.method in {"HEAD", "OPTIONS"}:
        return no_content("POST")
    request.allow("POST")
    request.require_same_origin(settings.site_url)
    form_data = request.form_data()
    try:
        lead = Lead.from_form(form_data, facts.practice)
        with dynamodb.until(request.deadline):
            leads = wiring.repository(settings)
            stored = intake.take(lead, request.address, leads, facts.practice, settings.key, wiring.clock())
    except LeadError as invalid:
        log.event("corrections asked", outcome=" ".join(error.field for error in invalid.errors))
        return form_page(request, settings, facts, form_data, errors=invalid.errors)
    except StoreError as error:
        log.event("perhaps stored" if error.unsure else "not stored", outcome=f"{error}", metrics={"NotStored": 1})
        return form_page(request, settings, facts, form_data, failure=_not_stored(facts.practice, unsure=error.unsure))
    address = f"/api/leads/{tokens.confirmation_token(stored.reference, settings.key)}"
    if not request.wants_json:
        return see_other(facts.practice, address)
    confirmation = Confirmation.of(stored, wiring.clock(), facts.practice)
    return json_response(facts.practice, 201, {**confirmation.facts, "url": address})


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


def _show(wiring: Wiring, request: Request, settings: Settings, facts: Facts) -> Response:
    """Answer with the confirmation as it is true at this moment. Changes nothing."""
    request.allow("GET", "HEAD")
    now = wiring.clock()
    lead = _find(wiring, request, settings, facts.practice, now)
    if lead is None:
        raise HTTPError(
            404,
            "We do not have this request",
            "The link is not whole, or the request was deleted after the time that the privacy page gives.",
        )
    return html_page(
        settings,
        facts,
        200,
        "pages/confirmation.html",
        title="Your request for a call",
        kept=Confirmation.of(lead, now, facts.practice),
        is_closed=lead.is_closed,
    )


def _find(
    wiring: Wiring, request: Request, settings: Settings, practice: Practice, now: dt.datetime
) -> StoredLead | None:
    """Return the lead of the visitor's link; None if the link is forged, or the lead has expired or was erased."""
    try:
        reference = tokens.confirmed_reference(request.token, settings.key)
    except tokens.ForgedTokenError:
        return None
    try:
        with dynamodb.until(request.deadline):
            return wiring.repository(settings).get(reference, now)
    except StoreError as error:
        log.event("confirmation not shown", reference=reference, outcome=f"{error}")
    except UnreadableError as error:
        log.exception("cannot be read", error, reference=reference)
    raise HTTPError(
        503,
        "We cannot show your request",
        f"We took it, and its reference is {reference}: it need not be sent again. "
        f"Open this page again in a minute, or call us at {practice.phone_display}.",
    )


handler = make_handler(prepared(Wiring()), OneRehearsal(rehearse))
