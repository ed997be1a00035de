"""Two sweeps at once, on Amazon's own DynamoDB: one works, and one that lost its lock stops before its next batch."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
from leads.domain.lifecycle import Event as LeadEvent
from leads.services.sweep import BATCH_TIMEOUT, Limits

from tests.support import deployed, factories
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LEADS = 4

NOTHING = {"due": 0, "sent": 0}


@pytest.fixture
def clinic(tmp_path: Path, dynamodb_local: DynamoDBClient) -> Iterator[Clinic]:
    """Deploy the functions on DynamoDB Local, with a lead to a batch and some reminders that are due."""
    with deployed.clinic(tmp_path, dynamodb_local) as made:
        made.limits = Limits(batch=1)
        for number in range(LEADS):
            made.keep(replace(factories.stored(LeadEvent.NOTIFIED, name=f"Person {number}"), next_at=TUESDAY))
        yield made


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_sweeps_that_start_at_once_one_sends_everything(clinic: Clinic, attempt: int) -> None:
    start = Barrier(2)

    def sweep() -> dict[str, int]:
        start.wait()
        return clinic.sweep()

    with ThreadPoolExecutor(2) as threads:
        results = [running.result() for running in [threads.submit(sweep) for _ in range(2)]]

    assert sorted(results, key=str) == [NOTHING, {"due": LEADS, "sent": LEADS}]


def test_a_sweep_that_starts_at_any_time_of_another_does_nothing(clinic: Clinic) -> None:
    results: list[dict[str, int]] = []
    with ThreadPoolExecutor(1) as thread:
        clinic.mailbox.on_send = lambda: results.append(thread.submit(clinic.sweep).result())
        clinic.sweep()

    assert results == [NOTHING] * (LEADS + 1)  # the digest is an e-mail, too


def test_a_sweep_whose_lock_was_taken_over_stops_before_its_next_batch(clinic: Clinic) -> None:
    is_at_work, may_go_on = Event(), Event()
    with ThreadPoolExecutor(1) as thread:

        def wait_for_the_first() -> None:
            is_at_work.set()
            may_go_on.wait(60)

        def overtake() -> None:
            clinic.mailbox.on_send = wait_for_the_first
            clinic.clock.at += BATCH_TIMEOUT
            results.append(thread.submit(clinic.sweep))
            is_at_work.wait(60)

        results: list[Future[dict[str, int]]] = []
        clinic.mailbox.on_send = overtake
        first = clinic.sweep()
        may_go_on.set()

    # The other one looks at every lead, and finds that one was sent meanwhile.
    assert (first, results[0].result()) == ({"due": 1, "sent": 1}, {"due": LEADS, "sent": LEADS - 1})
