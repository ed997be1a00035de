"""The functions on simulated time: DynamoDB in memory, SES with its quotas, a clock that moves when the sweep waits.

Capture runs in containers of its own, and its waiting does not delay the sweep, so it takes no simulated time. No other
process changes a lead, so every condition is decided at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import random
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partialmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError
from leads.aws import items
from leads.domain.lifecycle import SWEEP_INTERVAL, Event, StoredLead
from leads.domain.practice import Practice
from leads.handlers import capture, sweep
from leads.wiring import Wiring

from benchmarks.aws import FACTS, LATENCIES, LEADS, AwsStub, ConditionNotMetError
from benchmarks.expressions import Item
from benchmarks.functions import SWEEP, timeout
from benchmarks.submissions import BROWSER, SUCCESS, submission

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sesv2 import SESV2Client

OWN_SECONDS = 0.006
"""The sweep's own time for each write: about 3.5 ms a lead with two of them (`make bench`), at the sweep's share of a
processor, rounded up."""

WRITES = frozenset({"DeleteItem", "PutItem", "UpdateItem"})

CONTAINERS = 10
"""Containers in which capture runs at the same time: 28 leads a second, a third of a second each."""

DAY = dt.timedelta(days=1)

COMPILED = Path(__file__).parents[1] / "functions" / "leads" / "compiled"


@dataclass(frozen=True)
class Quota:
    """SES's quota: recipients in any 24 hours, and e-mails a second."""

    a_day: int
    a_second: int


QUOTAS = {"sandbox": Quota(200, 1), "production": Quota(50_000, 14)}
"""SES's quotas in the sandbox, and those that AWS usually grants first outside of it (docs/costs.md)."""


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

    def __init__(self, begins: dt.datetime, quota: Quota, aws: AwsStub | None = None) -> None:
        self.now = self._killed_at = begins
        self.aws, self.log, self.ses_quotas = aws or AwsStub(), _EventCounter(), SesQuotas(quota, begins)
        self.table = self.aws.tables[LEADS]
        self.arrivals: deque[tuple[dt.datetime, tuple[str, ...]]] = deque()
        """Times of the forms to come, in order, and the conditions ticked."""
        self.arrived = self.kills = 0
        self._at_capture = False
        self._captures = [capture.make_handler(self._wiring()) for _ in range(CONTAINERS)]
        self._sweep = sweep.make_handler(self._wiring())

    def _wiring(self) -> Wiring:
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
        """Move the clock, and let each form until then arrive at its time."""
        while self.arrivals and self.arrivals[0][0] <= moment:
            self.now, conditions = self.arrivals.popleft()
            self._at_capture = True
            response = self._captures[self.arrived % CONTAINERS](submission(conditions), None)
            self._at_capture = False
            self.arrived += 1
            assert response["statusCode"] == SUCCESS, response
        self.now = moment

    def sweeps(self, duration: dt.timedelta, jitter: random.Random | None = None) -> Iterator[float]:
        """Sweep every minute for so long; yield the seconds of each sweep after it.

        A tick that comes while a sweep runs does nothing. With `jitter`, the schedule fires at any second of its
        minute, which is all that EventBridge Scheduler promises.
        """
        begins = self.now
        for number in range(1, int(duration / SWEEP_INTERVAL) + 1):
            moment = begins + (number + (jitter.random() if jitter else 0)) * SWEEP_INTERVAL
            if moment >= self.now:
                self.go_to(moment)
                yield self._run_sweep()

    def _run_sweep(self) -> float:
        began = self.now
        self._killed_at = began + timeout(SWEEP)
        try:
            self._sweep({}, self)
        except _KilledError:
            self.kills += 1
        return (self.now - began).total_seconds()

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the sweep's timeout, as Lambda's context does."""
        return int((self._killed_at - self.now) / dt.timedelta(milliseconds=1))

    def _call(self, operation: str, **parameters: Any) -> Item:
        self._wait(operation)
        try:
            return self.aws.call(operation, parameters)
        except ConditionNotMetError as failed:
            error: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}, "Item": failed.item}
            raise ClientError(error, operation) from None

    def _wait(self, operation: str) -> None:
        if self._at_capture:
            return
        seconds = LATENCIES[operation] + (OWN_SECONDS if operation in WRITES else 0)
        self.go_to(self.now + dt.timedelta(seconds=seconds))
        if self.now > self._killed_at:
            raise _KilledError

    delete_item = partialmethod(_call, "DeleteItem")
    get_item = partialmethod(_call, "GetItem")
    put_item = partialmethod(_call, "PutItem")
    query = partialmethod(_call, "Query")
    update_item = partialmethod(_call, "UpdateItem")

    def send_email(self, **parameters: Any) -> Item:
        """Answer SES's SendEmail."""
        self._wait("SendEmail")
        self.ses_quotas.take(len(parameters["Destination"]["ToAddresses"]), self.now)
        return {"MessageId": "0"}

    def leads(self) -> Iterator[StoredLead]:
        """Yield the leads in the table."""
        stored = [self.table.items[name] for name in self.table.items]
        return (items.read(item) for item in stored if "fingerprint" in item)


def first_time(lead: StoredLead, event: Event) -> dt.datetime | None:
    """Return when this first happened to the lead, or None."""
    return next((entry.at for entry in lead.history if entry.event is event), None)


def notified_after(lead: StoredLead, now: dt.datetime) -> dt.timedelta:
    """Return the time from storing the lead to the staff's first e-mail; without one it counts until now."""
    return (first_time(lead, Event.NOTIFIED) or now) - lead.received_at


def tuesday_at_ten(practice: Practice) -> dt.datetime:
    """Return the beginning of a simulation, UTC."""
    return dt.datetime(2026, 11, 17, 10, tzinfo=practice.zone).astimezone(dt.UTC)


def variables(compiled: Path = COMPILED) -> dict[str, str]:
    """Return the functions' variables that the simulation needs."""
    return {
        "LEADS_TABLE": LEADS,
        "LEADS_FACTS": FACTS,
        "LEADS_SECRET": "a secret that is long enough for a simulation",
        "LEADS_SITE_URL": BROWSER["origin"],
        "LEADS_COMPILED": str(compiled),
    }
