"""Fixtures of several folders: AWS in memory, DynamoDB Local, a browser, the built site, the running system.

Fixtures import what they need themselves, so that a unit test starts without moto, botocore and Playwright.
"""

from __future__ import annotations

import locale
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from types_boto3_dynamodb import DynamoDBClient

    from tests.support.local_system import LocalSystem

# No deadline: the machine that runs the tests may be busy. `--hypothesis-profile` is read later, and wins.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]
LOCALE = locale.setlocale(locale.LC_ALL)
SENDER = "call-back@example.com"

LOOPBACK = {"dynamodb_local", "browser", "local_system", "loopback"}
"""Fixtures whose tests may connect to this machine. No test may connect to any other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Allow this machine's network to tests that need it, and mark tests that need a browser."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if LOOPBACK.intersection(fixtures):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def same_locale() -> Iterator[None]:
    """Put back the process's locale: Pelican sets it, and Python reads files in its encoding."""
    locale.setlocale(locale.LC_ALL, LOCALE)
    yield
    locale.setlocale(locale.LC_ALL, LOCALE)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let DynamoDB calls be retried at once. Tests of real pauses undo this (test_hang.py).

    Where the module is not loaded, no call is made; loading it would cost every unit test botocore.
    """
    if dynamodb := sys.modules.get("leads.aws.dynamodb"):
        monkeypatch.setattr(dynamodb, "sleep", lambda _seconds: None, raising=False)


@pytest.fixture
def loopback() -> None:
    """Allow a test to connect to this machine."""


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials of no account, for a test that makes its own AWS in memory."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run AWS in memory, with the template's table and a verified sender; the environment points to it."""
    import boto3
    from moto import mock_aws

    from infra.template import leads_table, load

    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        monkeypatch.delenv(name)
    for name, value in _environment().items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        _clear_clients()
        boto3.client("dynamodb").create_table(**leads_table(load()))
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        yield
    _clear_clients()


def _environment() -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LEADS_TABLE": "leads",
        "LEADS_SECRET": "a secret that only the tests know, never used elsewhere",
        "LEADS_FACTS": "facts",
        "LEADS_SITE_URL": "https://www.example.com",
    }


def _clear_clients() -> None:
    # The functions cache their clients, and moto intercepts only clients that were made while it was active.
    from leads.aws import dynamodb, ses

    dynamodb.client.cache_clear()
    ses.client.cache_clear()


@pytest.fixture
def moto_table(aws: None) -> DynamoDBClient:
    """Return a client of the table in memory. moto has no locks: it proves conditions in sequence, never races."""
    import boto3

    client: DynamoDBClient = boto3.client("dynamodb")
    return client


@pytest.fixture(scope="session")
def dynamodb_local_address() -> Iterator[str]:
    """Start Amazon's DynamoDB Local and return its address."""
    from tests.support import dynamodb_local

    with dynamodb_local.running() as address:
        yield address


@pytest.fixture
def dynamodb_local(dynamodb_local_address: str) -> Iterator[DynamoDBClient]:
    """Return a client of DynamoDB Local with the template's table, empty. It decides races as DynamoDB does."""
    from tests.support.dynamodb_local import table

    with table(dynamodb_local_address) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium. Expectations wait 30 seconds: the machine may be busy."""
    from playwright.sync_api import expect

    from tests.support import chromium

    expect.set_options(timeout=30_000)
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a tab in a context of its own."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def page_without_scripts(browser: Browser) -> Iterator[Page]:
    """Open a tab in a context of its own, in which no script runs."""
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


@dataclass(frozen=True)
class Site:
    """The built site, and what the build compiled for the functions."""

    output: Path
    compiled: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the site as `make build` writes it, also where it leaves out an article that awaits its review."""
    folder = tmp_path_factory.mktemp("site")
    built = Site(folder / "output", folder / "compiled")
    variables = {**os.environ, "OUTPUT": str(built.output), "LEADS_COMPILED": str(built.compiled)}
    command = [sys.executable, "-m", "infra.site"]
    run = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, check=False)
    assert b"The site is in output/." in run.stdout, "it was not built: see above"
    return built


@pytest.fixture(scope="session")
def local_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """Start `make serve` in a copy of the project, with a short sweep interval."""
    from tests.support import local_system

    with local_system.running(tmp_path_factory.mktemp("system")) as running:
        yield running
