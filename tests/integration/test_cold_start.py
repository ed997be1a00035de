"""What a cold start loads: everything up to the first lead that was stored, and nothing else.

Each module here was measured; benchmarks/README.md has the figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import api_events, compiled_assets, factories

MOST_MODULES = 450
"""Python's own included. Look at what came in before you raise it."""

TAKE_A_LEAD = """
import json, sys
before = set(sys.modules)

from leads.aws import dynamodb
from leads.handlers import capture
from leads.wiring import Wiring

class Aws:
    def __init__(self, client):
        self.meta = client.meta  # a real client was made: what that loads counts, too
    def put_item(self, **asked):
        return {}

wiring = Wiring(dynamodb=lambda: Aws(dynamodb.client()))
answer = capture.make_handler(wiring)(json.load(sys.stdin), None)
sys.stdout.write("\\n" + json.dumps([answer["statusCode"], sorted(set(sys.modules) - before)]))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """Modules that taking a lead brings into a fresh process."""
    variables = compiled_assets.variables(
        compiled_assets.compiled(tmp_path_factory.mktemp("compiled"), factories.SAMPLE)
    )
    keys = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    done = subprocess.run(
        [sys.executable, "-c", TAKE_A_LEAD],
        input=json.dumps(api_events.submission(factories.answers())),
        env={"PATH": os.environ["PATH"], **variables, **keys},
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
    )
    *log, last = done.stdout.splitlines()
    status, modules = json.loads(last)
    assert status == 303
    assert any("stored" in line for line in log)
    return frozenset(modules)


@pytest.mark.parametrize(
    "module",
    [
        "boto3",
        "holidays",
        "jinja2",
        "leads.aws.counters",
        "leads.aws.ses",
        "leads.cli",
        "leads.rendering",
        "leads.handlers.sweep",
        "leads.mail",
        "markupsafe",
        "multiprocessing",
        "phonenumbers.geodata",
        "pydantic.v1",
        "rich",
        "s3transfer",
        "tomllib",
    ],
)
def test_a_lead_is_taken_without(loaded: frozenset[str], module: str) -> None:
    assert module not in loaded


def test_a_lead_is_taken_with_few_modules(loaded: frozenset[str]) -> None:
    assert len(loaded) <= MOST_MODULES


def test_no_garbage_is_collected_while_it_starts() -> None:
    code = "import gc, leads.handlers; found = []; gc.callbacks.append(lambda *facts: found.append(facts))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import leads.handlers.capture; print(found)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]"
