"""Counters and locks in DynamoDB do what services expect of them, on a table in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from leads.aws.counters import Counters, Locks

from tests.support import deployed
from tests.support.store_contract import CounterStoreContract, LockStoreContract


class TestCounters(CounterStoreContract):
    """Counters in DynamoDB."""

    @pytest.fixture
    def counters(self) -> Iterator[Counters]:
        with deployed.table() as dynamodb:
            yield Counters("leads", dynamodb)


class TestLocks(LockStoreContract):
    """Locks in DynamoDB."""

    @pytest.fixture
    def locks(self) -> Iterator[Locks]:
        with deployed.table() as dynamodb:
            yield Locks("leads", dynamodb)
