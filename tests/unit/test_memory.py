"""The ports in memory do what the adapters for DynamoDB do (tests/integration/test_repository.py, test_counters.py)."""

from __future__ import annotations

import pytest

from tests.support.memory import MemoryCounters, MemoryLeads, MemoryLocks
from tests.support.store_contract import CounterStoreContract, LeadStoreContract, LockStoreContract


class TestMemoryLeads(LeadStoreContract):
    """Leads in memory."""

    @pytest.fixture
    def leads(self) -> MemoryLeads:
        return MemoryLeads()


class TestMemoryCounters(CounterStoreContract):
    """Counters in memory."""

    @pytest.fixture
    def counters(self) -> MemoryCounters:
        return MemoryCounters()


class TestMemoryLocks(LockStoreContract):
    """Locks in memory."""

    @pytest.fixture
    def locks(self) -> MemoryLocks:
        return MemoryLocks()
