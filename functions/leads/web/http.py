"""API Gateway HTTP API events (payload 2.0) in, its responses out: form, page and JSON."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from hmac import compare_digest
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from leads import log
from leads.aws import dynamodb
from leads.clock import NEVER, Deadline
from leads.domain import crisis
from leads.domain.lead import Answers, FieldError, form
from leads.domain.practice import Practice
from leads.settings import Settings

Event = Mapping[str, Any]

LARGEST_BODY = 16 * 1024
"""Bytes. A full form in the widest script is under 4 KiB."""

MOST_FIELDS = 200

FORM = "application/x-www-form-urlencoded"

RESERVE = 2.5
"""Seconds of Lambda's time that no handler may use: an answer of ours is out two seconds before Lambda stops the
function, and half a second draws it, with templates that are read for the first time."""


@dataclass(frozen=True)
class Response:
    """What API Gateway sends back."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_event(self) -> dict[str, Any]:
        """As payload 2.0 wants it. The body is text (anything else is a 502)."""
        return {"statusCode": self.status, "headers": dict(self.headers), "body": self.body, "isBase64Encoded": False}


class RefusalError(Exception):
    """A request that cannot be answered: what happened (title) and what to do (message)."""

    def __init__(self, status: int, title: str, message: str, **headers: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.message = message
        self.headers = headers


@dataclass(frozen=True)
class Request:
    """One request, as far as the handlers need it."""

    method: str
    token: str
    headers: Mapping[str, str]
    event: Event
    deadline: Deadline = NEVER
    """When the handler must have done with it."""

    @classmethod
    def from_event(cls, event: Event, deadline: Deadline = NEVER) -> Request:
        """The request of a payload 2.0 event; its body is read when it is asked for."""
        http = event["requestContext"]["http"]
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        token = (event.get("pathParameters") or {}).get("token", "")
        return cls(http["method"].upper(), token, headers, event, deadline)

    @property
    def address(self) -> str:
        """The visitor's internet address: CloudFront knows it, the gateway only knows CloudFront."""
        viewer = self.headers.get("cloudfront-viewer-address", "").rpartition(":")[0]
        return viewer or str(self.event["requestContext"]["http"].get("sourceIp", ""))

    @property
    def wants_json(self) -> bool:
        """Whether a script asks: it says so, or sends JSON itself."""
        return "application/json" in self.headers.get("accept", "") or self._media_type == "application/json"

    @property
    def _media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def allow(self, *methods: str) -> None:
        """Refuse every other method (405)."""
        if self.method not in methods:
            raise RefusalError(
                405,
                "Nothing to see at this address",
                "This address only takes the call-back form. Go back to the page and use the form there.",
                Allow=", ".join(methods),
            )

    def refuse_other_doors(self, word: SecretStr | None) -> None:
        """Refuse whoever did not come through CloudFront (403), which sends this word and lets nobody else send one."""
        sent = self.headers.get("x-door", "")
        if word and not compare_digest(sent.encode(), word.get_secret_value().encode()):
            raise RefusalError(
                403,
                "This is not our public address",
                "Open our website and use the form there, or call us.",
            )

    def refuse_other_sites(self, own: str) -> None:
        """Refuse a POST that another site's page made (403).

        Browsers say where a request comes from in Sec-Fetch-Site. Older ones only send Origin, and that
        is "null" for our own form, whose page asks for no referrer: so "null" is no reason to refuse.
        """
        fetched_from = self.headers.get("sec-fetch-site")
        origin = self.headers.get("origin", "null")
        foreign = fetched_from not in {"same-origin", "none"} if fetched_from else origin not in {"null", _origin(own)}
        if foreign:
            raise RefusalError(
                403,
                "This form was sent from another site",
                "For your safety we only take the form from our own page. Open our page and send it from there.",
            )

    def answers(self) -> dict[str, list[str]]:
        """The form's fields, each with its values in order; exactly as typed, or refused (400, 413, 415)."""
        parsers = {FORM: _form_fields, "application/json": _json_fields}
        parse = parsers.get(self._media_type)
        if parse is None or self._charset not in {"", "utf-8", "utf8"}:
            raise RefusalError(
                415,
                "We cannot read what was sent",
                f"Send the form as {FORM} or as application/json, in UTF-8.",
            )
        try:
            answers = parse(self._body().decode("utf-8"))
            "".join(value for values in answers.values() for value in values).encode("utf-8")
        except (ValueError, RecursionError):  # not UTF-8, not JSON, half a character, too many fields
            raise RefusalError(
                400,
                "We cannot read what was sent",
                "Part of the form arrived damaged. Go back to the page and send it again.",
            ) from None
        return answers

    @property
    def _charset(self) -> str:
        parameters = self.headers.get("content-type", "").lower().split(";")[1:]
        found = (
            value.strip(' "') for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"
        )
        return next(found, "")

    def _body(self) -> bytes:
        text = self.event.get("body") or ""
        if len(text) <= LARGEST_BODY * 4 // 3 + 4:
            body = _decoded(text) if self.event.get("isBase64Encoded") else text.encode("utf-8")
            if len(body) <= LARGEST_BODY:
                return body
        raise RefusalError(
            413,
            "That is more than the form can hold",
            "Go back to the page and use shorter answers, or call us.",
        )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _form_fields(text: str) -> dict[str, list[str]]:
    return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)


def _json_fields(text: str) -> dict[str, list[str]]:
    pairs = json.loads(text, object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=_no_number)
    # Objects arrive as tuples of pairs, so that a repeated key is seen and not silently overwritten; numbers
    # arrive as they were written, so that 1.10 is not 1.1 and 1e999 not infinity.
    if not isinstance(pairs, tuple):
        raise ValueError("not an object")  # noqa: TRY004 -- one kind of error for all that cannot be read
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).extend(_json_values(value))
    return fields


def _no_number(word: str) -> str:
    raise ValueError(f"{word} is Python's, not JSON's")


def _json_values(value: object) -> list[str]:
    """A field's values as a form would send them: true is a ticked box, false and null are nothing."""
    if value is None or value is False:
        return []
    if value is True:
        return ["yes"]
    values = value if isinstance(value, list) else [value]
    texts = [item for item in values if isinstance(item, str)]
    if texts != values:
        raise ValueError("not a form's value")
    return texts


Handler = Callable[[Request, Settings, Practice], Response]


def answering(handler: Handler) -> Callable[[Event, object], dict[str, Any]]:
    """Make a handler of requests into one of Lambda's.

    Every way out is here: a refusal becomes its page, and a mistake of ours a 500 page with the
    practice's number and a line in the log that names the place, never the data. DynamoDB is given up
    while there is time for such a page.
    """

    @wraps(handler)
    def handle(event: Event, context: object) -> dict[str, Any]:
        settings = Settings.read()
        practice = settings.practice
        request = Request.from_event(event, _deadline(context))
        try:
            request.refuse_other_doors(settings.door)
            with dynamodb.until(request.deadline):
                response = handler(request, settings, practice)
        except RefusalError as refusal:
            log.record("refused", outcome=str(refusal.status))
            response = _problem(request, settings, practice, refusal)
        except Exception as error:
            log.failure("failed", error)
            response = _problem(request, settings, practice, _our_fault(practice))
        return response.to_event()

    return handle


def _deadline(context: object) -> Deadline:
    time_left = getattr(context, "get_remaining_time_in_millis", None)  # a test may hand over no context
    return Deadline.within(time_left() / 1000 - RESERVE) if time_left else NEVER


def _our_fault(practice: Practice) -> RefusalError:
    return RefusalError(
        500,
        "Something went wrong on our side",
        f"Call us at {practice.phone_display}, or try again in a few minutes.",
    )


def _problem(request: Request, settings: Settings, practice: Practice, refusal: RefusalError) -> Response:
    if request.wants_json:
        return as_json(refusal.status, {"title": refusal.title, "message": refusal.message}, **refusal.headers)
    return page(
        settings,
        refusal.status,
        "pages/problem.html",
        title=refusal.title,
        message=refusal.message,
        practice=practice,
        headers=refusal.headers,
    )


def as_json(status: int, content: Mapping[str, object], **headers: str) -> Response:
    """An answer for a script. It says where help is, as every answer does."""
    body = json.dumps({**content, "crisis": crisis.IN_WORDS}, ensure_ascii=False)
    return Response(status, body, {"content-type": "application/json; charset=utf-8", **_private(), **headers})


def page(
    settings: Settings,
    status: int,
    template: str,
    *,
    title: str,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response:
    """An answer for people: a whole page in the site's look, crisis card included."""
    from leads import (
        rendering,  # Jinja: not needed to take a lead, so not at cold start
    )

    html = rendering.page(settings.compiled, template, title=title, site_url=settings.public_url, **context)
    return Response(status, html, {"content-type": "text/html; charset=utf-8", **_private(), **(headers or {})})


def form_page(
    request: Request,
    settings: Settings,
    practice: Practice,
    answers: Answers,
    *,
    errors: Sequence[FieldError] = (),
    refusal: RefusalError | None = None,
) -> Response:
    """The form again with every answer kept: 422 with what to correct, or with what went wrong on our side."""
    status = refusal.status if refusal else 422
    if request.wants_json:
        problem: dict[str, object] = {"title": refusal.title, "message": refusal.message} if refusal else {}
        corrections = [{"field": error.field, "message": error.message} for error in errors]
        return as_json(status, problem or {"errors": corrections})
    return page(
        settings,
        status,
        "pages/form.html",
        title=refusal.title if refusal else "Error: check your answers",
        message=refusal.message if refusal else "",
        practice=practice,
        form=form(practice, answers, errors),
    )


def see_other(location: str) -> Response:
    """303: the browser goes on to a page, and reloading that page sends nothing again."""
    note = f'<p>{escape(crisis.IN_WORDS)}</p><p><a href="{escape(location)}">Go on</a></p>'
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
