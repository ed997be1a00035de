"""API Gateway events (payload 2.0), as the form and the staff page cause them, and the responses to them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlencode

import html5lib
import pytest

from tests.support.factories import ANSWERS

SHAPES = [
    pytest.param(kind, encoded, id=f"{kind}, {'base64' if encoded else 'plain'}")
    for kind in ("form", "json")
    for encoded in (True, False)
]
"""The encodings in which API Gateway passes one and the same form."""

Headers = Mapping[str, str | None]

NO_HEADERS: Headers = MappingProxyType({})

MEDIA_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json"}


def event(
    method: str = "POST",
    path: str = "/api/leads",
    *,
    body: str | bytes | None = None,
    encoded: bool = True,
    token: str | None = None,
    headers: Headers = NO_HEADERS,
) -> dict[str, Any]:
    """Return a payload 2.0 event as our own page's form causes it; None leaves a header out."""
    ours = {"host": "www.lakeside.example", "sec-fetch-site": "same-origin", "accept": "text/html"}
    given = {**ours, **headers}
    raw = body.encode() if isinstance(body, str) else body
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name: value for name, value in given.items() if value is not None},
        "requestContext": {"http": {"method": method, "path": path, "sourceIp": "203.0.113.7"}, "stage": "$default"},
        "isBase64Encoded": encoded and raw is not None,
    }
    if raw is not None:
        made["body"] = base64.b64encode(raw).decode() if encoded else raw.decode()
    if token is not None:
        made["pathParameters"] = {"token": token}
    return made


def submission(
    answers: Mapping[str, Sequence[str]] = ANSWERS,
    kind: str = "form",
    *,
    encoded: bool = True,
    headers: Headers = NO_HEADERS,
) -> dict[str, Any]:
    """Return the form as a page without script ("form") or a script ("json") sends it."""
    body = urlencode(answers, doseq=True) if kind == "form" else json.dumps(answers)
    accept = "text/html" if kind == "form" else "application/json"
    return event(body=body, encoded=encoded, headers={"content-type": MEDIA_TYPES[kind], "accept": accept, **headers})


@dataclass(frozen=True)
class Answer:
    """A handler's response, as a browser gets it."""

    event: Mapping[str, Any]

    @property
    def status(self) -> int:
        return int(self.event["statusCode"])

    @property
    def body(self) -> str:
        return str(self.event["body"])

    @property
    def json(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.body))

    @property
    def filled_in(self) -> dict[str, list[str]]:
        """Return what a browser sends if the form on this page is submitted unchanged."""
        sent: dict[str, list[str]] = {}
        for control in html5lib.parse(self.body, namespaceHTMLElements=False).iter("input"):
            if control.get("type") not in {"checkbox", "radio"} or control.get("checked") is not None:
                sent.setdefault(control.get("name", ""), []).append(control.get("value", "on"))
        return sent

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.event["headers"].items()}
