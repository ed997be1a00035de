"""Fakes for the clock, SES and Lambda's context, and a DynamoDB client that fails on demand."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, cast

from tests.support.factories import ANSWERS, TUESDAY

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_dynamodb import DynamoDBClient


@dataclass
class Clock:
    """A clock that shows one time until it is moved."""

    at: dt.datetime = TUESDAY

    def __call__(self) -> dt.datetime:
        return self.at

    def advance(self, **duration: float) -> None:
        self.at += dt.timedelta(**duration)


def aws_error(code: str, operation: str = "SendEmail") -> ClientError:
    """Return what botocore raises when AWS refuses, with a text that repeats the request, as AWS's texts do."""
    from botocore.exceptions import ClientError  # here, so that unit tests do not load botocore

    return ClientError({"Error": {"Code": code, "Message": f"{code}: {ANSWERS}"}}, operation)


@dataclass
class Mailbox:
    """A fake of SES: records e-mails, and fails on demand. Safe to use from many threads."""

    refuse: BaseException | None = None
    """Raised by every call."""
    refuse_the: Mapping[int, Exception] = field(default_factory=dict)
    """Raised by single calls, by their number."""
    on_send: Callable[[], object] = lambda: None
    """Called while an e-mail is on its way."""
    tried: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send_email(self, **parameters: Any) -> dict[str, str]:
        with self._lock:
            self.tried += 1
            refusal = self.refuse_the.get(self.tried, self.refuse)
            if refusal:
                raise refusal
            self.calls.append(parameters)
        self.on_send()
        return {"MessageId": "1"}

    @property
    def emails(self) -> list[EmailMessage]:
        """Return every e-mail that was taken, as a mail program parses it."""
        raw = [call["Content"]["Raw"]["Data"] for call in self.calls]
        return [message_from_bytes(data, policy=policy.default) for data in raw]

    @property
    def only(self) -> EmailMessage:
        """Return the only e-mail that was taken."""
        (email,) = self.emails
        return email

    @property
    def subjects(self) -> list[str]:
        """Return the subjects as an inbox shows them: unfolded."""
        return [" ".join(email["Subject"].split()) for email in self.emails]


def headers_of(email: EmailMessage) -> str:
    """Return all headers but Content-Type, which holds random digits."""
    return str([(name, value) for name, value in email.items() if name != "Content-Type"])


def text_of(email: EmailMessage) -> str:
    return _part(email, "plain")


def html_of(email: EmailMessage) -> str:
    return _part(email, "html")


def _part(email: EmailMessage, kind: str) -> str:
    part = email.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@dataclass(frozen=True)
class Interfering:
    """A client of DynamoDB that calls a function before or after some operations."""

    dynamodb: Any
    operations: Collection[str]
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self.dynamodb, operation)
        if operation not in self.operations:
            return method

        def interfered(**parameters: Any) -> Any:
            self.before()
            answer = method(**parameters)
            self.after()
            return answer

        return interfered


class KilledError(BaseException):
    """Raised where Lambda ends the function in the middle of its work."""


def failing(error: BaseException) -> Callable[[], None]:
    """Return a function that raises this error."""

    def fail() -> None:
        raise error

    return fail


def interfering(dynamodb: DynamoDBClient, *operations: str, **how: Callable[[], object]) -> DynamoDBClient:
    """Return a client that calls functions before or after these operations."""
    return cast("DynamoDBClient", Interfering(dynamodb, operations, **how))


@dataclass
class TimeLeft:
    """Lambda's context: the milliseconds left, one value for each call; the last one repeats."""

    milliseconds: Sequence[int] = (180_000,)
    asked: int = 0

    def get_remaining_time_in_millis(self) -> int:
        self.asked += 1
        return self.milliseconds[min(self.asked, len(self.milliseconds)) - 1]
