"""AWS Lambda on this machine: processes with AWS's own runtime client, each with a runtime API of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.template import Template
from tests.faults import worker
from tests.faults.recorder import Ending, Invocation, Recorder
from tests.faults.wire import NoResponse, WireRequest, WireResponse, serving

ROOT = Path(__file__).parents[2]

Event = Mapping[str, Any]


@dataclass(frozen=True)
class FunctionSpec:
    """What every process of a function has in common."""

    handler: str
    seconds: float
    """The function's timeout, after which Lambda kills the process."""


def function_specs(template: Template) -> Iterator[FunctionSpec]:
    """Yield every function of the template."""
    default = template["Globals"]["Function"]["Timeout"]
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            facts = resource["Properties"]
            yield FunctionSpec(facts["Handler"], facts.get("Timeout", default))


class WorkerStartError(RuntimeError):
    """A process does not start. This is not one of the planned faults."""


class Sandbox:
    """Runs one process at a time; starts another when it is needed and the last one has died."""

    def __init__(self, name: str, spec: FunctionSpec, variables: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.invocation: Invocation | None = None
        self._spec = spec
        self._variables = variables
        self._log = log
        self._open = AsyncExitStack()

    async def open(self) -> None:
        """Start the runtime API and the process."""
        self._api = await self._open.enter_async_context(serving(self._answer))
        self._open.push_async_callback(self.kill)
        await self._boot()

    async def close(self) -> None:
        """Stop the process and the runtime API."""
        await self._open.aclose()

    async def _boot(self) -> None:
        self.invocation = None  # what the process calls now belongs to its INIT
        loop = asyncio.get_running_loop()
        self._idle: asyncio.Future[asyncio.Future[WireResponse]] = loop.create_future()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.worker", worker.handler_name(self._spec.handler)),
                cwd=ROOT,
                env={**self._variables, "AWS_LAMBDA_RUNTIME_API": self._api},
                stdout=log,
                stderr=log,
            )
        self._dead = asyncio.create_task(self._process.wait())
        await _first(self._idle, self._dead)
        if not self._idle.done():
            raise WorkerStartError(f"{self._spec.handler} does not start:\n{self._log.read_text()[-2000:]}")

    async def run(self, invocation: Invocation, event: Event) -> None:
        """Let the process handle the event, until the function's timeout."""
        if self._dead.done():
            await self._boot()
        waiting, self._idle = await self._idle, asyncio.get_running_loop().create_future()
        self._answered: asyncio.Future[WireResponse] = asyncio.get_running_loop().create_future()
        self.invocation = invocation
        began = time.monotonic()
        waiting.set_result(self._handed_out(event))
        await _first(self._answered, self._dead, seconds=self._spec.seconds)
        await self._conclude(invocation)
        invocation.seconds = time.monotonic() - began

    async def _conclude(self, invocation: Invocation) -> None:
        if self._answered.done():
            answer = self._answered.result()
            invocation.ending = Ending.ANSWERED if answer.status == 200 else Ending.RAISED
            invocation.answer = json.loads(answer.body) or {}
        elif self._dead.done():
            invocation.ending = Ending.KILLED
        else:
            invocation.ending = Ending.TIMED_OUT
            await self.kill()

    def _handed_out(self, event: Event) -> WireResponse:
        deadline = int((time.time() + self._spec.seconds) * 1000)
        headers = {
            "content-type": "application/json",
            "lambda-runtime-aws-request-id": "request",
            "lambda-runtime-deadline-ms": str(deadline),
            "lambda-runtime-invoked-function-arn": f"arn:aws:lambda:us-east-1:000000000000:function:{self.name}",
        }
        return WireResponse(200, json.dumps(event).encode(), headers)

    async def _answer(self, request: WireRequest) -> WireResponse | NoResponse:
        """Answer a request to the runtime API."""
        if request.path.endswith("/next"):
            waiting: asyncio.Future[WireResponse] = asyncio.get_running_loop().create_future()
            self._idle.set_result(waiting)
            await _first(waiting, self._dead)
            return waiting.result() if waiting.done() else NoResponse.RESET
        failed = request.path.endswith("/error")
        if failed:  # Lambda logs it unchanged
            with self._log.open("ab") as log:
                log.write(request.body + b"\n")
        if not self._answered.done():
            self._answered.set_result(WireResponse(500 if failed else 200, request.body))
        return WireResponse(202)

    async def kill(self) -> None:
        """Kill the process with SIGKILL, so that nothing is finished or flushed."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._dead


async def _first(*awaited: asyncio.Future[Any], seconds: float | None = None) -> None:
    """Wait until one of them is done, or the time is over."""
    await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


class Function:
    """One Lambda function with a fixed number of processes; an invocation waits for an idle one."""

    def __init__(self, sandboxes: list[Sandbox], recorder: Recorder) -> None:
        self._sandboxes = sandboxes
        self._recorder = recorder
        self._idle: asyncio.LifoQueue[Sandbox] = asyncio.LifoQueue()
        for sandbox in sandboxes:
            self._idle.put_nowait(sandbox)

    async def open(self) -> None:
        """Start all processes."""
        await asyncio.gather(*(sandbox.open() for sandbox in self._sandboxes))

    async def close(self) -> None:
        """Stop them all."""
        await asyncio.gather(*(sandbox.close() for sandbox in self._sandboxes))

    async def invoke(self, invocation: Invocation, event: Event) -> Invocation:
        """Run the handler once and return the invocation with its ending."""
        sandbox = await self._idle.get()
        invocation.started = self._recorder.moment()
        self._recorder.invocations.append(invocation)
        try:
            await sandbox.run(invocation, event)
        finally:
            invocation.ended = self._recorder.moment()
            self._idle.put_nowait(sandbox)
        return invocation


def inherited_variables() -> dict[str, str]:
    """Return the part of this process's environment that a function may see."""
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "HOME") if name in os.environ}
