"""API Gateway's HTTP API on this machine: request -> event (payload format 2.0) -> handler -> response."""

from __future__ import annotations

import datetime as dt
import time
import traceback
import uuid
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from infra.template import Route

Event = dict[str, Any]
Answer = Mapping[str, Any]
Handler = Callable[[Event, object], Answer]

API_TIMEOUT_SECONDS = 30.0
"""The longest that an HTTP API waits for its integration.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


class LambdaContext:
    """The context object that Lambda passes to a handler beside the event."""

    def __init__(self, seconds: float) -> None:
        self.aws_request_id = uuid.uuid4().hex
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function's timeout."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


class Gateway:
    """The HTTP API with the template's routes; calls their handlers as Lambda does."""

    def __init__(self, routes: Iterable[Route], load: Callable[[str], Handler] | None = None) -> None:
        self._load = load or load_handler
        self._rules = Map([_rule(route) for route in routes], strict_slashes=False, merge_slashes=False)

    def answer(self, request: Request) -> Response:
        """Return the handler's response; 404 if no route matches and 500 if the handler raises, as on AWS."""
        try:
            route, parameters = self._rules.bind("").match(request.path, method=request.method)
        except HTTPException:
            return _message(404, "Not Found")
        try:
            event = event_from(request, route, parameters)
            return response_from(self._load(route.handler)(event, LambdaContext(API_TIMEOUT_SECONDS)))
        except Exception:
            traceback.print_exc()
            return _message(500, "Internal Server Error")


def _rule(route: Route) -> Rule:
    methods = None if route.method == "ANY" else [route.method]
    return Rule(route.path.replace("{", "<").replace("}", ">"), endpoint=route, methods=methods)


def load_handler(name: str) -> Handler:
    """Import the function that the template names: "leads.handlers.capture.handler"."""
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(import_module(module), function)
    return handler


def event_from(request: Request, route: Route, parameters: Mapping[str, str]) -> Event:
    """Return the event that an HTTP API sends to Lambda for this request, in payload format 2.0.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    body = request.get_data()
    event: Event = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,  # percent signs decoded, whatever AWS calls it
        "rawQueryString": request.query_string.decode("ascii", "replace"),
        "headers": _headers(request),
        "requestContext": _request_context(request, route),
        "isBase64Encoded": bool(body),
    }
    # AWS leaves these out where they are empty.
    optional = {
        "cookies": [cookie.strip() for cookie in request.headers.get("cookie", "").split(";") if cookie.strip()],
        "queryStringParameters": _joined(parse_qsl(event["rawQueryString"], keep_blank_values=True)),
        "pathParameters": dict(parameters),
        "body": b64encode(body).decode(),
    }
    return event | {name: value for name, value in optional.items() if value}


def _request_context(request: Request, route: Route) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    return {
        "accountId": "123456789012",
        "apiId": "local",
        "domainName": request.host,
        "domainPrefix": request.host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            "sourceIp": request.remote_addr or "",
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": uuid.uuid4().hex,
        "routeKey": route.key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _headers(request: Request) -> dict[str, str]:
    """Return the headers with names in lower case and repeated ones joined, without cookies."""
    sent = [(name.lower(), value) for name, value in request.headers if name.lower() != "cookie"]
    added = {
        "x-forwarded-for": request.remote_addr or "",
        "x-forwarded-port": request.host.partition(":")[2] or "80",
        "x-forwarded-proto": request.scheme,
    }
    return _joined([*sent, *added.items()])


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values = defaultdict(list)
    for name, value in pairs:
        values[name].append(value)
    return {name: ",".join(several) for name, several in values.items()}


def response_from(answer: Answer) -> Response:
    """Return the HTTP response for a handler's result. Raises TypeError for a result that AWS rejects."""
    body = answer.get("body", "")
    if not isinstance(body, str):
        raise TypeError("a handler's body must be text")
    response = Response(
        b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
        status=answer["statusCode"],
        headers=answer.get("headers", {}),
    )
    response.headers.extend([("set-cookie", cookie) for cookie in answer.get("cookies", [])])
    return response


def _message(status: int, message: str) -> Response:
    return Response(f'{{"message":"{message}"}}', status=status, content_type="application/json")
