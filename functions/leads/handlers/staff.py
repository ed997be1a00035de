"""GET and POST /staff/leads/{token}: the page behind the link in an e-mail.

GET changes nothing: mail scanners follow links. POST takes one of the buttons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from leads import log, tokens
from leads.aws import dynamodb
from leads.clock import Clock
from leads.domain import lifecycle, promise
from leads.domain.errors import StaleError, StoreError
from leads.domain.facts import Facts
from leads.domain.lead import FormData
from leads.domain.lifecycle import Event, Status, StoredLead, TransitionError
from leads.handlers.preparation import prepared
from leads.services import follow_up
from leads.services.ports import LeadStore
from leads.settings import Settings
from leads.web.errors import HTTPError
from leads.web.handler import LambdaHandler, lambda_handler
from leads.web.request import Request
from leads.web.response import Response, html_page, see_other
from leads.wiring import Wiring


@dataclass(frozen=True)
class Button:
    """One button of the staff page."""

    value: str
    label: str
    event: Event


BUTTONS = (
    Button("contacted", "Contacted", Event.CONTACTED),
    Button("no-answer", "No answer, try again", Event.NO_ANSWER),
    Button("not-a-lead", "Not a lead", Event.NOT_A_LEAD),
    Button("release", "This is a person: release it", Event.RELEASED),
    Button("reopen", "Open it again", Event.REOPENED),
)


def make_handler(wiring: Wiring) -> LambdaHandler:
    """Return the Lambda handler of the staff page."""
    return lambda_handler(partial(respond, wiring), wiring.facts)


def respond(wiring: Wiring, request: Request, settings: Settings, facts: Facts) -> Response:
    """Answer with the lead, its history and its buttons; record the button of a POST."""
    request.allow("GET", "HEAD", "POST")
    leads = wiring.repository(settings)
    try:
        with dynamodb.until(request.deadline):
            lead = _find(request, leads, settings, wiring.clock)
            if request.method != "POST":
                return _page(lead, settings, facts)
            request.require_same_origin(settings.site_url)
            return _act(request, lead, leads, settings, facts, wiring.clock)
    except StoreError as error:
        log.event("staff page failed", outcome=str(error))
        raise HTTPError(503, "The list of requests cannot be reached", _what_is_known(request, error)) from None


def _what_is_known(request: Request, error: StoreError) -> str:
    if request.method == "POST" and error.unsure:
        return "We cannot be sure what was saved. Open the page again in a minute and look at its history."
    return "Nothing was changed. Try again in a minute."


def _find(request: Request, leads: LeadStore, settings: Settings, clock: Clock) -> StoredLead:
    try:
        reference = tokens.reference_of(request.token, clock(), settings.key)
    except tokens.ForgedTokenError:
        raise HTTPError(
            404, "This link does not work", "Open the link in the e-mail again, whole, or copy all of it."
        ) from None
    except tokens.ExpiredTokenError:
        raise HTTPError(
            410, "This link is too old", "Links work for 30 days. Open the newest e-mail about this request."
        ) from None
    lead = leads.get(reference, clock())
    if lead is None:
        raise HTTPError(
            410, "This request is no longer kept", "It was deleted after the time that the privacy page gives."
        )
    return lead


def _act(
    request: Request, lead: StoredLead, leads: LeadStore, settings: Settings, facts: Facts, clock: Clock
) -> Response:
    form_data, practice = request.form_data(), facts.practice
    button = next((button for button in BUTTONS if form_data.get("action") == [button.value]), None)
    if button is None:
        raise HTTPError(422, "Choose one of the buttons", "Go back and press the button that says what happened.")
    try:
        _require_current(lead, form_data)
        changed = follow_up.record_staff_action(lead, button.event, leads, practice, clock)
    except (TransitionError, StaleError):
        log.event("staff too late", reference=lead.reference, outcome=button.value)
        return _page(leads.get(lead.reference, clock()) or lead, settings, facts, status=409)
    metrics = follow_up.metrics(changed, button.event)
    log.event("staff", reference=lead.reference, outcome=button.value, metrics=metrics)
    return see_other(practice, f"/staff/leads/{request.token}")  # signed, so no typed text


def _require_current(lead: StoredLead, form_data: FormData) -> None:
    """Raise StaleError if a person acted since the page was shown: a double click, or a colleague was faster.

    A reminder that was sent meanwhile is no human action, and no reason to refuse.
    """
    shown = form_data.get("revision")
    if shown and shown[-1] != str(lead.revision):
        raise StaleError("the page is out of date")


def _page(lead: StoredLead, settings: Settings, facts: Facts, status: int = 200) -> Response:
    practice = facts.practice
    possible = [button for button in BUTTONS if (lead.status, button.event) in lifecycle.TRANSITIONS]
    return html_page(
        settings,
        facts,
        status,
        "pages/staff.html",
        title=f"Call-back request {lead.reference}",
        lead=lead,
        conditions=practice.condition_labels(lead.lead.conditions),
        buttons=possible,
        too_late=status == 409,
        asked_again_at=promise.in_words(lead.promised.at, practice) if lead.earlier else "",
        in_review=lead.status is Status.IN_REVIEW,
        reviewed=any(entry.event is Event.RELEASED for entry in lead.history),
        contact_by=promise.in_words(lead.contact_by, practice),
        call_by=promise.in_words(lead.call_by, practice),
        history=[(promise.in_words(entry.at, practice), entry.event.value) for entry in lead.history],
    )


handler = make_handler(prepared(Wiring()))
