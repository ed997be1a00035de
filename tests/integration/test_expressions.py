"""Tests of DynamoDB's expressions as the benchmarks evaluate them."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.expressions import Expression, Item

ITEM: Item = {
    "name": {"S": "Ada"},
    "counted": {"N": "9"},
    "names": {"SS": ["a", "b"]},
    "phone": {"M": {"e164": {"S": "+1312"}}},
}
PARAMETERS = {
    "ExpressionAttributeNames": {"#name": "name", "#gone": "gone", "#phone": "phone", "#e164": "e164"},
    "ExpressionAttributeValues": {
        ":name": {"S": "Ada"},
        ":ten": {"N": "10"},
        ":two": {"N": "2"},
        ":c": {"SS": ["b", "c"]},
        ":start": {"S": "+1"},
    },
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("", True),
        ("#name = :name", True),
        ("#name <> :name", False),
        ("counted < :ten", True),  # as numbers: as text, 9 would be more than 10
        ("counted >= :ten", False),
        ("#gone = :name", False),
        ("attribute_not_exists(#gone) OR #gone <= :ten", True),
        ("attribute_exists(#gone) OR #name = :name", True),
        ("#name = :name AND counted > :ten", False),
        ("#name = :name OR #gone = :name AND counted > :ten", True),
        ("(#name = :name OR #gone = :name) AND counted > :ten", False),
        ("NOT #name = :name", False),
        ("size(names) < :two", False),
        ("begins_with(#phone.#e164, :start)", True),
    ],
)
def test_a_condition_is_decided_as_dynamodb_decides_it(condition: str, holds: bool) -> None:
    assert Expression(condition, PARAMETERS, ITEM).holds() is holds


@pytest.mark.parametrize(
    ("update", "name", "value"),
    [
        ("SET #name = :ten", "name", {"N": "10"}),
        ("SET #gone = if_not_exists(#gone, :two) + :ten", "gone", {"N": "12"}),
        ("ADD counted :two SET #gone = :name", "counted", {"N": "11"}),
        ("ADD #gone :two", "gone", {"N": "2"}),
        ("ADD names :c", "names", {"SS": ["a", "b", "c"]}),
        ("REMOVE #name, counted", "counted", None),
    ],
)
def test_an_update_changes_its_attributes(update: str, name: str, value: Any) -> None:
    assert Expression(update, PARAMETERS, ITEM).updated().get(name) == value


def test_an_update_leaves_the_item_that_was_read() -> None:
    before = dict(ITEM)
    Expression("REMOVE #name", PARAMETERS, ITEM).updated()
    assert before == ITEM
