"""A sweep that is killed at any of its calls: the next ones send what is owed, and repeat one e-mail at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, cast

import pytest
from leads.domain import lifecycle
from leads.domain.lifecycle import Event, Screening, Status, StoredLead
from leads.services.follow_up import LIST_RETRY
from leads.services.limited_sender import ORDINARY
from leads.services.sweep import BATCH_TIMEOUT, Limits, Sweep

from tests.support import factories
from tests.support.factories import TUESDAY
from tests.support.fakes import KilledError
from tests.support.memory import MemoryServices, SentEmail

LISTS = {"digest", "review"}
"""Kinds of e-mails that list whatever waits; the others are about leads for which this action is due."""

Owed = Counter[tuple[str, str]]
"""E-mails by kind and lead; by kind only for LISTS."""


@dataclass
class CallCount:
    """Counts calls of the ports, and kills the process before one of them."""

    killed_at: int
    """Number of the call before which the process is killed."""
    calls: int = 0

    def next(self) -> None:
        self.calls += 1
        if self.calls == self.killed_at:
            raise KilledError


@dataclass(frozen=True)
class CountedPort:
    """A port whose calls are counted. Nothing happens between two calls: killed after one is killed before the next."""

    port: Any
    count: CallCount

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            self.count.next()
            return method(*arguments, **named)

        return counted


@dataclass
class BusyMorning:
    """A practice on a Tuesday morning with leads in every state that a sweep has work with."""

    memory: MemoryServices = field(default_factory=MemoryServices)

    def __post_init__(self) -> None:
        for number in range(3):  # more than may be sent alone
            self._ask(f"ordinary {number}")
        self._ask("urgent", condition="suicidal-thoughts")
        self._ask("urgent and odd", "odd", condition="suicidal-thoughts")
        self._ask("odd", "odd")
        self._again("closed", factories.stored(Event.NOTIFIED, Event.CONTACTED, name="closed"))
        self._again("in review", factories.stored(name="in review", review_reason="odd"))
        self._again("in review and odd", factories.stored(name="in review and odd", review_reason="odd"), "odd")
        for name, events in {"failed": [Event.SEND_FAILED], "notified": [Event.NOTIFIED]}.items():
            self.memory.keep(replace(factories.stored(*events, name=name), next_at=TUESDAY))
        late = factories.stored(Event.NOTIFIED, Event.REMINDED, name="late")
        self.memory.keep(replace(late, next_at=TUESDAY, call_by=TUESDAY))

    def _ask(self, name: str, reason: str | None = None, condition: str = "trd") -> None:
        made = factories.stored(name=name, conditions=[condition])
        screening = Screening("a network", reason)
        self.memory.keep(
            lifecycle.receive(made.lead, made.reference, made.fingerprint, TUESDAY, self.memory.practice, screening)
        )

    def _again(self, name: str, lead: StoredLead, reason: str | None = None) -> None:
        again = lifecycle.ask_again(lead, Screening("a network", reason), TUESDAY, self.memory.practice)
        self.memory.keep(again)

    def sweep(self, calls: CallCount | None = None) -> None:
        """Sweep; the calls are counted, if any are to be."""
        service, counted = self.memory.service, calls or CallCount(0)
        names = ("leads", "counters", "locks", "mailer")
        ports = {name: cast("Any", CountedPort(getattr(service, name), counted)) for name in names}
        limits = Limits(singles=replace(ORDINARY, limit=2), batch=4)
        Sweep(replace(service, **ports), f"sweep at {self.memory.clock()}", lambda: BATCH_TIMEOUT, limits).run()

    def sweep_after_a_while(self) -> None:
        """Sweep as often as it takes once locks and leases have ended."""
        for _ in range(2):
            self.memory.clock.at += LIST_RETRY
            self.sweep()

    def sent(self) -> Owed:
        return sum(map(_content, self.memory.mailer.sent), Owed())

    def states(self) -> dict[str, tuple[Status, list[Event], bool, bool]]:
        """Return each lead as it is now, but for times."""
        return {
            lead.lead.name: (
                lead.status,
                [entry.event for entry in lead.history],
                lead.next_at is None,
                lead.screening is None,
            )
            for lead in self.memory.table.leads.values()
        }


def _content(email: SentEmail) -> Owed:
    return Owed({(email.kind, ""): 1}) if email.kind in LISTS else Owed((email.kind, name) for name in email.names)


@dataclass
class KilledRun:
    """A practice whose first sweep was killed before one of its calls, and what it had sent by then."""

    killed_at: int
    practice: BusyMorning
    before: Owed
    last: Owed
    """Content of the last e-mail before the kill."""


@pytest.fixture(scope="module")
def undisturbed() -> BusyMorning:
    practice = BusyMorning()
    practice.sweep()
    practice.sweep_after_a_while()
    return practice


def _killed_runs() -> Iterator[KilledRun]:
    for killed_at in count(1):
        practice = BusyMorning()
        try:
            practice.sweep(CallCount(killed_at))
        except KilledError:
            before, emails = practice.sent(), practice.memory.mailer.sent
            last = _content(emails[-1]) if emails else Owed()
            practice.sweep_after_a_while()
            yield KilledRun(killed_at, practice, before, last)
        else:
            return


@pytest.fixture(scope="module")
def killed_runs() -> list[KilledRun]:
    """Return a run for each call of a sweep."""
    return list(_killed_runs())


def wrong(runs: Sequence[KilledRun], is_right: Callable[[KilledRun], bool]) -> list[int]:
    """Return the calls before which a kill made a difference."""
    return [run.killed_at for run in runs if not is_right(run)]


def test_a_sweep_has_work_with_each_of_the_leads(undisturbed: BusyMorning, killed_runs: list[KilledRun]) -> None:
    kinds = {kind for kind, _ in undisturbed.sent()}
    assert (kinds, len(killed_runs) > 60) == ({"notify", "remind", "escalate", "digest"}, True)


def test_nothing_owed_is_lost(undisturbed: BusyMorning, killed_runs: list[KilledRun]) -> None:
    assert wrong(killed_runs, lambda run: undisturbed.sent() <= run.practice.sent()) == []


def test_one_email_at_most_is_repeated_the_last_before_the_kill(
    undisturbed: BusyMorning, killed_runs: list[KilledRun]
) -> None:
    def repeats_the_last(run: KilledRun) -> bool:
        # The digest is this hour's review list as well, unless the sweep dies before it has said so.
        return run.practice.sent() - undisturbed.sent() <= run.last + Owed({("review", ""): 1})

    assert wrong(killed_runs, repeats_the_last) == []


def test_each_lead_ends_as_after_a_sweep_that_was_not_killed(
    undisturbed: BusyMorning, killed_runs: list[KilledRun]
) -> None:
    assert wrong(killed_runs, lambda run: run.practice.states() == undisturbed.states()) == []


def test_the_lock_is_free_at_the_end(killed_runs: list[KilledRun]) -> None:
    def is_free(run: KilledRun) -> bool:
        return run.practice.memory.locks.acquire("sweep", run.practice.memory.clock(), BATCH_TIMEOUT, "another")

    assert wrong(killed_runs, is_free) == []


def test_until_its_lock_has_ended_nothing_is_sent_a_second_time() -> None:
    practice = BusyMorning()
    calls = CallCount(0)
    practice.sweep(calls)
    practice = BusyMorning()
    with pytest.raises(KilledError):
        practice.sweep(CallCount(calls.calls // 2))
    before = practice.sent()
    practice.memory.clock.at += BATCH_TIMEOUT - lifecycle.SWEEP_INTERVAL / 60
    practice.sweep()

    assert practice.sent() == before
