"""The line that each function logs when it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HANDLERS = ["capture", "staff", "sweep"]


def logged(handler: str, event: str = "start", **variables: str) -> list[dict[str, str]]:
    environment = {"PATH": os.environ["PATH"], **variables}
    command = [sys.executable, "-c", f"import leads.handlers.{handler}"]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [line for line in lines if line["event"] == event]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_logs_its_version_and_commit_when_it_starts(handler: str, tmp_path: Path) -> None:
    (tmp_path / "version.json").write_text('{"version": "1.2.3", "commit": "0a1b2c3"}', encoding="utf-8")

    lines = logged(handler, AWS_LAMBDA_FUNCTION_NAME=handler, LEADS_COMPILED=str(tmp_path))

    assert lines == [{"event": "start", "outcome": "1.2.3 0a1b2c3"}]


def test_a_package_without_a_record_says_unknown(tmp_path: Path) -> None:
    assert logged("capture", AWS_LAMBDA_FUNCTION_NAME="capture", LEADS_COMPILED=str(tmp_path)) == [
        {"event": "start", "outcome": "unknown"}
    ]


def test_outside_lambda_nothing_is_logged() -> None:
    assert logged("capture") == []


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_that_cannot_be_prepared_starts_all_the_same(handler: str, tmp_path: Path) -> None:
    lines = logged(handler, "not prepared", AWS_LAMBDA_FUNCTION_NAME=handler, LEADS_COMPILED=str(tmp_path))

    assert [line["outcome"].partition(" ")[0] for line in lines] == ["EnvironmentMistakeError"]
