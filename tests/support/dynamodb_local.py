"""Amazon's DynamoDB Local, for tests of concurrent writes, which moto does not serialize as DynamoDB does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from types_boto3_dynamodb import DynamoDBClient

from infra.template import facts_table, leads_table, load
from tests.support.requirement import missing
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
THREADS = 64
"""Requests at the same time, each on a connection of its own."""

TABLES = (leads_table(load()), facts_table(load()))


def folder() -> Path:
    """Return the program's folder; skips the test if it is not installed."""
    place = Path(os.environ.get("DYNAMODB_LOCAL", ROOT / ".cache" / "dynamodb-local"))
    if not shutil.which("java") or not (place / "DynamoDBLocal.jar").exists():
        missing("Amazon's DynamoDB Local", "install Java 17 or later and run `make tools`")
    return place


@contextmanager
def running() -> Iterator[str]:
    """Run DynamoDB Local inside the block, and yield its address."""
    place = folder()
    port = _free_port()
    command = ["java", "-Xmx256m", f"-Djava.library.path={place / 'DynamoDBLocal_lib'}"]
    command += ["-jar", "DynamoDBLocal.jar", "-inMemory", "-port", str(port)]
    with subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def table(address: str) -> Iterator[DynamoDBClient]:
    """Create the template's tables for the block, and yield a client."""
    client: DynamoDBClient = boto3.client(
        "dynamodb",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(max_pool_connections=THREADS),
    )
    made = [client.create_table(**wanted)["TableDescription"] for wanted in TABLES]
    try:
        yield client
    finally:
        for description in made:
            client.delete_table(TableName=description["TableName"])
        client.close()
