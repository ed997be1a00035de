"""Talking to DynamoDB: one client, plain Python values, errors that carry nothing personal."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, SSLError
from botocore.exceptions import ConnectionError as NotConnectedError

from leads.aws import clients
from leads.clock import NEVER, Deadline

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


CONNECTING = 0.5
"""Seconds for a connection; within AWS it takes milliseconds."""

READING = 2.5
"""Seconds that one try waits for its answer, at most. DynamoDB takes milliseconds. A connection that AWS dropped
silently while the function slept costs all of them, so that several must fit into Lambda's time."""

SHORTEST = 0.25
"""Seconds that a try must have left for its answer; with less it is not begun."""

LONGEST_PAUSE = 2.0

sleep: Callable[[float], None] = time.sleep
"""The pause between two tries; most tests do without."""

THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""DynamoDB has done nothing, and asks for a pause."""


class StoreError(RuntimeError):
    """DynamoDB did not do what was asked; its text holds AWS's error code and nothing personal."""

    def __init__(self, code: str, *, unsure: bool = False) -> None:
        super().__init__(code)
        self.unsure = unsure
        """Whether it may have been done all the same: an answer was lost, or told of a fault inside of DynamoDB."""


class RefusedError(Exception):
    """A condition did not hold; the item that stands in the table is in `item`."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


@dataclass(frozen=True)
class Patience:
    """How long the caller can wait for DynamoDB.

    botocore's own retries know no deadline, and its timeouts belong to the client, of which there is one only: the
    next would cost a cold start 20 ms. So the client tries once, `ask` tries again, and each try waits for its answer
    no longer than there is time (botocore takes `read_timeout` from a request's context since 1.43.72).
    """

    tries: int = 4
    reading: float = READING
    deadline: Deadline = NEVER

    def allows(self, pause: float) -> bool:
        """Whether there is time for one more try after this pause."""
        return self.deadline.seconds_left >= pause + CONNECTING + SHORTEST

    @property
    def read_timeout(self) -> float:
        """Seconds that a try which begins now may wait for its answer: half of what is left at most, so that after a
        lost answer there is time to ask whether the write was done."""
        return min(self.reading, max((self.deadline.seconds_left - CONNECTING) / 2, SHORTEST))


USUAL = Patience()

_patience: ContextVar[Patience] = ContextVar("patience", default=USUAL)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Within the block, begin no try that could end after this moment; tries that fail at once are six at most."""
    with _as_patient_as(replace(_patience.get(), tries=6, deadline=deadline)):
        yield


@contextmanager
def one_short_try() -> Iterator[None]:
    """Within the block, ask once and wait for a moment only: for what is good to know, and worth no delay."""
    with _as_patient_as(replace(_patience.get(), tries=1, reading=0.5)):
        yield


@contextmanager
def _as_patient_as(patience: Patience) -> Iterator[None]:
    before = _patience.set(patience)
    try:
        yield
    finally:
        _patience.reset(before)


@dataclass(frozen=True)
class _Failure:
    """What one try came to."""

    code: str
    unsure: bool
    """Whether it may have been done all the same."""
    curable: bool
    """Whether the next try may succeed."""

    def pause(self, tries: int) -> float:
        """Seconds before the next try: longer each time and by chance, so that many do not come back at once."""
        most = min((0.2 if self.code in THROTTLED else 0.05) * 2**tries, LONGEST_PAUSE)
        return secrets.randbelow(round(most * 1000)) / 1000


def ask(operation: Any, **parameters: Any) -> Any:
    """DynamoDB's answer, after as many tries as the caller's patience allows.

    Raises RefusedError where a condition did not hold, StoreError for all else. A write may have been done by an
    earlier try, whose answer was lost: `store.Leads` knows its own again by `write`.
    """
    patience, unsure = _patience.get(), False
    failure = _Failure("NoTimeLeft", unsure=False, curable=True)
    for tries in range(patience.tries):
        pause = failure.pause(tries) if tries else 0.0
        if not failure.curable or not patience.allows(pause):
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
    """What the error says; where nothing proves that nothing was done, it may have been done."""
    if not isinstance(error, ClientError):
        lost = isinstance(error, HTTPClientError | SSLError)
        return _Failure(type(error).__name__, unsure=lost, curable=lost or isinstance(error, NotConnectedError))
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise RefusedError(from_item(error.response.get("Item", {}))) from None  # type: ignore[arg-type]  # not in botocore's type
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    refused = code in THROTTLED or 400 <= status < 500
    return _Failure(code, unsure=not refused, curable=code in THROTTLED or not refused)


def to_item(values: Item) -> Item:
    """Python values as DynamoDB writes them: text, whole numbers, truth, nothing, lists and mappings of these."""
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
    raise TypeError(f"DynamoDB has no {type(value).__name__} of ours")


UNREADABLE = object()
"""Stands where an item has what our table never holds: bytes, a broken number, a type that is newer than this code."""


def from_item(item: Item) -> Item:
    """What DynamoDB wrote, as Python values. Never raises: one odd attribute must not cost a page of other items."""
    return {name: _read(value) for name, value in item.items()}


def _read(value: Item) -> Any:
    ((kind, content),) = value.items()
    try:
        return READERS[kind](content)
    except (KeyError, ValueError):
        return UNREADABLE


READERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": int,
    "BOOL": bool,
    "NULL": lambda _: None,
    "SS": set,
    "L": lambda items: [_read(item) for item in items],
    "M": from_item,
}
"""What of DynamoDB's types is in our table."""


@cache
def client(connect_timeout: float = CONNECTING) -> DynamoDBClient:
    """The one client. `ask` tries again, not botocore (Patience says why)."""
    made: DynamoDBClient = clients.client("dynamodb", connect_timeout=connect_timeout, read_timeout=READING, tries=1)
    made.meta.events.register("before-call.dynamodb", _limit_reading)
    return made


def _limit_reading(context: dict[str, Any], **_: Any) -> None:
    context["read_timeout"] = _patience.get().read_timeout
