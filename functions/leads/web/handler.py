"""The Lambda handler around a request handler: settings, deadline, and a response for every error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leads import log
from leads.clock import NEVER, Deadline
from leads.domain.facts import Facts
from leads.domain.practice import Practice
from leads.settings import Settings
from leads.web.errors import HTTPError
from leads.web.request import GatewayEvent, Request
from leads.web.response import Response, error_response, unconfigured

RESPONSE_RESERVE = 2.5
"""Seconds of Lambda's timeout that no request handler may use.

A response is out two seconds before Lambda stops the function, and rendering it takes half a second at most, with
templates that are read for the first time.
"""

RequestHandler = Callable[[Request, Settings, Facts], Response]
LambdaHandler = Callable[[GatewayEvent, object], dict[str, Any]]


def lambda_handler(respond: RequestHandler, read_facts: Callable[[Settings], Facts]) -> LambdaHandler:
    """Return a Lambda handler that answers with `respond`, and reads the facts when they are needed.

    An HTTPError becomes its page. Any other error becomes a 503 page with the practice's number, and a log line that
    names the place, never the data. So does a mistake in the environment or in what the build compiled, on a page with
    the number and the crisis lines of the compiled shell.
    """

    def handle(event: GatewayEvent, context: object) -> dict[str, Any]:
        try:
            settings = Settings.read()
            facts = read_facts(settings)
        except Exception as error:
            log.exception("cannot start", error)
            return unconfigured().to_event()
        request = Request.from_event(event, _deadline(context))
        try:
            request.require_origin_secret(settings.origin_secret)
            response = respond(request, settings, facts)
        except HTTPError as error:
            log.event("refused", outcome=str(error.status))
            response = error_response(request, settings, facts, error)
        except Exception as error:
            log.exception("failed", error)
            response = error_response(request, settings, facts, _our_fault(facts.practice))
        return response.to_event()

    return handle


def _deadline(context: object) -> Deadline:
    time_left = getattr(context, "get_remaining_time_in_millis", None)  # a test may pass no context
    return Deadline.within(time_left() / 1000 - RESPONSE_RESERVE) if time_left else NEVER


def _our_fault(practice: Practice) -> HTTPError:
    return HTTPError(
        503,
        "Something went wrong on our side",
        f"Call us at {practice.phone_display}, or try again in a few minutes.",
    )
