"""Talking to DynamoDB: one client, plain Python values, errors that carry nothing personal."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

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
    """Python values as DynamoDB writes them."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def from_item(item: Item) -> Item:
    """What DynamoDB wrote, as Python values."""
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


@cache
def client() -> DynamoDBClient:
    # The gateway gives up after 30 s: at most 4 tries of 1 + 3 s each stay well below (aws.md, botocore).
    made: DynamoDBClient = boto3.client(
        "dynamodb",
        config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4}),
    )
    return made
