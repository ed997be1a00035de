"""In-memory implementations of `leads.services.ports`, for unit tests of services.

tests/support/store_contract.py holds the tests that they share with the adapters for DynamoDB.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from leads import tokens
from leads.domain.errors import MailError, StaleError, StoreError
from leads.domain.lifecycle import Action, Status, StoredLead
from leads.domain.practice import Practice
from leads.domain.worklist import Digest
from leads.services.follow_up import LeadService
from leads.settings import Settings

from tests.support import compiled_assets
from tests.support.factories import SAMPLE
from tests.support.fakes import Clock


@dataclass
class MemoryTable:
    """Leads, counters and locks by their key, as one DynamoDB table holds them."""

    leads: dict[str, StoredLead] = field(default_factory=dict)
    counters: dict[str, set[str] | int] = field(default_factory=dict)
    slots: dict[str, tuple[dt.datetime, int]] = field(default_factory=dict)
    times: dict[str, dt.datetime] = field(default_factory=dict)
    fail: Callable[[str], None] = lambda _operation: None
    """Called with the name of each operation before it; may raise StoreError."""


def as_stored(lead: StoredLead) -> StoredLead:
    """Return the lead without the answers that are only reasons for review: they are not stored."""
    return replace(lead, lead=lead.lead.model_copy(update={"leave_empty": "", "elapsed": None}))


@dataclass(frozen=True)
class MemoryLeads:
    """A `LeadStore`. Lists are in the same order as those of `leads.aws.repository`."""

    table: MemoryTable = field(default_factory=MemoryTable)

    def put(self, lead: StoredLead) -> tuple[StoredLead, bool]:
        self.table.fail("put")
        for reference in tokens.references(lead.fingerprint):
            stored = self.table.leads.get(reference)
            if stored is None or not _is_unexpired(stored, lead.received_at):
                candidate = replace(lead, reference=reference)
                self.table.leads[reference] = as_stored(candidate)
                return candidate, True
            if stored.fingerprint == lead.fingerprint:
                return stored, False
        raise StoreError("four other leads have this one's references")

    def change(self, before: StoredLead, after: StoredLead) -> StoredLead:
        self.table.fail("change")
        stored = self.table.leads.get(before.reference)
        if stored is None or stored.version != before.version:
            raise StaleError(f"{before.reference} has changed")
        after = replace(after, version=before.version + 1)
        self.table.leads[before.reference] = as_stored(after)
        return after

    def get(self, reference: str, now: dt.datetime) -> StoredLead | None:
        self.table.fail("get")
        stored = self.table.leads.get(reference)
        return stored if stored and _is_unexpired(stored, now) else None

    def due(self, now: dt.datetime, *, urgent: bool) -> Iterator[str]:
        self.table.fail("due")
        found = [(lead.next_at, lead.reference) for lead in self.table.leads.values() if lead.priority is urgent]
        yield from (reference for next_at, reference in sorted(found, key=str) if next_at and next_at <= now)

    def open(self, now: dt.datetime, limit: int | None = None) -> list[StoredLead]:
        self.table.fail("open")
        found = self._where(now, lambda lead: lead.is_open)
        return sorted(found, key=lambda lead: (not lead.priority, lead.call_by))[:limit]

    def in_review(self, now: dt.datetime, after: dt.datetime | None = None) -> Iterator[StoredLead]:
        self.table.fail("in_review")
        waiting = self._where(now, lambda lead: lead.status is Status.IN_REVIEW)
        found = (lead for lead in waiting if after is None or lead.contact_by > after)
        yield from sorted(found, key=lambda lead: lead.contact_by)

    def count_in_review(self) -> int:
        return sum(lead.status is Status.IN_REVIEW for lead in self.table.leads.values())

    def oldest_unsent(self, now: dt.datetime) -> StoredLead | None:
        self.table.fail("oldest_unsent")
        unsent = self._where(now, lambda lead: lead.status is Status.STORED)
        return min(unsent, key=lambda lead: lead.opened.at, default=None)

    def closed(self, day: dt.date, now: dt.datetime) -> Iterator[StoredLead]:
        self.table.fail("closed")
        found = self._where(now, lambda lead: lead.is_closed and lead.history[-1].at.date() == day)
        yield from sorted(found, key=lambda lead: lead.history[-1].at)

    def delete(self, key: str) -> bool:
        self.table.fail("delete")
        kinds: tuple[dict[str, object], ...] = (self.table.leads, self.table.counters)  # type: ignore[assignment]  # only read
        return any(kind.pop(key, None) is not None for kind in kinds)

    def _where(self, now: dt.datetime, condition: Callable[[StoredLead], bool]) -> list[StoredLead]:
        return [lead for lead in self.table.leads.values() if condition(lead) and _is_unexpired(lead, now)]


def _is_unexpired(lead: StoredLead, now: dt.datetime) -> bool:
    return lead.expires_at is None or lead.expires_at > now


@dataclass(frozen=True)
class MemoryCounters:
    """A `CounterStore`."""

    table: MemoryTable = field(default_factory=MemoryTable)

    def one_short_try(self) -> AbstractContextManager[None]:
        return nullcontext()

    def increment(self, name: str, now: dt.datetime) -> int:
        self.table.fail("increment")
        counted = self.table.counters.get(name, 0)
        assert isinstance(counted, int)
        self.table.counters[name] = counted + 1
        return counted + 1

    def add_distinct(self, name: str, member: str, limit: int, now: dt.datetime) -> int:
        self.table.fail("add_distinct")
        members = self.table.counters.setdefault(name, set())
        assert isinstance(members, set)
        if len(members) < limit:
            members.add(member)
        return len(members)

    def take_slot(self, name: str, limit: int, window: dt.timedelta, now: dt.datetime) -> bool:
        self.table.fail("take_slot")
        since, counted = self.table.slots.get(name, (now, 0))
        if since <= now - window:
            since, counted = now, 0
        self.table.slots[name] = (since, min(counted + 1, limit))
        return counted < limit


@dataclass(frozen=True)
class MemoryLocks:
    """A `LockStore`."""

    table: MemoryTable = field(default_factory=MemoryTable)
    _held: dict[str, tuple[dt.datetime, str]] = field(default_factory=dict)
    """End and owner of each lock."""

    def acquire(self, name: str, now: dt.datetime, lease: dt.timedelta, owner: str = "") -> bool:
        self.table.fail("acquire")
        until, holder = self._held.get(name, (now, ""))
        if until > now and not owner == holder != "":
            return False
        self._held[name] = (now + lease, owner)
        return True

    def complete(self, name: str, now: dt.datetime) -> None:
        self._held[name] = (dt.datetime.max.replace(tzinfo=dt.UTC), "")

    def release(self, name: str, now: dt.datetime, owner: str = "") -> None:
        self.table.fail("release")
        if self._held.get(name, (now, ""))[1] == owner:
            self._held[name] = (now, owner)

    def store_time(self, name: str, moment: dt.datetime) -> None:
        self.table.times[name] = moment

    def stored_time(self, name: str) -> dt.datetime:
        return self.table.times.get(name, dt.datetime.fromtimestamp(0, dt.UTC))


@dataclass(frozen=True)
class SentEmail:
    """One e-mail that the mailer was asked to send: an action's value, "digest", "review" or "overdue review"."""

    kind: str
    leads: tuple[StoredLead, ...]
    digest: Digest | None = None
    total: int = 0

    @property
    def names(self) -> list[str]:
        """Return the names in the e-mail, in its order."""
        return [lead.lead.name for lead in self.leads]


@dataclass
class RecordingMailer:
    """A `StaffMailer` that records e-mails and fails on demand."""

    refusal: MailError | None = None
    on_send: Callable[[], object] = lambda: None
    """Called while an e-mail is on its way."""
    unlistable: frozenset[str] = frozenset()
    """Names of leads that cannot be written into a list."""
    sent: list[SentEmail] = field(default_factory=list)

    def can_list(self, lead: StoredLead, now: dt.datetime) -> bool:
        return lead.lead.name not in self.unlistable

    def send_one(self, action: Action, lead: StoredLead, now: dt.datetime) -> None:
        self._send(SentEmail(action.value, (lead,)))

    def send_many(self, action: Action, leads: Sequence[StoredLead], now: dt.datetime) -> None:
        self._send(SentEmail(action.value, tuple(leads)))

    def send_digest(self, digest: Digest, now: dt.datetime) -> None:
        self._send(SentEmail("digest", digest.open, digest))

    def send_review(self, leads: Sequence[StoredLead], total: int, now: dt.datetime, *, is_overdue: bool) -> None:
        self._send(SentEmail("overdue review" if is_overdue else "review", tuple(leads), total=total))

    def _send(self, email: SentEmail) -> None:
        if self.refusal:
            raise self.refusal
        self.sent.append(email)
        self.on_send()

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of all e-mails, oldest first."""
        return [email.kind for email in self.sent]


@dataclass
class MemoryServices:
    """A `LeadService` on ports in memory, and these ports."""

    practice: Practice = SAMPLE
    settings: Settings = field(default_factory=compiled_assets.settings)
    table: MemoryTable = field(default_factory=MemoryTable)
    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    clock: Clock = field(default_factory=Clock)
    leads: MemoryLeads = field(init=False)
    counters: MemoryCounters = field(init=False)
    locks: MemoryLocks = field(init=False)

    def __post_init__(self) -> None:
        """Put all ports on the same table."""
        self.leads = MemoryLeads(self.table)
        self.counters = MemoryCounters(self.table)
        self.locks = MemoryLocks(self.table)

    @property
    def service(self) -> LeadService:
        """Return the service as the handlers wire it."""
        return LeadService(self.leads, self.counters, self.locks, self.mailer, self.practice, self.settings, self.clock)

    def keep(self, lead: StoredLead) -> StoredLead:
        """Store the lead as it is."""
        return self.leads.put(lead)[0]

    def now(self, lead: StoredLead) -> StoredLead:
        """Return the lead as it is stored now."""
        found = self.leads.get(lead.reference, self.clock())
        assert found is not None
        return found

    def only(self) -> StoredLead:
        """Return the only stored lead."""
        (lead,) = self.table.leads.values()
        return lead
