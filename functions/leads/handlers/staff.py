"""GET and POST /staff/leads/{token}: the page behind the link in an e-mail.

GET changes nothing: mail scanners follow links. POST takes one of the buttons.
"""

from __future__ import annotations

from dataclasses import dataclass

from leads import clock, log, tokens
from leads.aws import dynamodb
from leads.aws.dynamodb import StoreError
from leads.aws.repository import Leads, StaleError
from leads.domain import lifecycle, promise
from leads.domain.lead import Answers
from leads.domain.lifecycle import Event, Status, StoredLead, TransitionError
from leads.domain.practice import Practice
from leads.services import follow_up
from leads.settings import Settings
from leads.web import http
from leads.web.http import RefusalError, Request, Response


@dataclass(frozen=True)
class Button:
    """One thing that staff can say about a lead."""

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


@http.answering
def handler(request: Request, settings: Settings, practice: Practice) -> Response:
    """The lead in full, its history, and what can be said about it."""
    request.allow("GET", "HEAD", "POST")
    leads = Leads(settings.table, dynamodb.client())
    try:
        lead = _find(request, leads, settings)
        if request.method != "POST":
            return _page(lead, settings, practice)
        request.refuse_other_sites(settings.public_url)
        return _act(request, lead, leads, settings, practice)
    except StoreError as error:
        log.record("staff page failed", outcome=str(error))
        raise RefusalError(503, "The list of requests cannot be reached", _what_is_known(request, error)) from None


def _what_is_known(request: Request, error: StoreError) -> str:
    if request.method == "POST" and error.unsure:
        return "We cannot be sure what was saved. Open the page again in a minute and look at its history."
    return "Nothing was changed. Try again in a minute."


def _find(request: Request, leads: Leads, settings: Settings) -> StoredLead:
    try:
        reference = tokens.reference_of(request.token, clock.now(), settings.key)
    except tokens.ForgedTokenError:
        raise RefusalError(
            404, "This link does not work", "Open the link in the e-mail again, whole, or copy all of it."
        ) from None
    except tokens.ExpiredTokenError:
        raise RefusalError(
            410, "This link is too old", "Links work for 30 days. Open the newest e-mail about this request."
        ) from None
    lead = leads.get(reference, clock.now())
    if lead is None:
        raise RefusalError(
            410, "This request is no longer kept", "It was deleted after the time that the privacy page gives."
        )
    return lead


def _act(request: Request, lead: StoredLead, leads: Leads, settings: Settings, practice: Practice) -> Response:
    answers = request.answers()
    button = next((button for button in BUTTONS if answers.get("action") == [button.value]), None)
    if button is None:
        raise RefusalError(422, "Choose one of the buttons", "Go back and press the button that says what happened.")
    try:
        _refuse_stale(lead, answers)
        changed = follow_up.act(lead, button.event, leads, practice, clock.now)
    except (TransitionError, StaleError):
        log.record("staff too late", reference=lead.reference, outcome=button.value)
        return _page(leads.get(lead.reference, clock.now()) or lead, settings, practice, status=409)
    log.record(
        "staff", reference=lead.reference, outcome=button.value, metrics=follow_up.metrics(changed, button.event)
    )
    return http.see_other(f"/staff/leads/{request.token}")  # signed, so nothing that anybody wrote


def _refuse_stale(lead: StoredLead, answers: Answers) -> None:
    """Refuse a button on a page that somebody has acted on since: a double click, or a colleague was quicker.

    A reminder that went out meanwhile is nobody's act, and no reason to refuse.
    """
    shown = answers.get("acts")
    if shown and shown[-1] != str(lead.acts):
        raise StaleError("the page is out of date")


def _page(lead: StoredLead, settings: Settings, practice: Practice, status: int = 200) -> Response:
    possible = [button for button in BUTTONS if (lead.status, button.event) in lifecycle.TRANSITIONS]
    labels = {condition.key: condition.label for condition in practice.conditions}
    return http.page(
        settings,
        status,
        "pages/staff.html",
        title=f"Call-back request {lead.reference}",
        lead=lead,
        conditions=[labels.get(key, key) for key in lead.lead.conditions],
        buttons=possible,
        too_late=status == 409,
        asked_again_at=promise.in_words(lead.promised.at, practice) if lead.earlier else "",
        quarantined=lead.status is Status.QUARANTINED,
        reviewed=any(entry.event is Event.RELEASED for entry in lead.history),
        contact_by=promise.in_words(lead.contact_by, practice),
        call_by=promise.in_words(lead.call_by, practice),
        history=[(promise.in_words(entry.at, practice), entry.event.value) for entry in lead.history],
        practice=practice,
    )
