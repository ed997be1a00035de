"""Fixtures of the tests of deploying, publishing and the local system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.builds import Build
from tests.support.cdn import SITE, CloudServices, PublishedStack, aws_in_memory
from tests.support.deployment import CapturedConsole


@pytest.fixture
def screen() -> CapturedConsole:
    return CapturedConsole()


@pytest.fixture(scope="module")
def services() -> Iterator[CloudServices]:
    """Run moto, and yield its clients, which the tests of a file share."""
    with aws_in_memory():
        yield CloudServices.make()


@pytest.fixture
def stack(services: CloudServices) -> PublishedStack:
    """Return a stack to which nothing is published."""
    return services.stack()


@pytest.fixture
def published(stack: PublishedStack) -> PublishedStack:
    """Publish a first release."""
    stack.publish(SITE)
    stack.calls.begin()
    return stack


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a build of a few files, beside a file that no reader may get."""
    build = Build(tmp_path / "17")
    for name, text in {
        "index.html": "<body>home</body>",
        "404.html": "<body>nothing here</body>",
        "sorry.html": "<body>our fault</body>",
        "guide/index.html": "<body>guide</body>",
        "assets/icon.svg": "<svg/>",
        "old/index.html": '<!doctype html><html lang="en-US" data-moved-to="/guide/"><body>moved</body>',
        "closed/index.html": '<!doctype html><html lang="en-US" data-gone="1"><body>taken away</body>',
    }.items():
        file = build.output / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    build.compiled.mkdir()
    (tmp_path / "secret.txt").write_text("not for readers", encoding="utf-8")
    return build
