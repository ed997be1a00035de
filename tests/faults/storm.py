"""The run: visitors and staff while everything fails, then no faults, then a day on which promises expire."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import time
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from leads.domain.lifecycle import OPEN, Status

from tests.faults.fault_plan import CALM, STORM
from tests.faults.people import BUTTONS, SUCCESS, PressedButton, Visitor, open_staff_page, press_button
from tests.faults.simulation import CAPTURE, STAFF, SWEEP, Simulation
from tests.support import factories

START = factories.moment("2026-11-17 07:30")
"""A Tuesday before opening time: the practice opens and closes during the storm."""

CLOCK_JUMPS, MAX_JUMP = 40, dt.timedelta(minutes=20)
"""Together less than the rest of that day: on the next one the same form would be another lead."""

CONCURRENT_SWEEPS = 2
"""Sweeps that run at the same time, without a pause. On AWS one starts every five minutes."""

SWEEP_INTERVAL = dt.timedelta(minutes=5)
"""The interval of the template's schedule."""

MAX_SWEEPS = 100

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
    seconds: dict[str, float] = field(default_factory=dict)
    _done: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _seen_links: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.simulation.seed} storm")

    async def run(self) -> None:
        """Run every phase."""
        self.simulation.rates = STORM
        await self._timed("the storm", self._all_at_work())
        self.simulation.rates = CALM
        await self._timed("until rest", self._sweep_until_idle())
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
                await self._visit(visitor)
                await self._between_visits()

        async with asyncio.TaskGroup() as storm:  # an error of the test itself ends all tasks
            for work in [
                *[one_after_the_other] * self.concurrency,
                *[self._sweep_until_all_are_done] * CONCURRENT_SWEEPS,
            ]:
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
        """Let the clock jump, or the staff read an e-mail."""
        self._done += 1
        if self._is_time_for(CLOCK_JUMPS):
            self.simulation.clock.jump(
                self._random.choice([-45, 45, 90, self._random.uniform(0, MAX_JUMP.total_seconds())])
            )
        if self._random.random() < 0.3:
            await self._read_an_email()

    def _is_time_for(self, times: int) -> bool:
        """Return True if it is time for something that happens so many times during the storm."""
        return self._done * times // len(self.visitors) > (self._done - 1) * times // len(self.visitors)

    async def _sweep_until_all_are_done(self) -> None:
        while self._done < len(self.visitors):
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
        """Sweep every five minutes until each lead has had its first e-mail and nothing is due."""
        for tick in range(MAX_SWEEPS):
            if self._is_idle():
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
            self.simulation.clock.jump(max(min(looks) - self.simulation.clock(), 6 * SWEEP_INTERVAL).total_seconds())
            await self._sweep()
        raise NeverIdleError(f"a lead is neither called nor escalated after {MAX_SWEEPS} sweeps")
