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

MOST_COLLECTIONS = 15
"""Without a threshold of our own they are more than thirty: a fifth of the start's CPU time."""

TAKE_A_LEAD = """
import json, sys
before = set(sys.modules)

from leads.aws import dynamodb, facts
from leads.handlers import capture
from leads.handlers.preparation import prepared
from leads.wiring import Wiring

class Aws:
    def __init__(self, client):
        self.meta = client.meta  # a real client was made: what that loads counts, too
    def get_item(self, **asked):
        return {"Item": facts.facts_item(practice, "<!--title--><!--main-->")}
    def put_item(self, **asked):
        return {}

practice, event = json.load(sys.stdin)
wiring = prepared(Wiring(dynamodb=lambda: Aws(dynamodb.client()), ses=None), at_import=True)
started = set(sys.modules)
answer = capture.make_handler(wiring)(event, None)
loaded = [sorted(started - before), sorted(set(sys.modules) - started)]
sys.stdout.write("\\n" + json.dumps([answer["statusCode"], *loaded]))
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> tuple[frozenset[str], frozenset[str]]:
    """Return the modules that a function loads before its first request, and those that taking a lead adds."""
    variables = compiled_assets.variables(
        compiled_assets.compiled(tmp_path_factory.mktemp("compiled"), factories.SAMPLE)
    )
    keys = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    done = subprocess.run(
        [sys.executable, "-c", TAKE_A_LEAD],
        input=json.dumps([factories.SAMPLE.facts_json, api_events.submission(factories.answers())]),
        env={**os.environ, **variables, **keys},
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
    )
    *log, last = done.stdout.splitlines()
    status, at_start, later = json.loads(last)
    assert status == 303
    assert [json.loads(line)["event"] for line in log if line] == ["stored"]
    return frozenset(at_start), frozenset(later)


@pytest.mark.parametrize(
    "module",
    [
        "boto3",
        "email.headerregistry",
        "holidays",
        "jinja2",
        "leads.aws.counters",
        "leads.aws.item_models",
        "leads.aws.ses",
        "leads.cli",
        "leads.domain.people",
        "leads.handlers.sweep",
        "leads.mail",
        "leads.rendering",
        "leads.services.follow_up",
        "leads.services.ports",
        "leads.services.sweep",
        "leads.web.form_view",
        "markupsafe",
        "multiprocessing",
        "phonenumbers.geodata",
        "pydantic.v1",
        "rich",
        "s3transfer",
        "tomllib",
    ],
)
def test_a_lead_is_taken_without(modules: tuple[frozenset[str], frozenset[str]], module: str) -> None:
    assert module not in frozenset.union(*modules)


def test_a_lead_is_taken_with_few_modules(modules: tuple[frozenset[str], frozenset[str]]) -> None:
    assert len(modules[0]) <= MOST_MODULES


def test_the_first_lead_loads_its_country_s_numbers_alone(modules: tuple[frozenset[str], frozenset[str]]) -> None:
    assert modules[1] == {"phonenumbers.data.region_US"}


def test_hardly_any_garbage_is_collected_while_it_starts() -> None:
    code = (
        "import gc; found = []; gc.callbacks.append(lambda *facts: found.append(facts)); import leads.handlers.capture"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print(len(found) // 2)"], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) <= MOST_COLLECTIONS
