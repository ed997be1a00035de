"""DynamoDB (Amazon's DynamoDB Local behind a proxy) and SES (a stub), both of which fail as planned."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from random import Random

from leads.aws.dynamodb import Item, from_item
from leads.domain.lifecycle import Action, Event
from leads.services.sweep import LOCK

from tests.faults.fault_plan import Fault
from tests.faults.lambdas import Sandbox
from tests.faults.recorder import SWEEP, Email, Invocation, LockWrite, Recorder, Write
from tests.faults.wire import NoResponse, Upstream, WireRequest, WireResponse
from tests.support.fakes import text_of

FAILURES = {Fault.RESET: NoResponse.RESET, Fault.LOST: NoResponse.NEVER}

FACTS_TABLE = "facts"

REFUSALS = {"InternalServerError": 500, "ThrottlingException": 400, "ProvisionedThroughputExceededException": 400}

LINK = re.compile(r"/staff/leads/(([0-9A-Z-]{14})\.[0-9]+\.[0-9A-Z]{32})")
"""A staff link: its token, and the token's reference."""


class Service:
    """Finds the process that sends a request, and kills it if its fault plan says so."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._sandboxes: dict[str, Sandbox] = {}

    def register(self, sandboxes: Iterable[Sandbox]) -> None:
        """Recognize requests of these processes from now on."""
        self._sandboxes.update({sandbox.name: sandbox for sandbox in sandboxes})

    async def answer(self, request: WireRequest) -> WireResponse | NoResponse:
        """Answer a request of a process, unless the process is killed before or after."""
        sandbox = self._sandboxes[request.headers["x-amz-security-token"]]
        invocation = sandbox.invocation
        if invocation is None:
            return await self.serve_init(request)
        if await self._dies(sandbox, invocation):
            return NoResponse.RESET
        answer = await self.serve(request, invocation)
        return NoResponse.RESET if await self._dies(sandbox, invocation) else answer

    async def _dies(self, sandbox: Sandbox, invocation: Invocation) -> bool:
        if not invocation.fault_plan.is_killed_here():
            return False
        await sandbox.kill()
        if invocation.handler == SWEEP:
            self.recorder.kill_points.add(invocation.fault_plan.kill_point)
        return True

    async def serve_init(self, request: WireRequest) -> WireResponse | NoResponse:
        """Answer a process that has no event yet."""
        raise AssertionError(f"a process calls {request.path} before it has an event")

    async def serve(self, request: WireRequest, invocation: Invocation) -> WireResponse | NoResponse:
        """Return the service's response, or how it fails to arrive."""
        raise NotImplementedError

    def count(self, fault: Fault) -> None:
        """Count the fault."""
        if fault is not Fault.NONE:
            self.recorder.counts[f"{type(self).__name__}: {fault}"] += 1


class DynamoDB(Service):
    """A proxy in front of Amazon's DynamoDB Local."""

    def __init__(self, recorder: Recorder, port: int, clock: Callable[[], dt.datetime], random: Random) -> None:
        super().__init__(recorder)
        self.facts_unread = 0.0
        """Share of reads of the table of facts that fail."""
        self.facts_unread_at_init = 0.0
        self._clock = clock
        self._random = random
        self.amazons = Upstream(port)
        self._histories: dict[str, int] = {}

    async def serve_init(self, request: WireRequest) -> WireResponse | NoResponse:
        """Answer a process that reads facts as it starts."""
        return await self._serve_facts(request, max(self.facts_unread, self.facts_unread_at_init))

    async def _serve_facts(self, request: WireRequest, unread: float) -> WireResponse | NoResponse:
        self.recorder.counts["facts: reads"] += 1
        if self._random.random() >= unread:
            return await self.amazons.ask(request)
        self.recorder.counts["facts: reads that failed"] += 1
        answers: list[WireResponse | NoResponse] = [*NoResponse, _refusal(request, "InternalServerError")]
        return self._random.choice(answers)

    async def serve(self, request: WireRequest, invocation: Invocation) -> WireResponse | NoResponse:
        """Pass the request on or refuse it; pass the response back or lose it."""
        asked = json.loads(request.body)
        if asked.get("TableName") == FACTS_TABLE:
            return await self._serve_facts(request, self.facts_unread)
        self.recorder.counts["DynamoDB: calls"] += 1
        invocation.calls += 1
        fault = invocation.fault_plan.dynamodb()
        self.count(fault)
        written = from_item(asked["Item"]) if request.headers["x-amz-target"].endswith(".PutItem") else {}
        invocation.faults += fault is not Fault.NONE
        if "fingerprint" in written and fault is not Fault.NONE:
            invocation.failures[written["reference"]] += 1
        if fault is Fault.REFUSED:
            return _refusal(request, invocation.fault_plan.choice(list(REFUSALS)))
        answer = await self.amazons.ask(request)
        if answer.status == 200:
            self._record(written, invocation)
        return FAILURES.get(fault, answer)

    def _record(self, written: Item, invocation: Invocation) -> None:
        """Record the write of a lead or of the sweep's lock; nothing else."""
        now = self._clock()
        if written.get("reference") == LOCK:
            until = dt.datetime.fromtimestamp(written["until"], dt.UTC)
            self.recorder.locks.append(LockWrite(invocation, written["owner"], until, now))
        if "fingerprint" not in written:
            return
        reference, history = written["reference"], written["history"]
        next_at = dt.datetime.fromisoformat(written["next_at"]) if "next_at" in written else None
        is_event = self._histories.get(reference) != len(history)
        self._histories[reference] = len(history)
        last = Event(history[-1]["event"])
        self.recorder.writes.append(Write(self.recorder.moment(), invocation, reference, last, now, next_at, is_event))


def _refusal(request: WireRequest, code: str) -> WireResponse:
    # AWS's messages may repeat the request, of which nothing may get into a log.
    content = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": request.body.decode()}
    return WireResponse(REFUSALS[code], json.dumps(content).encode(), {"content-type": "application/x-amz-json-1.0"})


class SES(Service):
    """Accepts e-mails, or answers that there are too many."""

    async def serve(self, request: WireRequest, invocation: Invocation) -> WireResponse | NoResponse:
        """Accept the e-mail, accept it without a response, or refuse it."""
        invocation.calls += 1
        await asyncio.sleep(invocation.fault_plan.ses_seconds())
        fault = invocation.fault_plan.ses()
        self.count(fault)
        raw = base64.b64decode(json.loads(request.body)["Content"]["Raw"]["Data"])
        if fault is Fault.REFUSED:
            content = json.dumps({"message": raw.decode()}).encode()
            return WireResponse(429, content, {"x-amzn-errortype": "TooManyRequestsException"})
        self._take(message_from_bytes(raw, policy=policy.default), invocation, fault)
        return FAILURES.get(fault, WireResponse(200, b'{"MessageId":"1"}', {"content-type": "application/json"}))

    def _take(self, email: EmailMessage, invocation: Invocation, fault: Fault) -> None:
        lost = fault is not Fault.NONE
        self.recorder.emails.append(Email(self.recorder.moment(), invocation, action_of(email), links_in(email), lost))


def links_in(email: EmailMessage) -> dict[str, str]:
    """Return the references of the leads in the e-mail, each with the token of its staff link."""
    return {reference: token for token, reference in LINK.findall(text_of(email))}


def action_of(email: EmailMessage) -> Action | None:
    """Return the action that the e-mail belongs to, by its subject; None for the digest."""
    subject = " ".join(str(email["Subject"]).split())
    if subject.startswith(("Today:", "To look at:")) or subject.endswith("not looked at"):
        return None
    if "eminder" in subject or subject.endswith("call again now"):
        return Action.REMIND
    if "verdue" in subject or subject.startswith("Not reached:"):
        return Action.ESCALATE
    return Action.REPORT_CALL if "not reached" in subject else Action.NOTIFY
