"""The functions on simulated time: DynamoDB in memory, SES with its quotas, a clock that moves when the sweep waits.

Capture runs in containers of its own, and its waiting does not delay the sweep, so it takes no simulated time. No other
process changes a lead, so every conditional write succeeds.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError
from leads.handlers import sweep
from leads.wiring import Wiring

from benchmarks.aws import AwsStub, Item, Table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sesv2 import SESV2Client

SWEEP_TIMEOUT = dt.timedelta(seconds=180)
"""The sweep's timeout (infra/template.yaml)."""

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Durations:
    """Seconds that each call takes the sweep. Assumptions, rather too slow: none was measured on AWS."""

    write: float = 0.008
    read: float = 0.005
    query: float = 0.010
    email: float = 0.150
    own: float = 0.006
    """The function's own time for each of a lead's two writes: `make bench` measured 6.9 ms a lead, and 1,024 MB of
    memory come with 0.58 of a processor."""


@dataclass(frozen=True)
class Quota:
    """SES's quota: recipients in any 24 hours, and e-mails a second."""

    a_day: int
    a_second: int


@dataclass
class SesQuotas:
    """SES's quotas: a rolling window of 24 hours, and a rate that allows a burst of one second."""

    quota: Quota
    now: dt.datetime
    allowance: float = 1.0
    used: int = 0
    taken: deque[tuple[dt.datetime, int]] = field(default_factory=deque)
    emails: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def take(self, recipients: int, now: dt.datetime) -> None:
        """Count one e-mail. Raises ClientError, as SES's client does, if a quota is used up."""
        self._move_to(now)
        if self.used + recipients > self.quota.a_day:
            self._refuse("LimitExceededException")
        if self.allowance < 1:
            self._refuse("TooManyRequestsException")
        self.allowance -= 1
        self.taken.append((now, recipients))
        self.used += recipients
        self.emails += 1

    def _move_to(self, now: dt.datetime) -> None:
        earned = (now - self.now).total_seconds() * self.quota.a_second
        self.allowance, self.now = min(self.allowance + earned, float(self.quota.a_second)), now
        while self.taken and self.taken[0][0] <= now - DAY:
            self.used -= self.taken.popleft()[1]

    def _refuse(self, code: str) -> None:
        self.refused[code] += 1
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "SendEmail")


class _JsonItems(dict[str, Item]):
    """Stores items as JSON: 100,000 of them as nested dictionaries would take a gigabyte."""

    def __setitem__(self, reference: str, item: Item) -> None:
        super().__setitem__(reference, json.dumps(item))  # type: ignore[assignment]  # text inside, items outside

    def __getitem__(self, reference: str) -> Item:
        item: Item = json.loads(super().__getitem__(reference))  # type: ignore[arg-type]  # text inside
        return item

    def get(self, reference: str, default: Any = None) -> Any:
        return default if reference not in self else self[reference]  # noqa: SIM401  # dict.get would return JSON


class _EventCounter(io.TextIOBase):
    """Counts the functions' log lines by event."""

    def __init__(self) -> None:
        self.bytes = 0
        self.events: Counter[str] = Counter()

    def write(self, text: str) -> int:
        self.bytes += len(text.encode())
        self.events[json.loads(text)["event"]] += 1
        return len(text)


class _KilledError(BaseException):
    """The function has reached its timeout."""


class SimulatedAws:
    """The clock, boto3's clients of both services, and the sweep's Lambda context, in one object."""

    def __init__(self, begins: dt.datetime, quota: Quota) -> None:
        self.now = self._killed_at = begins
        self.durations, self.log, self.ses_quotas, self.aws = (
            Durations(),
            _EventCounter(),
            SesQuotas(quota, begins),
            AwsStub(),
        )
        self.aws.table = self.table = Table()
        self.table.items = _JsonItems()
        self.arrivals: deque[tuple[dt.datetime, Callable[[], object]]] = deque()
        """Events to come with their times, in order."""
        self.kills = 0
        self._at_capture = False

    def wiring(self) -> Wiring:
        """Return a container's wiring: this clock, this DynamoDB, this SES."""
        return Wiring(
            dynamodb=lambda: cast("DynamoDBClient", self),
            ses=lambda: cast("SESV2Client", self),
            clock=lambda: self.now,
        )

    def logged(self) -> contextlib.AbstractContextManager[object]:
        """Count what the functions log in the block."""
        return contextlib.redirect_stdout(self.log)

    def go_to(self, moment: dt.datetime) -> None:
        """Move the clock, and let each arrival until then happen at its time."""
        while self.arrivals and self.arrivals[0][0] <= moment:
            self.now, arrive = self.arrivals.popleft()
            self._at_capture = True
            arrive()
            self._at_capture = False
        self.now = moment

    def sweep(self) -> float:
        """Run a sweep now, and return its seconds. It is killed at its timeout."""
        began = self.now
        self._killed_at = began + SWEEP_TIMEOUT
        try:
            sweep.make_handler(self.wiring())({}, self)
        except _KilledError:
            self.kills += 1
        return (self.now - began).total_seconds()

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the sweep's timeout, as Lambda's context does."""
        return int((self._killed_at - self.now) / dt.timedelta(milliseconds=1))

    def _wait(self, seconds: float) -> None:
        if self._at_capture:
            return
        self.go_to(self.now + dt.timedelta(seconds=seconds))
        if self.now > self._killed_at:
            raise _KilledError

    def put_item(self, **parameters: Any) -> Item:
        """Answer DynamoDB's PutItem."""
        self._wait(self.durations.write + self.durations.own)
        if self.aws.is_taken(parameters):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "PutItem")
        return self.aws.put(parameters)

    def get_item(self, **parameters: Any) -> Item:
        """Answer DynamoDB's GetItem."""
        self._wait(self.durations.read)
        return self.aws.get(parameters)

    def batch_get_item(self, **parameters: Any) -> Item:
        """Answer DynamoDB's BatchGetItem."""
        self._wait(self.durations.read)
        return self.aws.get_several(parameters)

    def query(self, **parameters: Any) -> Item:
        """Answer DynamoDB's Query."""
        self._wait(self.durations.query)
        return self.aws.query(parameters)

    def update_item(self, **parameters: Any) -> Item:
        """Answer DynamoDB's UpdateItem. Every count stays at one, because each lead has an address of its own."""
        self._wait(self.durations.write)
        if self.aws.is_taken(parameters):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "UpdateItem")
        return self.aws.update(parameters)

    def send_email(self, **parameters: Any) -> Item:
        """Answer SES's SendEmail."""
        self._wait(self.durations.email)
        self.ses_quotas.take(len(parameters["Destination"]["ToAddresses"]), self.now)
        return {"MessageId": "0"}
