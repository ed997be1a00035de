"""What tests can ask for: AWS in memory, Amazon's own DynamoDB, a browser, the built site, the running system."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from leads.aws import dynamodb, ses
from moto import mock_aws
from playwright.sync_api import expect

from infra.template import leads_table, load
from tests.support import chromium
from tests.support import dynamodb_local as amazons
from tests.support import local_system as systems

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from types_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[1]
SENDER = "call-back@example.com"

LOOPBACK = {"dynamodb_local", "browser", "local_system", "loopback"}
"""Fixtures whose tests may talk to this machine. No test may talk to any other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests in that need this machine's network, and mark those that need a browser."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if LOOPBACK.intersection(fixtures):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB is asked again at once. What is to wait in real time says so (test_hang.py)."""
    monkeypatch.setattr(dynamodb, "sleep", lambda _seconds: None, raising=False)


@pytest.fixture
def loopback() -> None:
    """Allows a test to talk to this machine."""


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody's account, for a test that makes its own AWS in memory."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory, with the template's table and a sender that SES knows; the environment leads to it."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        monkeypatch.delenv(name)
    for name, value in _environment().items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        _forget_clients()
        boto3.client("dynamodb").create_table(**leads_table(load()))
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        yield
    _forget_clients()


def _environment() -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LEADS_TABLE": "leads",
        "LEADS_SECRET": "a secret that only the tests know, never used elsewhere",
        "LEADS_SENDER": SENDER,
    }


def _forget_clients() -> None:
    # The functions keep their clients, and moto's spell is on clients that were made under it only.
    dynamodb.client.cache_clear()
    ses.client.cache_clear()


@pytest.fixture
def moto_table(aws: None) -> DynamoDBClient:
    """A client of the table in memory. moto has no locks: it proves conditions in sequence, never races."""
    client: DynamoDBClient = boto3.client("dynamodb")
    return client


@pytest.fixture(scope="session")
def dynamodb_local_address() -> Iterator[str]:
    """Where Amazon's DynamoDB Local listens."""
    with amazons.running() as address:
        yield address


@pytest.fixture
def dynamodb_local(dynamodb_local_address: str) -> Iterator[DynamoDBClient]:
    """A client of Amazon's DynamoDB Local with the template's table, empty: the judge of races."""
    with amazons.table(dynamodb_local_address) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, with time for a busy machine: what is right late is right."""
    expect.set_options(timeout=30_000)
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def page_without_scripts(browser: Browser) -> Iterator[Page]:
    """A tab of its own, in which no script runs."""
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


@dataclass(frozen=True)
class Site:
    """The built site, and what the build left for the functions."""

    output: Path
    compiled: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the site as `make build` writes it, also where it leaves in an article that awaits its review."""
    folder = tmp_path_factory.mktemp("site")
    built = Site(folder / "output", folder / "compiled")
    variables = {**os.environ, "OUTPUT": str(built.output), "LEADS_COMPILED": str(built.compiled)}
    command = [sys.executable, "-m", "infra.site"]
    run = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, check=False)
    assert b"The site is in output/." in run.stdout, "it was not built: see above"
    return built


@pytest.fixture(scope="session")
def local_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[systems.LocalSystem]:
    """`make serve` in a copy of the project, with a sweep that ticks fast."""
    with systems.running(tmp_path_factory.mktemp("system")) as running:
        yield running
