"""DynamoDB's own notation for values: written and read as boto3, which no handler imports, writes and reads it."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as some
from leads.aws.dynamodb import UNKNOWN_VALUE, from_item, to_item

DIGITS = 38
"""A number's most in DynamoDB."""

values = some.recursive(
    some.none() | some.booleans() | some.text() | some.integers(-(10**DIGITS) + 1, 10**DIGITS - 1),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=12,
)
items = some.dictionaries(some.text(), values, max_size=6)


@given(items)
def test_values_are_written_as_boto3_writes_them(item: dict[str, Any]) -> None:
    serialize = TypeSerializer().serialize
    assert to_item(item) == {name: serialize(value) for name, value in item.items()}


@given(items)
def test_what_was_written_is_read_back(item: dict[str, Any]) -> None:
    assert from_item(to_item(item)) == item


def test_a_set_of_texts_is_read_as_boto3_reads_it() -> None:
    counted = {"counted": {"SS": ["b", "a"]}}
    assert from_item(counted) == {"counted": TypeDeserializer().deserialize({"SS": ["b", "a"]})}


@pytest.mark.parametrize(
    "odd", [{"B": b"a"}, {"NS": ["1"]}, {"BS": [b"a"]}, {"N": "1.5"}, {"N": "1E+2"}, {"NEW": "?"}], ids=str
)
def test_what_is_not_of_ours_does_not_hide_the_rest_of_an_item(odd: dict[str, Any]) -> None:
    assert from_item({"odd": odd, "name": {"S": "a"}, "deep": {"L": [odd, {"BOOL": True}]}}) == {
        "odd": UNKNOWN_VALUE,
        "name": "a",
        "deep": [UNKNOWN_VALUE, True],
    }


def test_what_dynamodb_cannot_store_is_refused() -> None:
    with pytest.raises(TypeError, match="no float is ever stored"):
        to_item({"share": 0.5})
