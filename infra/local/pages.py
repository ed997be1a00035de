"""The pages under /local/: articles, inbox and table, as HTML or JSON, and the events that open pages listen to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from leads import clock
from leads.clock import Clock
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule

from infra import site
from infra.local import cloud
from infra.local.articles import ContentState
from infra.local.builds import Build, Builds
from plugins.output.page_policy import source

HEARTBEAT_SECONDS = 15.0
"""The time between two comments in an event stream: only a failing write shows that the page was closed."""

FOLDER = Path(__file__).parent


def _plain(value: object) -> object:
    """Return a value of DynamoDB, a number or a set, as JSON has it."""
    return int(value) if isinstance(value, Decimal) else sorted(value) if isinstance(value, set) else str(value)


_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.policies["json.dumps_kwargs"] = {"default": _plain, "ensure_ascii": False}

_ADDRESSES = Map(
    [
        Rule("/local/articles", endpoint="_articles"),
        Rule("/local/inbox", endpoint="_inbox"),
        Rule("/local/inbox/<int:number>", endpoint="_message"),
        Rule("/local/leads", endpoint="_leads"),
        Rule("/local/events", endpoint="_events"),
        Rule("/local/reload.js", endpoint="_script"),
    ]
)


class Pages:
    """Answers requests for everything under /local/."""

    def __init__(self, builds: Builds, content: Path = site.ROOT / "content", now: Clock = clock.now) -> None:
        self._builds = builds
        self._content = content
        self._now = now

    def answer(self, request: Request) -> Response:
        """Return the page at this address; 404 if there is none."""
        try:
            name, parameters = _ADDRESSES.bind("").match(request.path)
            response: Response = getattr(self, name)(request, **parameters)
        except HTTPException as error:
            return Response(str(error), status=error.code)
        response.headers["cache-control"] = "no-store"
        return response

    def _articles(self, request: Request) -> Response:
        state = ContentState(self._content, self._builds.current, self._builds.problem, self._now())
        return self._listing(request, "Articles", "articles.html", texts=[asdict(text) for text in state.texts()])

    def _inbox(self, request: Request) -> Response:
        mails = [_message_facts(number, message) for number, message in enumerate(cloud.sent_emails())]
        return self._listing(request, "Inbox", "inbox.html", mails=mails[::-1])

    def _message(self, request: Request, number: int) -> Response:
        messages = cloud.sent_emails()
        if number >= len(messages):
            raise NotFound
        # A mail program opens links outside the message; nothing in it may run or load.
        html = f'<base target="_blank">{_part(messages[number], "html")}'
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return Response(html, content_type="text/html; charset=utf-8", headers={"content-security-policy": policy})

    def _leads(self, request: Request) -> Response:
        leads = sorted(cloud.stored_items(), key=lambda lead: str(lead.get("received_at", "")), reverse=True)
        return self._listing(request, "Leads", "leads.html", leads=leads)

    def _listing(self, request: Request, title: str, template: str, **lists: list[dict[str, Any]]) -> Response:
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            (listed,) = lists.values()
            return Response(json.dumps(listed, default=_plain, ensure_ascii=False), content_type="application/json")
        main = _TEMPLATES.get_template(template).render(**lists)
        return Response(_in_page_frame(self._builds.current, title, main), content_type="text/html; charset=utf-8")

    def _events(self, request: Request) -> Response:
        return Response(self._stream(), content_type="text/event-stream")

    def _stream(self) -> Iterator[str]:
        known = None
        yield "retry: 500\n\n"
        while True:
            event = self._builds.wait_for_event(known, HEARTBEAT_SECONDS)
            yield ": still here\n\n" if event == known else f"data: {json.dumps(asdict(event))}\n\n"
            known = event

    def _script(self, request: Request) -> Response:
        return Response((FOLDER / "reload.js").read_bytes(), content_type="text/javascript; charset=utf-8")


def _message_facts(number: int, message: EmailMessage) -> dict[str, Any]:
    return {
        "number": number,
        "subject": str(message["subject"]),
        "from": str(message["from"]),
        "to": str(message["to"]),
        "headers": {name: str(value) for name, value in message.items()},
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
    }


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _in_page_frame(build: Build, title: str, main: str) -> str:
    """Return the page in the frame of the site's own pages."""
    shell = (build.compiled / "shell.html").read_text(encoding="utf-8")
    css = (FOLDER / "templates" / "local.css").read_text(encoding="utf-8")
    # The frame has the site's content-security policy, which must allow this style too.
    shell = shell.replace("style-src", f"style-src {source(css)}", 1)
    return shell.replace("<!--title-->", escape(title)).replace("<!--main-->", f"<style>{css}</style>{main}")
