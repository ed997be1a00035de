"""Tests of the benchmarks' stub of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.aws import LEADS, AwsStub, Table
from benchmarks.expressions import Item
from benchmarks.loopback import LoopbackRequest


def lead(reference: str, next_at: str, **more: str) -> Item:
    return {
        "reference": {"S": reference},
        "shard": {"S": "1"},
        "next_at": {"S": next_at},
        **{name: {"S": value} for name, value in more.items()},
    }


def filled(*leads: Item) -> AwsStub:
    stub = AwsStub()
    for each in leads:
        stub.tables[LEADS].put(each)
    return stub


def asked(stub: AwsStub, operation: str, **parameters: Any) -> tuple[int, Any]:
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    body = json.dumps({"TableName": LEADS, **parameters}).encode()
    response = stub.answer(LoopbackRequest("POST", "/", headers, body))
    return response.status, json.loads(response.body)


def page(stub: AwsStub, comparison: str, limit: str, **more: Any) -> tuple[list[str], Any]:
    """Return the references of a page of the index of due leads, and the key of the next page."""
    values = {":shard": {"S": "1"}, ":limit": {"S": limit}, **more.pop("values", {})}
    condition = f"#shard = :shard AND #next_at {comparison} :limit"
    asks = {"IndexName": "due", "KeyConditionExpression": condition, "ExpressionAttributeValues": values, **more}
    _, found = asked(stub, "Query", **asks)
    return [item["reference"]["S"] for item in found["Items"]], found.get("LastEvaluatedKey")


@pytest.mark.parametrize(("comparison", "found"), [("<=", "ab"), ("<", "a"), (">", "c"), (">=", "bc")])
def test_an_index_is_read_in_order_up_to_its_limit(comparison: str, found: str) -> None:
    assert page(filled(lead("c", "3"), lead("a", "1"), lead("b", "2")), comparison, "2") == ([*found], None)


def test_an_item_that_is_replaced_leaves_its_place_in_the_index() -> None:
    assert page(filled(lead("a", "1"), lead("a", "5")), "<=", "9") == (["a"], None)


def test_an_item_without_the_keys_is_in_no_index() -> None:
    assert page(filled({"reference": {"S": "a"}}), "<=", "9") == ([], None)


def test_pages_follow_each_other_without_a_gap() -> None:
    stub = filled(lead("a", "1"), lead("b", "1"), lead("c", "1"))
    first, key = page(stub, "<=", "9", Limit=2)
    assert first == ["a", "b"]
    assert page(stub, "<=", "9", Limit=2, ExclusiveStartKey=key) == (["c"], None)


def test_an_index_of_the_keys_has_no_other_attribute() -> None:
    stub = filled(lead("a", "1", name="Ada"))
    _, found = asked(
        stub,
        "Query",
        IndexName="due",
        KeyConditionExpression="#shard = :shard",
        ExpressionAttributeValues={":shard": {"S": "1"}},
    )
    assert found["Items"] == [lead("a", "1")]


def test_what_was_put_is_found_until_it_is_deleted() -> None:
    stub, key = AwsStub(), {"reference": {"S": "a"}}
    asked(stub, "PutItem", Item=lead("a", "1"))
    assert asked(stub, "GetItem", Key=key) == (200, {"Item": lead("a", "1")})
    asked(stub, "DeleteItem", Key=key)
    assert asked(stub, "GetItem", Key=key) == (200, {})


@pytest.mark.parametrize("name", ["facts", "people"])
def test_the_table_of_facts_is_filled(name: str) -> None:
    status, found = asked(AwsStub(), "GetItem", TableName="facts", Key={"name": {"S": name}})
    assert (status, found["Item"]["name"]) == (200, {"S": name})


def test_a_table_that_is_not_here_is_empty() -> None:
    assert asked(AwsStub(), "GetItem", TableName="others", Key={"name": {"S": "people"}}) == (200, {})


@pytest.mark.parametrize(("now", "status"), [("99", 400), ("100", 200)])
def test_a_lock_stays_held_until_it_ends(now: str, status: int) -> None:
    stub = filled({"reference": {"S": "lock"}, "until": {"N": "100"}})
    taken = {"reference": {"S": "lock"}, "until": {"N": "200"}}
    names, values = {"#until": "until"}, {":now": {"N": now}}
    condition = "attribute_not_exists(reference) OR #until <= :now"
    answer = asked(
        stub,
        "PutItem",
        Item=taken,
        ConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
    assert answer[0] == status


def test_an_update_makes_the_item_that_it_does_not_find() -> None:
    _, answer = asked(
        AwsStub(),
        "UpdateItem",
        Key={"reference": {"S": "count"}},
        UpdateExpression="ADD counted :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    assert answer == {"Attributes": {"reference": {"S": "count"}, "counted": {"N": "1"}}}


def test_calls_are_recorded_with_their_operations() -> None:
    stub = AwsStub()
    asked(stub, "PutItem", Item=lead("a", "1"))
    stub.answer(LoopbackRequest("POST", "/v2/email/outbound-emails", {}, b"{}"))
    assert [operation for operation, _ in stub.calls] == ["PutItem", "SendEmail"]


def test_a_new_table_forgets_the_calls() -> None:
    stub = filled(lead("a", "1"))
    asked(stub, "GetItem", Key={"reference": {"S": "a"}})
    stub.reset(Table.of_leads())
    assert (stub.calls, stub.tables[LEADS].items) == ([], {})
