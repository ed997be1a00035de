"""Every page is correct HTML: the Nu HTML checker, the one behind validator.w3.org, finds no error."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from infra import preview_server
from infra import site as builder
from tests.conftest import Site
from tests.support import function_answers
from tests.support.requirement import missing

ROOT = Path(__file__).parents[2]

WRONG = "wrong.html"


def _checker() -> Path:
    jar = Path(os.environ.get("VNU", ROOT / ".cache" / "vnu" / "vnu.jar"))
    if not shutil.which("java") or not jar.exists():
        missing("the Nu HTML checker", "install Java 17 or later and run `make tools`")
    return jar


def _name(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-") or "home"


@pytest.fixture(scope="module")
def pages(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every built page, every page of the function, and the style guide."""
    folder = tmp_path_factory.mktemp("pages")
    for address in preview_server.addresses(site.output):
        shutil.copy(preview_server.file_of(site.output, address), folder / f"built-{_name(address)}.html")
    answers = function_answers.all_of_them(site, tmp_path_factory.mktemp("compiled"))
    for name, html in function_answers.pages(answers).items():
        (folder / f"{_name(name)}.html").write_text(html, encoding="utf-8")
    shutil.copy(_style_guide(tmp_path_factory.mktemp("local")), folder / "styleguide.html")
    return folder


def _style_guide(folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL", "1")
        builder.build(OUTPUT_PATH=folder / "output", COMPILED_PATH=folder / "compiled")
    return folder / "output" / "styleguide" / "index.html"


@pytest.fixture(scope="module")
def findings(pages: Path) -> dict[str, list[str]]:
    """Return the checker's errors and warnings by page. No message is left out."""
    (pages / WRONG).write_text('<!doctype html><html lang="en"><title>x</title><p><div></div></p>', encoding="utf-8")
    # A page's schema is deep; and what runs for seconds is not worth compiling well.
    options = ["-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    command = ["java", *options, "-jar", str(_checker()), "--format", "json", "--exit-zero-always", str(pages)]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=300)
    found: dict[str, list[str]] = {}
    for message in json.loads(done.stderr)["messages"]:
        found.setdefault(message["url"].rpartition("/")[2], []).append(_told(message))
    return found


def _told(message: dict[str, str]) -> str:
    return f"line {message.get('lastLine', '?')}: {message['message']} {message.get('extract', '')}"


def test_the_checker_finds_nothing(findings: dict[str, list[str]]) -> None:
    assert {page: told for page, told in findings.items() if page != WRONG} == {}


def test_the_checker_would_find_something(findings: dict[str, list[str]]) -> None:
    assert findings[WRONG]
