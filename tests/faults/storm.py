"""The run: visitors, staff and a scheduler while everything fails; then no faults; then a day of promises that expire.

During the storm it is not known at first who gets the requests, later the table of facts cannot be read, and then the
people in it are of no use for a while.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import time
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from leads.domain.lifecycle import OPEN, SWEEP_INTERVAL, Status
from leads.services.sweep import BATCH_TIMEOUT

from tests.faults.fault_plan import CALM, STORM
from tests.faults.people import BUTTONS, SUCCESS, PressedButton, Visitor, open_staff_page, press_button
from tests.faults.recorder import CAPTURE, STAFF, SWEEP, TimeSpan
from tests.faults.simulation import Simulation
from tests.support import factories

START = factories.moment("2026-11-17 07:30")
"""A Tuesday before opening time: the practice opens and closes during the storm."""

CLOCK_JUMPS, MAX_JUMP = 40, dt.timedelta(minutes=5)
MIN_TICKS, MAX_TICKS = 24, 160
"""Minutes of the scheduler during the storm, one for each visitor.

With the clock's jumps they are less than the rest of that day: on the next one the same form would be another lead.
"""

TWO_SWEEPS, LATE_SECOND_SWEEP = 0.25, 0.3
"""The share of ticks that start two sweeps, and of these the share in which the first one's lock ends meanwhile."""

STOPS = 4
"""How often the scheduler stops during the storm."""

MISSING_PEOPLE, UNREAD_FACTS, DAMAGED_PEOPLE = (0.0, 0.1), (0.3, 0.4), (0.5, 0.6)
"""Parts of the storm, as shares of it, in which this is wrong with the table of facts."""

PAUSE_OF_PROMISES = dt.timedelta(minutes=30)
"""The least time between two sweeps while promises expire."""

MAX_SWEEPS = 100

MIN_CALM_SWEEPS = 8
"""Sweeps after the storm: in that time the alarm that no sweep has run must end."""

CALLED_IN_TIME = 0.7
"""The share of leads that the staff call before the promise expires."""


class NeverIdleError(AssertionError):
    """Something is still due after MAX_SWEEPS sweeps."""


@dataclass
class Storm:
    """One run of the simulation."""

    simulation: Simulation
    visitors: Sequence[Visitor]
    concurrency: int
    pressed: list[PressedButton] = field(default_factory=list)
    called_late: set[str] = field(default_factory=set)
    sweeps_until_idle: int = 0
    idle_from: dt.datetime = START
    """When nothing was due any more after the storm, by the simulation's clock."""
    seconds: dict[str, float] = field(default_factory=dict)
    _done: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _seen_links: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.simulation.seed} storm")
        self._ticks = min(max(len(self.visitors), MIN_TICKS), MAX_TICKS)
        # Neither visitors nor the scheduler get further ahead of the other than by as many visitors as come at once.
        self._arrivals = asyncio.Semaphore(self.concurrency)
        self._due_ticks = asyncio.Semaphore(self._ticks * self.concurrency // len(self.visitors))

    async def run(self) -> None:
        """Run every phase."""
        self.simulation.set_rates(STORM)
        await self._timed("the storm", self._all_at_work())
        self.simulation.set_rates(CALM)
        await self._timed("until rest", self._sweep_until_idle())
        self.idle_from = self.simulation.clock()
        await self._timed("the staff's calls", self._call_leads(CALLED_IN_TIME))
        await self._timed("until all promises have fallen due", self._let_promises_expire())

    async def _timed(self, name: str, phase: Awaitable[None]) -> None:
        began = time.monotonic()
        await phase
        self.seconds[name] = time.monotonic() - began

    # --- The storm ---

    async def _all_at_work(self) -> None:
        to_come = iter(self.visitors)

        async def one_after_the_other() -> None:
            for visitor in to_come:
                await self._arrivals.acquire()
                await self._visit(visitor)
                await self._between_visits()

        async with asyncio.TaskGroup() as storm:  # an error of the test itself ends all tasks
            for work in [*[one_after_the_other] * self.concurrency, self._schedule_sweeps]:
                storm.create_task(work())

    async def _visit(self, visitor: Visitor) -> None:
        for attempt in range(visitor.patience):
            clicks = 2 if visitor.double_clicks and attempt == 0 else 1
            names = [f"visitor {visitor.number}.{attempt}.{click}" for click in range(clicks)]
            visitor.statuses += await asyncio.gather(
                *(self.simulation.ask(CAPTURE, name, visitor.request()) for name in names)
            )
            if visitor.saw_success:
                return

    async def _between_visits(self) -> None:
        """Let the scheduler go on, the clock jump, or the staff read an e-mail."""
        self._done += 1
        for _ in range(_share(self._done, self._ticks, len(self.visitors))):
            self._due_ticks.release()
        if _share(self._done, CLOCK_JUMPS, len(self.visitors)):
            self.simulation.clock.jump(
                self._random.choice([-45, 45, 90, self._random.uniform(0, MAX_JUMP.total_seconds())])
            )
        if self._random.random() < 0.3:
            await self._read_an_email()

    # --- The scheduler ---

    async def _schedule_sweeps(self) -> None:
        """Start a sweep, or two, each minute; minutes pass as visitors come."""
        for tick in range(self._ticks):
            await self._due_ticks.acquire()
            for _ in range(_share(tick + 1, len(self.visitors), self._ticks)):
                self._arrivals.release()
            self._spoil_facts(tick / self._ticks)
            if tick % (self._ticks // STOPS) == self._ticks // STOPS // 2:
                await self._stop()
            self.simulation.clock.jump(SWEEP_INTERVAL.total_seconds())
            another = [self._sweep_late()] if self._random.random() < TWO_SWEEPS else []
            await asyncio.gather(self._sweep(), *another)

    def _spoil_facts(self, elapsed: float) -> None:
        """Let the table of facts be as it is to be after this share of the storm."""
        missing, unread, damaged = (
            begins <= elapsed < ends for begins, ends in (MISSING_PEOPLE, UNREAD_FACTS, DAMAGED_PEOPLE)
        )
        self.simulation.proxy.facts_unread = float(unread)
        if not missing:
            self.simulation.name_people("{" if damaged else factories.SAMPLE.people_json)

    async def _stop(self) -> None:
        """Let more than five minutes pass without a sweep, while visitors come."""
        began = self.simulation.clock()
        for _ in range(2):
            self.simulation.clock.jump(self._random.uniform(200, 300))
            await asyncio.sleep(0.3)
        self.simulation.recorder.stops.append(TimeSpan(began, self.simulation.clock()))

    async def _sweep_late(self) -> None:
        """Sweep while another sweep works, now and then after its lock has ended."""
        await asyncio.sleep(self._random.uniform(0, 0.5))
        if self._random.random() < LATE_SECOND_SWEEP:
            self.simulation.clock.jump(BATCH_TIMEOUT.total_seconds())
        await self._sweep()

    async def _sweep(self) -> None:
        await self.simulation.call(SWEEP, f"sweep {next(self._numbers)}", {})

    # --- Staff ---

    async def _read_an_email(self) -> None:
        emails = self.simulation.recorder.emails
        for reference, token in self._random.choice(emails).links.items() if emails else ():
            if reference not in self._seen_links:
                self._seen_links.add(reference)
                await self._answer_for(reference, token)
                return

    async def _answer_for(self, reference: str, token: str) -> None:
        random = Random(f"{self.simulation.seed} staff {reference}")
        if random.random() < 0.3:  # as a mail scanner does too
            await self.simulation.ask(STAFF, f"look {reference}", open_staff_page(token))
        button = random.choices(list(BUTTONS), [6, 3, 1, 1])[0]  # perhaps one that the page does not offer
        await self._press(button, reference, token)

    async def _press(self, button: str, reference: str, token: str) -> None:
        """Press until the page says that it is recorded or out of date, three times at most."""
        for attempt in range(3):
            status = await self.simulation.ask(
                STAFF, f"press {button} {reference} {attempt}", press_button(button, token)
            )
            if status in SUCCESS:
                self.pressed.append(PressedButton(reference, BUTTONS[button]))
            if status is not None and status < 500:
                return

    # --- Without faults ---

    async def _sweep_until_idle(self) -> None:
        """Sweep every minute until each lead has had its first e-mail and nothing is due."""
        for tick in range(MAX_SWEEPS):
            if tick >= MIN_CALM_SWEEPS and self._is_idle():
                self.sweeps_until_idle = tick
                return
            self.simulation.clock.jump(SWEEP_INTERVAL.total_seconds())
            await self._sweep()
        raise NeverIdleError(f"not idle after {MAX_SWEEPS} sweeps")

    def _is_idle(self) -> bool:
        now = self.simulation.clock()
        return not any(
            lead.next_at and (lead.status is Status.STORED or lead.next_at <= now) for lead in self.simulation.leads()
        )

    async def _call_leads(self, share: float) -> None:
        """Record calls for this share of the open leads, quarantined ones too."""
        links = {
            reference: token for email in self.simulation.recorder.emails for reference, token in email.links.items()
        }
        waiting = [lead for lead in self.simulation.leads() if lead.status in OPEN and lead.reference in links]
        to_call = iter(waiting[: round(len(waiting) * share)])

        async def one_after_the_other() -> None:
            for lead in to_call:
                await self._press("contacted", lead.reference, links[lead.reference])

        await asyncio.gather(*(one_after_the_other() for _ in range(4)))

    async def _let_promises_expire(self) -> None:
        """Let time pass until each uncalled lead is escalated, then record calls for all of them."""
        for _ in range(MAX_SWEEPS):
            waiting = [lead for lead in self.simulation.leads() if lead.is_open]
            looks = [lead.next_at for lead in waiting if lead.next_at and lead.status is not Status.OVERDUE]
            if not looks:
                self.called_late = {lead.reference for lead in waiting}
                return await self._call_leads(1.0)
            self.simulation.clock.jump(max(min(looks) - self.simulation.clock(), PAUSE_OF_PROMISES).total_seconds())
            await self._sweep()
        raise NeverIdleError(f"a lead is neither called nor escalated after {MAX_SWEEPS} sweeps")


def _share(number: int, times: int, steps: int) -> int:
    """Return how often something happens in this step, counted from 1, if it happens so many times in all steps."""
    return number * times // steps - (number - 1) * times // steps
