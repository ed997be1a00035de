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

from leads.aws.dynamodb import Item, from_item
from leads.domain.lifecycle import Action, Event

from tests.faults.fault_plan import Fault
from tests.faults.lambdas import Sandbox
from tests.faults.recorder import Email, Invocation, Recorder, Write
from tests.faults.wire import NoResponse, Upstream, WireRequest, WireResponse
from tests.support.fakes import text_of

FAILURES = {Fault.RESET: NoResponse.RESET, Fault.LOST: NoResponse.NEVER}

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
        assert invocation, "a process calls AWS before it has an event"
        if await self._dies(sandbox, invocation):
            return NoResponse.RESET
        answer = await self.serve(request, invocation)
        return NoResponse.RESET if await self._dies(sandbox, invocation) else answer

    async def _dies(self, sandbox: Sandbox, invocation: Invocation) -> bool:
        if not invocation.fault_plan.is_killed_here():
            return False
        await sandbox.kill()
        return True

    async def serve(self, request: WireRequest, invocation: Invocation) -> WireResponse | NoResponse:
        """Return the service's response, or how it fails to arrive."""
        raise NotImplementedError

    def count(self, fault: Fault) -> None:
        """Count the fault."""
        if fault is not Fault.NONE:
            self.recorder.counts[f"{type(self).__name__}: {fault}"] += 1


class DynamoDB(Service):
    """A proxy in front of Amazon's DynamoDB Local."""

    def __init__(self, recorder: Recorder, port: int, clock: Callable[[], dt.datetime]) -> None:
        super().__init__(recorder)
        self._clock = clock
        self.amazons = Upstream(port)
        self._histories: dict[str, int] = {}

    async def serve(self, request: WireRequest, invocation: Invocation) -> WireResponse | NoResponse:
        """Pass the request on or refuse it; pass the response back or lose it."""
        self.recorder.counts["DynamoDB: calls"] += 1
        fault = invocation.fault_plan.dynamodb()
        self.count(fault)
        lead = _lead_in(request)
        if lead and fault is not Fault.NONE:
            invocation.failures[lead["reference"]] += 1
        if fault is Fault.REFUSED:
            return _refusal(request, invocation)
        answer = await self.amazons.ask(request)
        if lead and answer.status == 200:
            self._note(lead, invocation)
        return FAILURES.get(fault, answer)

    def _note(self, lead: Item, invocation: Invocation) -> None:
        reference, history = lead["reference"], lead["history"]
        now = self._clock()
        since = now if reference in self._histories else dt.datetime.fromisoformat(lead["received_at"])
        is_hold = self._histories.get(reference) == len(history)
        self._histories[reference] = len(history)
        last = Event(history[-1]["event"])
        self.recorder.writes.append(Write(self.recorder.moment(), invocation, reference, last, now, since, is_hold))


def _lead_in(request: WireRequest) -> Item | None:
    """Return the lead that the request writes, or None if it writes none."""
    if not request.headers["x-amz-target"].endswith(".PutItem"):
        return None
    item = from_item(json.loads(request.body)["Item"])
    return item if "fingerprint" in item else None


def _refusal(request: WireRequest, invocation: Invocation) -> WireResponse:
    code = invocation.fault_plan.choice(list(REFUSALS))
    # AWS's messages may repeat the request, of which nothing may get into a log.
    content = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": request.body.decode()}
    return WireResponse(REFUSALS[code], json.dumps(content).encode(), {"content-type": "application/x-amz-json-1.0"})


class SES(Service):
    """Accepts e-mails, or answers that there are too many."""

    async def serve(self, request: WireRequest, invocation: Invocation) -> WireResponse | NoResponse:
        """Accept the e-mail, accept it without a response, or refuse it."""
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
