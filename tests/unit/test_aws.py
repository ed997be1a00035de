"""Tests of the benchmarks' stub of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import aws
from benchmarks.aws import AwsStub, Item, Table
from benchmarks.loopback import LoopbackRequest


def lead(reference: str, next_at: str) -> Item:
    return {"reference": {"S": reference}, "shard": {"S": "1"}, "next_at": {"S": next_at}}


def filled(*leads: Item) -> Table:
    table = Table()
    for each in leads:
        table.put(each)
    return table


def test_an_index_is_read_in_order_up_to_its_limit() -> None:
    table = filled(lead("c", "3"), lead("a", "1"), lead("b", "2"))
    assert table.query("due", "1", ("", ""), "2") == ([("1", "a"), ("2", "b")], False)


def test_an_item_that_is_replaced_leaves_its_place_in_the_index() -> None:
    table = filled(lead("a", "1"), lead("a", "5"))
    assert table.query("due", "1", ("", ""), "9") == ([("5", "a")], False)


def test_an_item_without_the_keys_is_in_no_index() -> None:
    assert filled({"reference": {"S": "a"}}).query("due", "1", ("", ""), "9") == ([], False)


def test_pages_follow_each_other_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(aws.PAGES, "due", 2)
    table = filled(lead("a", "1"), lead("b", "1"), lead("c", "1"))
    first, more = table.query("due", "1", ("", ""), "9")
    assert (first, more) == ([("1", "a"), ("1", "b")], True)
    assert table.query("due", "1", first[-1], "9") == ([("1", "c")], False)


def asked(stub: AwsStub, operation: str, **parameters: Any) -> tuple[int, Any]:
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    response = stub.answer(LoopbackRequest("POST", "/", headers, json.dumps(parameters).encode()))
    return response.status, json.loads(response.body)


def test_what_was_put_is_found() -> None:
    stub = AwsStub()
    stub.table = Table()
    asked(stub, "PutItem", Item=lead("a", "1"))
    assert asked(stub, "GetItem", Key={"reference": {"S": "a"}}) == (200, {"Item": lead("a", "1")})
    assert asked(stub, "GetItem", Key={"reference": {"S": "b"}}) == (200, {})


@pytest.mark.parametrize(("now", "status"), [("99", 400), ("100", 200)])
def test_a_lock_stays_held_until_it_ends(now: str, status: int) -> None:
    stub = AwsStub()
    stub.table = filled({"reference": {"S": "lock"}, "until": {"N": "100"}})
    taken = {"reference": {"S": "lock"}, "until": {"N": "200"}}
    values = {":now": {"N": now}}
    condition = "attribute_not_exists(reference) OR #until <= :now"
    answer = asked(stub, "PutItem", Item=taken, ConditionExpression=condition, ExpressionAttributeValues=values)
    assert answer[0] == status


def test_calls_are_recorded_with_their_operations() -> None:
    stub = AwsStub()
    asked(stub, "PutItem", Item=lead("a", "1"))
    stub.answer(LoopbackRequest("POST", "/v2/email/outbound-emails", {}, b"{}"))
    assert [operation for operation, _ in stub.calls] == ["PutItem", "SendEmail"]
