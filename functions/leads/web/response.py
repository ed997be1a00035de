"""HTTP responses: pages for people, JSON for scripts. Each names the crisis lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from leads.domain.facts import Facts
from leads.domain.lead import FieldError, FormData
from leads.domain.practice import Practice
from leads.settings import Settings, compiled_folder
from leads.web.errors import HTTPError
from leads.web.request import Request


@dataclass(frozen=True)
class Response:
    """One response."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_event(self) -> dict[str, Any]:
        """Return the response in payload format 2.0. Its body is text: API Gateway answers 502 to anything else."""
        return {"statusCode": self.status, "headers": dict(self.headers), "body": self.body, "isBase64Encoded": False}


def error_response(request: Request, settings: Settings, facts: Facts, error: HTTPError) -> Response:
    """Return the error as JSON for a script, as a page for a person."""
    if request.wants_json:
        problem = {"title": error.title, "message": error.message}
        return json_response(facts.practice, error.status, problem, **error.headers)
    return html_page(
        settings,
        facts,
        error.status,
        "pages/problem.html",
        title=error.title,
        message=error.message,
        headers=error.headers,
    )


def json_response(practice: Practice, status: int, content: Mapping[str, object], **headers: str) -> Response:
    """Return JSON, with the crisis lines."""
    body = json.dumps({**content, "crisis": practice.crisis_lines.in_words}, ensure_ascii=False)
    return Response(status, body, {"content-type": "application/json; charset=utf-8", **_private(), **headers})


def no_content(*methods: str) -> Response:
    """Return 204 with the methods of the address, without a body: the response to HEAD and OPTIONS."""
    return Response(204, "", {"allow": ", ".join((*methods, "HEAD", "OPTIONS")), **_private()})


def html_page(
    settings: Settings,
    facts: Facts,
    status: int,
    template: str,
    *,
    title: str,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response:
    """Return a whole page in the site's look, with the crisis card."""
    from leads import rendering  # Jinja: not needed to take a lead, so not at cold start

    context["site_url"] = settings.site_url
    html = rendering.page(facts, template, title=title, **context)
    return Response(status, html, {"content-type": "text/html; charset=utf-8", **_private(), **(headers or {})})


def unconfigured() -> Response:
    """Return the page for a function whose settings or practice cannot be read.

    The compiled shell alone has the practice's number and the crisis lines.
    """
    from leads import rendering  # Jinja: not needed to take a lead, so not at cold start

    title = "Something went wrong on our side"
    main = f"<h1>{title}</h1><p>Nothing was saved. Call us at the number on this page.</p>"
    shell = (compiled_folder() / "shell.html").read_text(encoding="utf-8")
    html = rendering.in_shell(shell, title, main)
    return Response(503, html, {"content-type": "text/html; charset=utf-8", **_private()})


def form_page(
    request: Request,
    settings: Settings,
    facts: Facts,
    form_data: FormData,
    *,
    errors: Sequence[FieldError] = (),
    failure: HTTPError | None = None,
) -> Response:
    """Return the form with every answer kept: 422 and the corrections, or the failure on our side."""
    from leads.web.form_view import form  # not loaded at a cold start that succeeds

    status = failure.status if failure else 422
    if request.wants_json:
        problem: dict[str, object] = {"title": failure.title, "message": failure.message} if failure else {}
        corrections = [{"field": error.field, "message": error.message} for error in errors]
        return json_response(facts.practice, status, problem or {"errors": corrections})
    return html_page(
        settings,
        facts,
        status,
        "pages/form.html",
        title=failure.title if failure else "Error: check your answers",
        message=failure.message if failure else "",
        form=form(facts.practice, form_data, errors),
    )


def see_other(practice: Practice, location: str) -> Response:
    """Return a 303 redirect, after which reloading the page sends nothing again (RFC 9110, 15.4.4)."""
    note = f'<p>{escape(practice.crisis_lines.in_words)}</p><p><a href="{escape(location)}">Go on</a></p>'
    return Response(
        303,
        f'<!doctype html><html lang="en"><title>Thank you</title>{note}</html>',
        {"content-type": "text/html; charset=utf-8", "location": location, **_private()},
    )


def _private() -> dict[str, str]:
    return {
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }
