"""A stub server of DynamoDB that stores leads, and that can hang, refuse and lose responses."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Item = Mapping[str, Any]


class Way(Enum):
    """The outcome of one call."""

    ANSWERED = auto()
    HANGS = auto()
    """Nothing is written, and no response comes."""
    LOST = auto()
    """The write is done, and no response comes."""
    TORN = auto()
    """The write is done, and the connection is closed without a response."""
    BROKEN = auto()
    """An internal error of DynamoDB."""
    THROTTLED = auto()
    DENIED = auto()


ERRORS = {
    Way.BROKEN: (500, "InternalServerError"),
    Way.THROTTLED: (400, "ThrottlingException"),
    Way.DENIED: (400, "AccessDeniedException"),
}

FailurePlan = Callable[[str, int], Way]
"""Returns the outcome of an operation's first, second ... call."""


@dataclass
class Dynamo:
    """The stub's one table."""

    plan: FailurePlan
    items: dict[str, Item] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def answer(self, operation: str, asked: Mapping[str, Any]) -> tuple[int, object] | None:
        """Return status and content; None if no response comes."""
        self.calls[operation] += 1
        way = self.plan(operation, self.calls[operation])
        if way in ERRORS:
            status, code = ERRORS[way]
            return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}"}
        if way is Way.HANGS:
            self.closing.wait()
            return None
        done = self._done(operation, asked)
        if way is Way.LOST:
            self.closing.wait()
        return done if way is Way.ANSWERED else None

    def _done(self, operation: str, asked: Mapping[str, Any]) -> tuple[int, object]:
        reference = (asked.get("Item") or asked["Key"])["reference"]["S"]
        stored = self.items.get(reference)
        if operation == "GetItem":
            return 200, {"Item": stored} if stored else {}
        expected = asked["ExpressionAttributeValues"].get(":version")
        if stored and stored["version"] != expected:
            refused = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "Item": stored}
            return 400, refused
        self.items[reference] = asked["Item"]
        return 200, {}


def _request_handler(dynamo: Dynamo) -> type[BaseHTTPRequestHandler]:
    """Return a class whose instances pass requests on to this stub."""

    class DynamoRequestHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = dynamo.answer(self.headers["x-amz-target"].partition(".")[2], asked)
            if answer is None:
                self.close_connection = True
                return
            status, content = answer
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Do nothing."""

    return DynamoRequestHandler


@contextmanager
def running(plan: FailurePlan) -> Iterator[Dynamo]:
    """Run the server inside the block, and yield its stub."""
    dynamo = Dynamo(plan)
    with ThreadingHTTPServer(("127.0.0.1", 0), _request_handler(dynamo)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        dynamo.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield dynamo
        finally:
            dynamo.closing.set()
            server.shutdown()
            thread.join()
