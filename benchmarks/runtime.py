"""AWS's Python runtime client with one handler in a process of its own, and the runtime API that it polls."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from benchmarks import loopback
from benchmarks.aws import FACTS, LEADS
from benchmarks.functions import CAPTURE, memory
from benchmarks.loopback import LoopbackRequest, LoopbackResponse

Event = dict[str, Any]

T = TypeVar("T")

MAX_FUNCTION_SECONDS = 900
"""The longest timeout of a Lambda function."""

HANDLER_VARIABLES = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "example",
    "LEADS_TABLE": LEADS,
    "LEADS_FACTS": FACTS,
    "LEADS_SECRET": "a secret that is long enough for a benchmark",
    "LEADS_SENDER": "leads@example.com",
    "LEADS_SITE_URL": "https://www.example.com",
    "LEADS_RECIPIENT": "front-desk@example.com",
    "LEADS_ADDRESS_LIMIT": "1000000",
    "LEADS_EMAIL_LIMIT": "1000000",  # older code (--also) sends the e-mail itself, up to a limit
}

BOOTSTRAP = "import sys; from awslambdaric.__main__ import main; main(sys.argv)"


class RuntimeFailedError(RuntimeError):
    """The handler raised, did not start, or did not answer."""


@dataclass(frozen=True)
class PackagedHandler:
    """A handler in its packaged directory."""

    name: str
    directory: Path
    entry: str


@dataclass(frozen=True)
class MeasuredCall:
    """What one call took. Seconds; `answered` is a moment of `time.perf_counter`."""

    cpu: float
    clock: float
    answered: float
    response: Any


@dataclass
class RuntimeApi:
    """Lambda's runtime API: hands out events, and records responses with their times."""

    polls: asyncio.Queue[asyncio.Future[LoopbackResponse]] = field(default_factory=asyncio.Queue)
    responses: asyncio.Queue[tuple[float, Any]] = field(default_factory=asyncio.Queue)
    first_poll: float = 0.0

    def answer(self, request: LoopbackRequest) -> LoopbackResponse | asyncio.Future[LoopbackResponse]:
        """Answer a request of the runtime client."""
        if request.path.endswith("/invocation/next"):
            self.first_poll = self.first_poll or time.perf_counter()
            later: asyncio.Future[LoopbackResponse] = asyncio.get_running_loop().create_future()
            self.polls.put_nowait(later)
            return later
        if request.path.endswith("/error"):
            self.responses.put_nowait((time.perf_counter(), RuntimeFailedError(request.body.decode(errors="replace"))))
        else:
            self.responses.put_nowait((time.perf_counter(), json.loads(request.body)))
        return LoopbackResponse(status=202)

    def hand_out(self, event: Event, to: asyncio.Future[LoopbackResponse]) -> None:
        """Send an event to the waiting runtime client."""
        deadline = int((time.time() + MAX_FUNCTION_SECONDS) * 1000)
        headers = (
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", "00000000-0000-0000-0000-000000000000"),
            ("lambda-runtime-deadline-ms", str(deadline)),
            ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:bench"),
            ("lambda-runtime-trace-id", "Root=1-0-0"),
        )
        to.set_result(LoopbackResponse(body=json.dumps(event).encode(), headers=headers))


class Worker:
    """A process that runs inside `async with`."""

    timeout_seconds = 60.0
    """The time after which a process that does not answer ends the benchmark."""

    def __init__(self, python: Path, handler: PackagedHandler, variables: Mapping[str, str]) -> None:
        self.handler = handler
        self.api = RuntimeApi()
        self._python = python
        self._variables = variables

    async def __aenter__(self) -> Self:
        self._server, port = await loopback.serve(self.api.answer)
        environment = {**_lambda_variables(self.handler, port), **HANDLER_VARIABLES, **self._variables}
        self._log = (self.handler.directory.parent / f"{self.handler.name}.log").open("w+", encoding="utf-8")
        self.started = time.perf_counter()
        self._start(environment)
        return self

    def _start(self, environment: dict[str, str]) -> None:
        command = [str(self._python), "-c", BOOTSTRAP, self.handler.entry]
        # Popen blocks the event loop for a millisecond at most, before anything is measured.
        self.process = subprocess.Popen(
            command, cwd=self.handler.directory, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )

    async def __aexit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._server.close()
        self._log.close()

    async def invoke(self, event: Event) -> tuple[float, Any]:
        """Send the event, and return the time of the response and the response. Raises RuntimeFailedError."""
        later = await self._with_timeout(self.api.polls.get())
        self.api.hand_out(event, later)
        moment, response = await self._with_timeout(self.api.responses.get())
        if isinstance(response, RuntimeFailedError):
            raise response
        return moment, response

    async def call(self, event: Event) -> MeasuredCall:
        """Send the event to the idle process, wait until it is idle again, and return what the call took."""
        await self.idle()
        cpu, began = self.cpu_seconds(), time.perf_counter()
        answered, response = await self.invoke(event)
        await self.idle()
        return MeasuredCall(self.cpu_seconds() - cpu, answered - began, answered, response)

    async def idle(self) -> None:
        """Wait until the runtime polls for the next event, when all work for the last one is done."""
        later = await self._with_timeout(self.api.polls.get())
        self.api.polls.put_nowait(later)

    async def _with_timeout(self, waiting: Awaitable[T]) -> T:
        try:
            return await asyncio.wait_for(waiting, self.timeout_seconds)
        except TimeoutError:
            raise RuntimeFailedError(f"{self.handler.name} does not answer:\n{self.log()[-2000:]}") from None

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all the process's threads so far; Linux only."""
        # The clock id of another process's CPU time (man 3 clock_getcpuclockid).
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def peak_memory(self) -> int:
        """Return the peak memory of the process in bytes; Linux only."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def log(self) -> str:
        """Return the process's output."""
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")


def _lambda_variables(handler: PackagedHandler, runtime_port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": str(handler.directory),
        "PYTHONNOUSERSITE": "1",
        "_HANDLER": handler.entry,
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory(CAPTURE)),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "LAMBDA_TASK_ROOT": str(handler.directory),
    }
