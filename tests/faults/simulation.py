"""All functions and services on this machine, with a clock that jumps."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

from leads.aws.dynamodb import Item
from leads.aws.facts import facts_item, people_item
from leads.aws.repository import LeadRepository
from leads.domain.lifecycle import StoredLead
from types_boto3_dynamodb import DynamoDBClient

from infra.template import load
from tests.faults import worker
from tests.faults.fault_plan import CALM, FaultPlan, Rates
from tests.faults.lambdas import Function, FunctionSpec, Sandbox, function_specs, inherited_variables
from tests.faults.recorder import CAPTURE, STAFF, SWEEP, ClockSetting, Invocation, Recorder
from tests.faults.services import SES, DynamoDB
from tests.faults.wire import serving
from tests.support import compiled_assets, factories

MAX_KILL_POINTS = {CAPTURE: 4, STAFF: 5, SWEEP: 600}
"""Points of an invocation at which it may be killed: two for each call of AWS."""

EACH_KILL_POINT = range(1, 21)
"""Points at each of which a sweep is killed once, if there are enough sweeps."""

TABLE = "leads"


class JumpingClock:
    """The clock of every process, each of which is a little off."""

    def __init__(self, file: Path, start: dt.datetime, recorder: Recorder) -> None:
        self._file = file
        self._recorder = recorder
        self._ahead = (start - dt.datetime.now(dt.UTC)).total_seconds()
        self._write()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self._ahead)

    def jump(self, seconds: float) -> None:
        """Move the clock by so many seconds, forward or back."""
        self._ahead += seconds
        self._write()

    def _write(self) -> None:
        self._recorder.settings.append(ClockSetting(time.time(), self._ahead))
        draft = self._file.with_suffix(".draft")
        draft.write_text(str(self._ahead), encoding="ascii")
        draft.replace(self._file)  # a process never reads half a number


class Simulation:
    """Functions, services and clock, with the present rates of faults."""

    def __init__(
        self, folder: Path, dynamodb: DynamoDBClient, seed: str, recorder: Recorder, start: dt.datetime
    ) -> None:
        self.rates = CALM
        self.recorder = recorder
        self.seed = seed
        self.dynamodb = dynamodb
        self.clock = JumpingClock(folder / "clock", start, recorder)
        self.functions: dict[str, Function] = {}
        self.log = folder / "log"
        self.proxy = DynamoDB(
            recorder, int(dynamodb.meta.endpoint_url.rpartition(":")[2]), self.clock, Random(f"{seed} facts")
        )
        shell = (folder / "compiled" / "shell.html").read_text(encoding="utf-8")
        self._put(facts_item(factories.SAMPLE.facts_json, shell))

    def set_rates(self, rates: Rates) -> None:
        """Let faults be this frequent from now on."""
        self.rates, self.proxy.facts_unread_at_init = rates, rates.facts_unread_at_init

    def name_people(self, people: str) -> None:
        """Store the people who get the requests, as JSON."""
        self._put(people_item(people))

    def _put(self, item: Item) -> None:
        self.dynamodb.put_item(TableName="facts", Item=item)

    async def call(self, handler: str, name: str, event: Mapping[str, Any]) -> Invocation:
        """Invoke a function. Its faults depend on the seed and this name."""
        random = Random(f"{self.seed} {name}")
        fault_plan = FaultPlan(self.rates, random, self._kill_point(handler, random))
        return await self.functions[handler].invoke(Invocation(name, handler, fault_plan), event)

    def _kill_point(self, handler: str, random: Random) -> int:
        """Draw where the process is killed; 0 is never."""
        if random.random() >= (self.rates.sweeps_killed if handler == SWEEP else self.rates.killed):
            return 0
        missing = [point for point in EACH_KILL_POINT if point not in self.recorder.kill_points]
        if handler == SWEEP and missing and random.random() < 0.8:
            return random.choice(missing[:10])
        # Evenly over the orders of magnitude: the first ones matter in each invocation, and a sweep has hundreds.
        return int(MAX_KILL_POINTS[handler] ** random.random())

    async def ask(self, handler: str, name: str, event: Mapping[str, Any]) -> int | None:
        """Invoke a function over HTTP; return the status that arrives, or None if nothing does."""
        invocation = await self.call(handler, name, event)
        return None if invocation.fault_plan.loses_answer() else invocation.status

    def leads(self) -> list[StoredLead]:
        """Return every stored lead."""
        return list(LeadRepository(TABLE, self.dynamodb).everything(self.clock()))


@asynccontextmanager
async def start_simulation(
    folder: Path, dynamodb: DynamoDBClient, seed: str, sizes: Mapping[str, int], start: dt.datetime
) -> AsyncIterator[Simulation]:
    """Yield a simulation with so many processes of each function, after all of them have started."""
    compiled = compiled_assets.compiled(folder / "compiled", factories.SAMPLE)
    made = Simulation(folder, dynamodb, seed, Recorder(), start)
    proxy, ses = made.proxy, SES(made.recorder)
    async with AsyncExitStack() as stack:
        stack.callback(proxy.amazons.close)
        servers = [await stack.enter_async_context(serving(service.answer)) for service in (proxy, ses)]
        variables = _variables(folder, compiled, *servers)
        for spec in function_specs(load()):
            sandboxes = list(_sandboxes(spec, sizes[spec.handler], variables, made))
            proxy.register(sandboxes)
            ses.register(sandboxes)
            made.functions[spec.handler] = Function(sandboxes, made.recorder)
            stack.push_async_callback(made.functions[spec.handler].close)
        await asyncio.gather(*(function.open() for function in made.functions.values()))
        yield made


def _sandboxes(
    spec: FunctionSpec, count: int, variables: Mapping[str, str], simulation: Simulation
) -> Iterator[Sandbox]:
    for number in range(count):
        name = f"{spec.handler.split('.')[-2]}-{number}"
        skew = Random(f"{simulation.seed} {name}").uniform(-0.5, 0.5)
        own = {"AWS_SESSION_TOKEN": name, worker.CLOCK_SKEW: str(skew)}
        yield Sandbox(name, spec, {**variables, **own}, simulation.log)


def _variables(folder: Path, compiled: Path, dynamodb: str, ses: str) -> dict[str, str]:
    return {
        **inherited_variables(),
        **compiled_assets.variables(compiled),
        worker.OFFSET: str(folder / "clock"),
        "AWS_ENDPOINT_URL_DYNAMODB": f"http://{dynamodb}",
        "AWS_ENDPOINT_URL_SESV2": f"http://{ses}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_FUNCTION_NAME": "leads",
    }
