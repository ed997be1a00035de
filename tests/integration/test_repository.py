"""The table of leads: what is written is read, and changed once. Races are in test_races.py."""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import Mock

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st
from leads.aws import dynamodb, items
from leads.aws.dynamodb import from_item
from leads.aws.items import SHARDS
from leads.aws.repository import LeadRepository
from leads.cli import export
from leads.cli.view import View
from leads.domain import lifecycle
from leads.domain.errors import StaleError, StoreError, UnreadableError
from leads.domain.lifecycle import Event, Status, StoredLead, TransitionError
from moto.core.models import botocore_stubber

from tests.support import deployed, factories, fakes
from tests.support.factories import SAMPLE, TUESDAY
from tests.support.memory import as_stored
from tests.support.store_contract import LeadStoreContract

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MINUTE = dt.timedelta(minutes=1)
LATER = TUESDAY + MINUTE


@pytest.fixture
def leads() -> Iterator[LeadRepository]:
    with deployed.table() as dynamodb:
        yield LeadRepository("leads", dynamodb)


class TestLeadRepository(LeadStoreContract):
    """What services expect of a repository."""


def got(leads: LeadRepository, lead: StoredLead, now: dt.datetime = LATER) -> StoredLead | None:
    return leads.get(lead.reference, now)


def raw(leads: LeadRepository) -> list[dict[str, Any]]:
    return [from_item(item) for item in leads.dynamodb.scan(TableName="leads")["Items"]]


def change(leads: LeadRepository, before: StoredLead, event: Event) -> StoredLead:
    return leads.change(before, lifecycle.apply(before, event, LATER, SAMPLE))


def change_all(leads: LeadRepository, lead: StoredLead, *events: Event) -> StoredLead:
    leads.put(lead)
    for event in events:
        lead = change(leads, lead, event)
    return lead


# --- Keeping ---

KINDS = {
    "a full one": factories.stored(),
    "a bare one": factories.stored(
        conditions=None,
        best_time=None,
        voicemail=None,
        consent=None,
        source=None,
        utm_source=None,
        utm_medium=None,
        utm_campaign=None,
    ),
    "one of any script": factories.stored(name="Zoë 李小龍 👩‍👩‍👧 \u202eadA", phone="\u202a+1 312 555 0187 x42\u202c"),
    "one with priority": factories.stored(conditions=["trd", "suicidal-thoughts"]),
    "one in review": factories.stored(review_reason="there is a web address in the name"),
    "one to the microsecond": factories.stored(at=TUESDAY.replace(second=59, microsecond=999999)),
    "one with a history": factories.stored(Event.NOTIFIED, Event.NO_ANSWER, Event.SEND_FAILED, Event.REMINDED),
    "a contacted one": factories.stored(Event.NOTIFIED, Event.CONTACTED),
}


@pytest.mark.parametrize("lead", KINDS.values(), ids=KINDS)
def test_what_is_kept_is_what_is_found(leads: LeadRepository, lead: StoredLead) -> None:
    leads.put(lead)

    found = got(leads, lead)

    # Its end is kept to the second, as DynamoDB's clock for deleting wants it.
    end = lead.expires_at.replace(microsecond=0) if lead.expires_at else None
    assert found == replace(as_stored(lead), expires_at=end)


def test_a_lead_that_was_kept_says_so(leads: LeadRepository) -> None:
    lead = factories.stored()

    assert leads.put(lead) == (lead, True)


def test_the_same_submission_is_the_same_lead(leads: LeadRepository) -> None:
    first, second = factories.stored(), factories.stored(at=TUESDAY + 5 * MINUTE)
    leads.put(first)

    assert leads.put(second) == (as_stored(first), False)


def test_the_same_submission_is_kept_once(leads: LeadRepository) -> None:
    for minute in range(3):
        leads.put(factories.stored(at=TUESDAY + minute * MINUTE))

    assert len(raw(leads)) == 1


def test_the_same_submission_finds_what_became_of_the_first(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)
    change(leads, lead, Event.CONTACTED)

    kept, is_new = leads.put(factories.stored(at=TUESDAY + 5 * MINUTE))

    assert (kept.status, is_new) == (Status.CONTACTED, False)


def test_another_submission_is_another_lead(leads: LeadRepository) -> None:
    leads.put(factories.stored())

    assert leads.put(factories.stored(name="Grace Hopper"))[1]


def test_what_only_tells_a_person_from_a_machine_is_not_kept(leads: LeadRepository) -> None:
    leads.put(factories.stored(leave_empty="x", elapsed="1.5"))

    assert {"leave_empty", "elapsed"}.isdisjoint(raw(leads)[0]["lead"])


# --- Two submissions that share a reference ---


def sharing(lead: StoredLead, pieces: int, number: int = 1) -> StoredLead:
    """Another submission whose digest has the same first so many references."""
    other = factories.stored(name=f"Person {number}")
    digest = lead.fingerprint[: 12 * pieces] + other.fingerprint[12 * pieces :]
    return replace(other, fingerprint=digest, reference=lead.reference)


def test_a_reference_that_is_taken_makes_way_for_the_next(leads: LeadRepository) -> None:
    first = factories.stored()
    second = sharing(first, pieces=1)
    leads.put(first)

    kept, is_new = leads.put(second)

    assert is_new
    assert kept.reference.replace("-", "") == second.fingerprint[12:24]


def test_the_lead_whose_reference_was_taken_is_untouched(leads: LeadRepository) -> None:
    first = factories.stored()
    leads.put(first)

    leads.put(sharing(first, pieces=1))

    assert got(leads, first) == as_stored(first)


def test_a_submission_finds_its_lead_under_the_second_reference_too(leads: LeadRepository) -> None:
    first = factories.stored()
    second = sharing(first, pieces=1)
    leads.put(first)
    kept, _ = leads.put(second)

    assert leads.put(second) == (as_stored(kept), False)


def test_a_submission_whose_references_are_all_taken_is_refused_not_dropped(leads: LeadRepository) -> None:
    last = factories.stored()
    for number in range(4):
        rest = f"{number}".ljust(52 - 12, "0")
        leads.put(replace(factories.stored(), fingerprint=last.fingerprint[12 * number : 12 * number + 12] + rest))

    with pytest.raises(StoreError):
        leads.put(last)


# --- Answers that are lost on the way ---


def losing_the_answer_of(write: int) -> LeadRepository:
    """Return a repository whose writes are all done; the answer of this one never arrives."""
    client = dynamodb.client()
    writes = count(1)

    def lose(event_name: str, request: Any, **rest: Any) -> None:
        if next(writes) == write:
            botocore_stubber(event_name, request, **rest)
            raise ReadTimeoutError(endpoint_url=request.url)

    client.meta.events.register_first("before-send.dynamodb.PutItem", lose)
    return LeadRepository("leads", client)


@pytest.fixture
def impatient(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS in memory, with a botocore that tries again at once."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", Mock())


@pytest.mark.usefixtures("impatient")
def test_a_write_whose_answer_was_lost_is_ours() -> None:
    lead = factories.stored()

    assert losing_the_answer_of(write=1).put(lead) == (as_stored(lead), True)


@pytest.mark.usefixtures("impatient")
def test_a_write_whose_answer_was_lost_is_done_once() -> None:
    leads = losing_the_answer_of(write=1)

    leads.put(factories.stored())

    assert len(raw(leads)) == 1


@pytest.mark.usefixtures("impatient")
def test_a_change_whose_answer_was_lost_is_ours() -> None:
    leads = losing_the_answer_of(write=2)

    assert change_all(leads, factories.stored(), Event.CONTACTED).status is Status.CONTACTED


@pytest.mark.usefixtures("impatient")
def test_a_change_whose_answer_was_lost_is_done_once() -> None:
    leads = losing_the_answer_of(write=2)

    change_all(leads, factories.stored(), Event.CONTACTED)

    assert raw(leads)[0]["version"] == 1


# --- Changing ---


def test_a_change_is_found(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)

    changed = change(leads, lead, Event.CONTACTED)

    assert got(leads, lead) == as_stored(changed)


def test_a_change_can_be_followed_by_the_next(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)

    changed = change(leads, change(leads, lead, Event.NOTIFIED), Event.CONTACTED)

    assert (changed.status, changed.version) == (Status.CONTACTED, 2)


def test_the_second_of_two_changes_is_stale(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)
    change(leads, lead, Event.CONTACTED)

    with pytest.raises(StaleError):
        change(leads, lead, Event.NOT_A_LEAD)


def test_the_second_of_two_changes_changes_nothing(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)
    first = change(leads, lead, Event.CONTACTED)

    with pytest.raises(StaleError):
        change(leads, lead, Event.NOT_A_LEAD)

    assert got(leads, lead) == as_stored(first)


def test_a_change_back_and_forth_is_noticed(leads: LeadRepository) -> None:
    # The state is the same as the one that was read, but it is not the same moment.
    lead = change_all(leads, factories.stored(), Event.CONTACTED, Event.REOPENED)
    stale = replace(lead, version=0)

    with pytest.raises(StaleError):
        change(leads, stale, Event.NOTIFIED)


def test_a_lead_that_was_erased_meanwhile_does_not_come_back(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)
    leads.delete(lead.reference)

    with pytest.raises(StaleError):
        change(leads, lead, Event.CONTACTED)

    assert raw(leads) == []


# --- The end ---


def closed() -> tuple[StoredLead, dt.datetime]:
    """Return a lead that was closed, and when it expires."""
    lead = factories.stored(Event.CONTACTED)
    assert lead.expires_at
    return lead, lead.expires_at


def test_an_unknown_reference_finds_nothing(leads: LeadRepository) -> None:
    assert leads.get("0000-0000-0000", TUESDAY) is None


@pytest.mark.parametrize(("before_the_end", "found"), [(MINUTE, True), (dt.timedelta(), False), (-MINUTE, False)])
def test_a_lead_that_has_expired_is_not_found_though_it_is_still_there(
    leads: LeadRepository, before_the_end: dt.timedelta, found: bool
) -> None:
    lead, end = closed()
    leads.put(lead)

    assert (got(leads, lead, end - before_the_end) is not None) is found


def test_the_same_request_after_expiry_is_a_new_lead(leads: LeadRepository) -> None:
    old, end = closed()
    leads.put(old)
    again = replace(factories.stored(at=end), fingerprint=old.fingerprint, reference=old.reference)

    assert leads.put(again) == (again, True)


def test_the_same_request_just_before_expiry_is_not_a_new_lead(leads: LeadRepository) -> None:
    old, end = closed()
    leads.put(old)
    again = replace(factories.stored(at=end - MINUTE), fingerprint=old.fingerprint, reference=old.reference)

    assert not leads.put(again)[1]


def test_a_lead_says_when_dynamodb_may_delete_it(leads: LeadRepository) -> None:
    lead, end = closed()

    leads.put(lead)

    assert raw(leads)[0]["expires_at"] == end.timestamp()


@pytest.mark.parametrize("review_reason", [None, "odd"])
def test_dynamodb_may_never_delete_a_lead_that_is_not_closed(leads: LeadRepository, review_reason: str | None) -> None:
    leads.put(factories.stored(review_reason=review_reason))

    assert "expires_at" not in raw(leads)[0]


# --- What is due ---


def people(count: int, **facts: Any) -> list[StoredLead]:
    return [replace(factories.stored(name=f"Person {number}"), **facts) for number in range(count)]


def test_a_lead_is_due_from_its_moment_on(leads: LeadRepository) -> None:
    lead = factories.stored()
    leads.put(lead)
    moment = cast("dt.datetime", lead.next_at)

    moments = (moment - dt.timedelta(microseconds=1), moment, moment + MINUTE)
    due = [list(leads.due(now, urgent=False)) for now in moments]

    assert due == [[], [lead.reference], [lead.reference]]


def test_every_lead_that_is_due_is_found_in_whatever_shard_it_is(leads: LeadRepository) -> None:
    waiting = people(40, next_at=TUESDAY)
    for lead in waiting:
        leads.put(lead)

    assert sorted(leads.due(TUESDAY, urgent=False)) == sorted(lead.reference for lead in waiting)


def test_leads_are_spread_over_all_shards(leads: LeadRepository) -> None:
    for lead in people(40):
        leads.put(lead)

    assert len({item["shard"] for item in raw(leads)}) == SHARDS


def test_the_longest_due_comes_first_in_whatever_shard_it_is(leads: LeadRepository) -> None:
    # Not one shard after the other: with little time, the last shards' people would wait for ever.
    waiting = [replace(lead, next_at=TUESDAY - n * MINUTE) for n, lead in enumerate(people(40))]
    for lead in waiting:
        leads.put(lead)

    assert list(leads.due(TUESDAY, urgent=False)) == [lead.reference for lead in reversed(waiting)]


def test_a_partition_that_fails_ends_only_itself(leads: LeadRepository, capsys: pytest.CaptureFixture[str]) -> None:
    waiting = [leads.put(lead)[0].reference for lead in people(40, next_at=TUESDAY)]
    left = [fakes.aws_error("AccessDeniedException")] * dynamodb.DEFAULT_POLICY.tries  # of the first query
    failing = fakes.interfering(leads.dynamodb, "query", before=lambda: left and fakes.failing(left.pop())())

    found = list(LeadRepository("leads", failing).due(TUESDAY, urgent=False))

    assert 0 < len(waiting) - len(found) < 20
    assert '"event": "partition failed"' in capsys.readouterr().out


class InSmallPages:
    """DynamoDB answering in pages of two: a page ends at a megabyte, which no test should have to fill."""

    def __init__(self, dynamodb: DynamoDBClient) -> None:
        self._dynamodb = dynamodb

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._dynamodb, operation)
        paged = operation in {"query", "scan"}
        return lambda **parameters: method(**parameters, **({"Limit": 2} if paged else {}))


def in_small_pages(leads: LeadRepository) -> LeadRepository:
    return replace(leads, dynamodb=cast("DynamoDBClient", InSmallPages(leads.dynamodb)))


READERS: dict[str, Callable[[LeadRepository], int]] = {
    "due": lambda leads: len(list(leads.due(TUESDAY, urgent=False))),
    "open": lambda leads: len(leads.open(TUESDAY)),
    "everything": lambda leads: len(list(leads.everything(TUESDAY))),
    "of a number": lambda leads: len(list(leads.of_number("+13125550187"))),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_every_page_is_read(leads: LeadRepository, read: Callable[[LeadRepository], int]) -> None:
    for lead in people(9, next_at=TUESDAY):
        leads.put(lead)

    assert read(in_small_pages(leads)) == 9


class RecordingClient:
    """DynamoDB with a record of all calls; an index cannot be read consistently."""

    def __init__(self, dynamodb: DynamoDBClient) -> None:
        self._dynamodb = dynamodb
        self.calls: list[tuple[str, Any]] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._dynamodb, operation)

        def record(**parameters: Any) -> Any:
            self.calls.append((operation, parameters.get("ConsistentRead")))
            return method(**parameters)

        return record


TABLE_READERS: dict[str, tuple[Callable[[LeadRepository], object], str]] = {
    "get": (lambda leads: leads.get(factories.stored().reference, TUESDAY), "get_item"),
    "everything": (lambda leads: list(leads.everything(TUESDAY)), "scan"),
    "of a number": (lambda leads: list(leads.of_number("+13125550187")), "scan"),
}


@pytest.mark.parametrize(("read", "operation"), TABLE_READERS.values(), ids=TABLE_READERS)
def test_the_table_is_read_consistently(
    leads: LeadRepository, read: Callable[[LeadRepository], object], operation: str
) -> None:
    leads.put(factories.stored())
    client = RecordingClient(leads.dynamodb)

    read(LeadRepository("leads", cast("DynamoDBClient", client)))

    assert client.calls == [(operation, True)]


PARTITIONS: dict[str, tuple[Callable[[LeadRepository], object], int]] = {
    "open": (lambda leads: leads.open(LATER), 2),
    "in review": (lambda leads: list(leads.in_review(LATER)), 1),
    "number in review": (lambda leads: leads.count_in_review(), 1),
    "oldest unsent": (lambda leads: leads.oldest_unsent(LATER), 2),
    "closed": (lambda leads: list(leads.closed(LATER.date(), LATER)), 1),
}


@pytest.mark.parametrize(("read", "partitions"), PARTITIONS.values(), ids=PARTITIONS)
def test_a_list_is_one_query_for_each_partition_whatever_is_stored(
    leads: LeadRepository, read: Callable[[LeadRepository], object], partitions: int
) -> None:
    for lead in (*people(20), *people(20, status=Status.IN_REVIEW), *people(20, status=Status.CONTACTED)):
        leads.put(lead)
    client = RecordingClient(leads.dynamodb)

    read(LeadRepository("leads", cast("DynamoDBClient", client)))

    assert client.calls == [("query", None)] * partitions


def test_requests_in_review_are_counted_page_by_page(leads: LeadRepository) -> None:
    for lead in people(5, status=Status.IN_REVIEW):
        leads.put(lead)

    assert in_small_pages(leads).count_in_review() == 5


def test_an_unsent_lead_is_found_behind_pages_of_sent_ones(leads: LeadRepository) -> None:
    for lead in people(5, status=Status.NOTIFIED):
        leads.put(lead)
    unsent = leads.put(replace(factories.stored(), call_by=TUESDAY + dt.timedelta(days=30)))[0]

    oldest = in_small_pages(leads).oldest_unsent(LATER)

    assert oldest is not None
    assert oldest.reference == unsent.reference


def in_index(leads: LeadRepository) -> int:
    return leads.dynamodb.scan(TableName="leads", IndexName="due")["Count"]


@pytest.mark.parametrize("event", [Event.CONTACTED, Event.NOT_A_LEAD])
def test_a_closed_lead_leaves_the_index(leads: LeadRepository, event: Event) -> None:
    change_all(leads, factories.stored(), event)

    assert in_index(leads) == 0


def test_a_lead_in_review_is_not_in_the_index(leads: LeadRepository) -> None:
    leads.put(factories.stored(review_reason="odd"))

    assert in_index(leads) == 0


def test_a_reopened_lead_is_back_in_the_index(leads: LeadRepository) -> None:
    change_all(leads, factories.stored(), Event.CONTACTED, Event.REOPENED)

    assert in_index(leads) == 1


def test_the_index_holds_nothing_personal(leads: LeadRepository) -> None:
    leads.put(factories.stored())

    (item,) = leads.dynamodb.scan(TableName="leads", IndexName="due")["Items"]

    assert set(item) == {"reference", "shard", "next_at"}


# --- Lists ---


@pytest.fixture
def full(leads: LeadRepository) -> LeadRepository:
    """Store a lead in every state that a list shows, and an expired one in each closed state."""
    for name, event in {"a": None, "b": Event.NOTIFIED, "c": Event.CONTACTED, "d": Event.NOT_A_LEAD}.items():
        change_all(leads, factories.stored(name=name), *([event] if event else []))
        if event in {Event.CONTACTED, Event.NOT_A_LEAD}:
            leads.put(factories.stored(event, name=name, at=TUESDAY - dt.timedelta(days=400)))
    leads.put(factories.stored(name="e", review_reason="odd", at=TUESDAY))
    return leads


def names(leads: list[StoredLead]) -> list[str]:
    return [lead.lead.name for lead in leads]


def test_open_leads_are_those_that_owe_a_call(full: LeadRepository) -> None:
    assert sorted(names(full.open(LATER))) == ["a", "b"]


ON_LISTS: dict[str, Callable[[LeadRepository], Iterable[StoredLead]]] = {
    "open": lambda leads: leads.open(LATER),
    "review": lambda leads: leads.in_review(LATER),
    "closed": lambda leads: leads.closed(LATER.date(), LATER),
}


@given(st.booleans(), st.booleans(), st.lists(st.sampled_from(Event)))
def test_whatever_happens_to_a_lead_it_is_on_exactly_one_list(
    is_urgent: bool, is_odd: bool, events: list[Event]
) -> None:
    with deployed.table() as dynamodb:
        leads = LeadRepository("leads", dynamodb)
        conditions = ["suicidal-thoughts"] if is_urgent else []
        lead = leads.put(factories.stored(conditions=conditions, review_reason="odd" if is_odd else None))[0]
        for event in events:
            with suppress(TransitionError):
                lead = change(leads, lead, event)

        lists = [name for name, read in ON_LISTS.items() for _ in read(leads)]

    assert lists == ["open" if lead.is_open else "closed" if lead.is_closed else "review"]


def test_everything_is_all_that_has_not_expired(full: LeadRepository) -> None:
    assert sorted(names(list(full.everything(LATER)))) == ["a", "b", "c", "d", "e"]


def damage(leads: LeadRepository, lead: StoredLead) -> None:
    leads.dynamodb.update_item(
        TableName="leads", Key={"reference": {"S": lead.reference}}, UpdateExpression="REMOVE received_at"
    )


LISTS: dict[str, Callable[[LeadRepository], Iterable[StoredLead]]] = {
    "open": lambda leads: leads.open(TUESDAY),
    "everything": lambda leads: leads.everything(TUESDAY),
}


@pytest.mark.parametrize("read", LISTS.values(), ids=LISTS)
def test_a_damaged_lead_is_reported_and_hides_no_other(
    leads: LeadRepository, read: Callable[[LeadRepository], Iterable[StoredLead]]
) -> None:
    told: list[str] = []
    first, second, third = [leads.put(lead)[0] for lead in people(3)]
    damage(leads, second)

    found = list(read(replace(leads, on_unreadable=lambda damaged: told.append(str(damaged)))))

    assert ({lead.reference for lead in found}, told) == ({first.reference, third.reference}, [second.reference])


# --- One attribute of a wrong type ---

VALUES: dict[str, dict[str, Any]] = {
    "text": {"S": "nonsense"},
    "empty text": {"S": ""},
    "a moment without a zone": {"S": "2026-11-17T10:00:00"},
    "a number": {"N": "5"},
    "a broken number": {"N": "1.5"},
    "a number beyond all calendars": {"N": "9" * 38},
    "truth": {"BOOL": True},
    "nothing": {"NULL": True},
    "bytes": {"B": b"nonsense"},
    "a set of texts": {"SS": ["nonsense"]},
    "a set of numbers": {"NS": ["1.5"]},
    "a set of bytes": {"BS": [b"nonsense"]},
    "a list": {"L": []},
    "a list of odd things": {"L": [{"S": "a"}, {"NS": ["1"]}]},
    "a mapping": {"M": {}},
    "a mapping of odd things": {"M": {"at": {"B": b"a"}, "event": {"N": "1"}}},
}
"""Of every type that DynamoDB has; moto and botocore want bytes as bytes."""

KEYS = {"reference", "shard", "next_at", "list", "look_at", "last_four", "e164"}
"""DynamoDB takes no item in which the key of an index has another type."""

PLACES = [
    *((name,) for name in items.write(factories.stored()) if name not in KEYS),
    *(("lead", name) for name in factories.stored().lead.model_dump(mode="json", exclude_none=True)),
    ("lead", "phone", "typed"),
    ("lead", "phone", "e164"),
    ("lead", "phone", "extension"),
    ("lead", "conditions", 0),
    ("history", 0),
    ("history", 0, "at"),
    ("history", 0, "event"),
]
"""Where an attribute can be damaged."""


def put_at(item: Any, place: Sequence[str | int], value: Any) -> None:
    """Replace the value at this place of an item, or remove it if there is no value."""
    *way, last = place
    for step in way:
        item = item[step]
        item = item.get("M", item.get("L", item))
    if value is None:
        del item[last]
    else:
        item[last] = value


def keep_damaged(leads: LeadRepository, place: Sequence[str | int], value: Any) -> str:
    """Store three leads, the second damaged at this place. Return its reference."""
    before, damaged, after = (
        factories.stored(name=f"Person {minute}", at=TUESDAY - minute * MINUTE) for minute in (3, 2, 1)
    )
    for lead in (before, damaged, after):
        leads.put(replace(lead, next_at=TUESDAY - MINUTE))
    item: Any = leads.dynamodb.get_item(TableName="leads", Key={"reference": {"S": damaged.reference}})["Item"]
    put_at(item, place, value)
    leads.dynamodb.put_item(TableName="leads", Item=item)
    return damaged.reference


ALL_READERS: dict[str, Callable[[LeadRepository], Iterable[StoredLead | str]]] = {
    "open": lambda leads: leads.open(TUESDAY),
    "everything": lambda leads: leads.everything(TUESDAY),
    "due": lambda leads: leads.due(TUESDAY, urgent=False),
}

DAMAGES = st.sampled_from(PLACES).flatmap(
    lambda place: st.tuples(st.just(place), st.sampled_from([*VALUES.values(), *([None] if len(place) == 1 else [])]))
)


def shown(lead: StoredLead | str) -> str:
    """Return the reference of a lead after showing it as lists and exports do."""
    if isinstance(lead, str):
        return lead
    export.row(lead, SAMPLE, TUESDAY)
    View(SAMPLE, TUESDAY).table([lead], "")
    View(SAMPLE, TUESDAY).card(lead)
    return lead.reference


@pytest.mark.parametrize("read", ALL_READERS.values(), ids=ALL_READERS)
@given(DAMAGES)
def test_an_attribute_of_a_wrong_type_hides_no_other_lead(
    read: Callable[[LeadRepository], Iterable[StoredLead | str]], damage: tuple[Sequence[str | int], Any]
) -> None:
    with deployed.table() as dynamodb:
        leads = LeadRepository("leads", dynamodb, lambda _damaged: None)
        damaged = keep_damaged(leads, *damage)

        found = {shown(lead) for lead in read(leads)}

    assert len(found - {damaged}) == 2


# What every reader must notice: it would stop what shows, sorts or sends it.
STOPPERS = {
    "next_at is a number": (("next_at",), {"N": "5"}),
    "history is a text": (("history",), {"S": "nonsense"}),
    "history is empty": (("history",), {"L": []}),
    "the phone is nothing": (("lead", "phone"), {"NULL": True}),
    "the phone's number is bytes": (("lead", "phone", "e164"), {"B": b"x"}),
    "the phone's number is no number": (("lead", "phone", "e164"), {"S": "nonsense"}),
    "the name is a set": (("lead", "name"), {"NS": ["1"]}),
    "the lead is a text": (("lead",), {"S": "nonsense"}),
    "the lead is missing": (("lead",), None),
    "the fingerprint is missing": (("fingerprint",), None),
    "version is a broken number": (("version",), {"N": "1.5"}),
    "version is a truth": (("version",), {"BOOL": True}),
    "expires_at is a text": (("expires_at",), {"S": "nonsense"}),
    "expires_at is beyond all calendars": (("expires_at",), {"N": "9" * 38}),
    "call_by has no zone": (("call_by",), {"S": "2026-11-17T10:00:00"}),
    "priority is a text": (("priority",), {"S": "false"}),
    "review_reason is bytes": (("review_reason",), {"B": b"x"}),
    "status is unknown": (("status",), {"S": "nonsense"}),
    "best_time is no key": (("lead", "best_time"), {"S": "Non sense"}),
}


@pytest.mark.parametrize(("place", "value"), STOPPERS.values(), ids=STOPPERS)
@pytest.mark.parametrize("read", LISTS.values(), ids=LISTS)
def test_a_lead_with_an_attribute_of_a_wrong_type_is_reported(
    leads: LeadRepository,
    read: Callable[[LeadRepository], Iterable[StoredLead]],
    place: Sequence[str | int],
    value: Any,
) -> None:
    told: list[str] = []
    damaged = keep_damaged(leads, place, value)

    list(read(replace(leads, on_unreadable=lambda error: told.append(str(error)))))

    assert told == [damaged]


@pytest.mark.parametrize(("place", "value"), STOPPERS.values(), ids=STOPPERS)
def test_a_lead_with_an_attribute_of_a_wrong_type_is_refused(
    leads: LeadRepository, place: Sequence[str | int], value: Any
) -> None:
    damaged = keep_damaged(leads, place, value)

    with pytest.raises(UnreadableError, match=f"^{damaged}$"):
        leads.get(damaged, TUESDAY)


def test_the_same_submission_again_is_kept_beside_its_damaged_lead(leads: LeadRepository) -> None:
    damaged = keep_damaged(leads, ("lead", "phone"), {"NULL": True})
    again = factories.stored(name="Person 2", at=TUESDAY)

    kept, is_new = leads.put(again)

    assert (is_new, kept.reference != damaged, got(leads, kept)) == (True, True, as_stored(kept))


def test_damage_is_logged_without_what_the_lead_holds(
    leads: LeadRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_damaged(leads, ("lead", "phone"), {"S": "Lovelace"})

    leads.open(TUESDAY)

    written = capsys.readouterr().out
    assert ('"Failed": 1' in written, "Lovelace" in written, "Person" in written) == (True, False, False)


def test_a_damaged_lead_is_refused_without_what_it_holds(leads: LeadRepository) -> None:
    lead = leads.put(factories.stored())[0]
    damage(leads, lead)

    with pytest.raises(UnreadableError, match=f"^{lead.reference}$") as raised:
        leads.get(lead.reference, TUESDAY)

    assert "".join(traceback.format_exception(raised.value)).count("Lovelace") == 0


def test_a_damaged_lead_of_a_number_is_found(leads: LeadRepository) -> None:
    lead = leads.put(factories.stored())[0]
    damage(leads, lead)

    assert list(leads.of_number("+13125550187")) == [(lead.reference, True)]


def test_of_a_number_there_is_also_what_has_expired(full: LeadRepository) -> None:
    assert len(list(full.of_number("+13125550187"))) == 7


def test_of_another_number_there_is_nothing(full: LeadRepository) -> None:
    assert list(full.of_number("+13125550188")) == []


# --- When DynamoDB fails ---

FAILURES = {
    "InternalServerError": fakes.aws_error("InternalServerError"),
    "ProvisionedThroughputExceededException": fakes.aws_error("ProvisionedThroughputExceededException"),
    "EndpointConnectionError": EndpointConnectionError(endpoint_url="https://dynamodb.example/Lovelace"),
    "ReadTimeoutError": ReadTimeoutError(endpoint_url="https://dynamodb.example/Lovelace"),
}

OPERATIONS: dict[str, Callable[[LeadRepository], object]] = {
    "put": lambda leads: leads.put(factories.stored()),
    "change": lambda leads: change(leads, factories.stored(), Event.CONTACTED),
    "get": lambda leads: got(leads, factories.stored()),
    "open": lambda leads: leads.open(TUESDAY),
    "everything": lambda leads: list(leads.everything(TUESDAY)),
    "delete": lambda leads: leads.delete("7K2M-9QXA-T3VB"),
}


class FailingClient:
    """A client of DynamoDB whose operations all raise this error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def fail(**parameters: Any) -> Any:
            raise self._error

        return fail


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize(("code", "error"), FAILURES.items(), ids=FAILURES)
def test_a_failure_is_its_code(code: str, error: Exception, operation: Callable[[LeadRepository], object]) -> None:
    with pytest.raises(StoreError) as failed:
        operation(LeadRepository("leads", cast("DynamoDBClient", FailingClient(error))))

    assert str(failed.value) == code


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES)
def test_a_failure_tells_nothing_that_was_asked(
    error: Exception, operation: Callable[[LeadRepository], object]
) -> None:
    with pytest.raises(StoreError) as failed:
        operation(LeadRepository("leads", cast("DynamoDBClient", FailingClient(error))))

    assert "Lovelace" not in "".join(traceback.format_exception(failed.value))


def test_a_call_that_botocore_itself_refuses_tells_nothing_that_was_asked(leads: LeadRepository) -> None:
    # Its text repeats every wrong parameter.
    with pytest.raises(StoreError) as failed:
        LeadRepository("", leads.dynamodb).put(factories.stored())

    assert str(failed.value) == "ParamValidationError"


def test_botocore_tries_once_for_ask_tries_again(aws: None) -> None:
    config: Any = dynamodb.client().meta.config

    assert (config.retries["total_max_attempts"], config.connect_timeout, config.read_timeout) == (1, 0.5, 1.0)
