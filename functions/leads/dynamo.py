"""Talking to DynamoDB: one client, plain Python values, errors that carry nothing personal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from leads import aws

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


class StoreError(RuntimeError):
    """DynamoDB did not do what was asked; its text holds AWS's error code and nothing personal."""


class RefusedError(Exception):
    """A condition did not hold; the item that stands in the table is in `item`."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


def ask(operation: Any, **parameters: Any) -> Any:
    """DynamoDB's answer. Raises RefusedError where a condition did not hold, StoreError for all else."""
    # `from None`: botocore's errors may carry the request, and with it a name and a number.
    try:
        return operation(**parameters)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        item = from_item(error.response.get("Item", {}))  # type: ignore[arg-type]  # not in botocore's type
    except BotoCoreError as error:
        code, item = type(error).__name__, {}
    if code == "ConditionalCheckFailedException":
        raise RefusedError(item) from None
    raise StoreError(code) from None


def to_item(values: Item) -> Item:
    """Python values as DynamoDB writes them: text, whole numbers, truth, nothing, lists and mappings of these."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: object) -> Item:
    match value:
        case None:
            return {"NULL": True}
        case bool():  # before int: True is one, too
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [_written(item) for item in value]}
        case dict():
            return {"M": to_item(value)}
    raise TypeError(f"DynamoDB has no {type(value).__name__} of ours")


def from_item(item: Item) -> Item:
    """What DynamoDB wrote, as Python values."""
    return {name: _read(value) for name, value in item.items()}


def _read(value: Item) -> Any:
    ((kind, content),) = value.items()
    return READERS[kind](content)


READERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": int,
    "BOOL": bool,
    "NULL": lambda _: None,
    "SS": set,
    "L": lambda items: [_read(item) for item in items],
    "M": from_item,
}
"""What of DynamoDB's types is in our table."""


@cache
def client() -> DynamoDBClient:
    # The gateway gives up after 30 s: at most 4 tries of 1 + 3 s each stay well below (aws.md, botocore).
    made: DynamoDBClient = aws.client("dynamodb", connect_timeout=1, read_timeout=3, tries=4)
    return made
