"""DynamoDB: one client, calls with retries and a deadline, and its notation for values."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, SSLError
from botocore.exceptions import ConnectionError as NotConnectedError

from leads.aws import clients
from leads.clock import NEVER, Deadline
from leads.domain.errors import StoreError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


CONNECT_TIMEOUT = 0.5
"""Seconds to open a connection; within AWS it takes milliseconds."""

READ_TIMEOUT = 2.5
"""Longest time in seconds that one try waits for its answer. DynamoDB takes milliseconds, but a connection that was
dropped silently while the function was frozen costs all of them, so several must fit into Lambda's timeout."""

MIN_READ_TIMEOUT = 0.25
"""Shortest read timeout in seconds; with less time left, no try is begun."""

MAX_PAUSE = 2.0

sleep: Callable[[float], None] = time.sleep
"""Pauses between two tries."""

THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Error codes after which nothing was written and a pause is needed."""


class ConditionFailedError(Exception):
    """A condition did not hold."""

    def __init__(self, stored: Item) -> None:
        super().__init__()
        self.stored = stored
        """The item in the table, in DynamoDB's notation; empty if there is none or it was not asked for."""

    @property
    def item(self) -> Item:
        """Return the item in the table as Python values."""
        return from_item(self.stored)


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried, and until when.

    botocore's own retries know no deadline, and its timeouts belong to the client, of which there is only one: a second
    would cost a cold start 20 ms. So the client tries once, `call` retries, and each try waits for its answer no longer
    than there is time (botocore reads `read_timeout` from a request's context since 1.43.72).
    """

    tries: int = 4
    max_read_timeout: float = READ_TIMEOUT
    """Seconds."""
    deadline: Deadline = NEVER
    sends: bool = True

    def allows(self, pause: float) -> bool:
        """Return whether there is time for one more try after a pause of so many seconds."""
        return self.deadline.seconds_left >= pause + CONNECT_TIMEOUT + MIN_READ_TIMEOUT

    @property
    def read_timeout(self) -> float:
        """Return the read timeout in seconds of a try that begins now.

        At most half of the time that is left: after a lost answer there must be time to ask whether the write was done.
        """
        return min(self.max_read_timeout, max((self.deadline.seconds_left - CONNECT_TIMEOUT) / 2, MIN_READ_TIMEOUT))


DEFAULT_POLICY = RetryPolicy()

_policy: ContextVar[RetryPolicy] = ContextVar("policy", default=DEFAULT_POLICY)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Begin no try in the block that could end after the deadline. Tries that fail at once are at most six."""
    with _with_policy(replace(_policy.get(), tries=6, deadline=deadline)):
        yield


@contextmanager
def one_short_try(seconds: float = 0.5) -> Iterator[None]:
    """Try each call in the block once, and wait so long for its answer: for what is useful but not worth a delay."""
    with _with_policy(replace(_policy.get(), tries=1, max_read_timeout=seconds)):
        yield


@contextmanager
def unsent() -> Iterator[None]:
    """Send no call of `client` in the block, and answer each with nothing: what it needs is made at its first use."""
    with _with_policy(replace(_policy.get(), sends=False)):
        yield


@contextmanager
def _with_policy(policy: RetryPolicy) -> Iterator[None]:
    before = _policy.set(policy)
    try:
        yield
    finally:
        _policy.reset(before)


@dataclass(frozen=True)
class _Failure:
    """A failed try."""

    code: str
    unsure: bool
    """Whether it may have been done all the same."""
    curable: bool
    """Whether the next try may succeed."""

    def pause(self, tries: int) -> float:
        """Return seconds before the next try: exponential backoff with full jitter."""
        longest = min((0.2 if self.code in THROTTLED else 0.05) * 2**tries, MAX_PAUSE)
        return secrets.randbelow(round(longest * 1000)) / 1000


def call(operation: Any, **parameters: Any) -> Any:
    """Call the operation, as often as the policy in force allows, and return DynamoDB's answer.

    Raises ConditionFailedError where a condition did not hold, StoreError for all else. A write may have been done by
    an earlier try whose answer was lost: LeadRepository recognises its own write by the attribute `write`.
    """
    policy, unsure = _policy.get(), False
    failure = _Failure("NoTimeLeft", unsure=False, curable=True)
    for tries in range(policy.tries):
        pause = failure.pause(tries) if tries else 0.0
        if not failure.curable or not policy.allows(pause):
            break
        if pause:  # a sleep of nothing would give the processor away, too
            sleep(pause)
        try:
            return operation(**parameters)
        except (ClientError, BotoCoreError) as error:
            failure = _failure(error)
        unsure = unsure or failure.unsure
    # Raised out here, without botocore's error: it may carry the request, and with it a name and a number.
    raise StoreError(failure.code, unsure=unsure)


def _failure(error: Exception) -> _Failure:
    """Classify the error. `unsure` unless something proves that nothing was written."""
    if not isinstance(error, ClientError):
        lost = isinstance(error, HTTPClientError | SSLError)
        return _Failure(type(error).__name__, unsure=lost, curable=lost or isinstance(error, NotConnectedError))
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise ConditionFailedError(error.response.get("Item", {})) from None  # type: ignore[arg-type]  # not in botocore's type
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    refused = code in THROTTLED or 400 <= status < 500
    return _Failure(code, unsure=not refused, curable=code in THROTTLED or not refused)


def to_item(values: Item) -> Item:
    """Return Python values in DynamoDB's notation: str, int, bool, None, and lists and dicts of these."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: object) -> Item:
    match value:
        case None:
            return {"NULL": True}
        case bool():  # before int: True is one, too
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [_written(item) for item in value]}
        case dict():
            return {"M": to_item(value)}
    raise TypeError(f"no {type(value).__name__} is ever stored")


UNKNOWN_VALUE = object()
"""Value of an attribute of a kind that is never stored: bytes, a fraction, a type newer than this code."""


def from_item(item: Item) -> Item:
    """Return an item as Python values. Never raises: one odd attribute must not lose a page of other items."""
    return {name: _read(value) for name, value in item.items()}


def _read(value: Item) -> Any:
    ((kind, content),) = value.items()
    try:
        return READERS[kind](content)
    except (KeyError, ValueError):
        return UNKNOWN_VALUE


READERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": int,
    "BOOL": bool,
    "NULL": lambda _: None,
    "SS": set,
    "L": lambda items: [_read(item) for item in items],
    "M": from_item,
}
"""The DynamoDB types in the table. Keys and values are read by their type."""


@cache
def client(connect_timeout: float = CONNECT_TIMEOUT) -> DynamoDBClient:
    """Return the one client. `call` retries, not botocore (see RetryPolicy)."""
    made: DynamoDBClient = clients.client(
        "dynamodb", connect_timeout=connect_timeout, read_timeout=READ_TIMEOUT, tries=1
    )
    made.meta.events.register("before-call.dynamodb", _follow_policy)
    return made


def _follow_policy(context: dict[str, Any], **_: Any) -> Any:
    """Set the read timeout, and return the answer to a call that is not sent, as botocore's own Stubber does."""
    policy = _policy.get()
    context["read_timeout"] = policy.read_timeout
    return None if policy.sends else (AWSResponse("", 200, HTTPHeaders(), None), {})
