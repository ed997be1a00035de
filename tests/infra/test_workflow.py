"""Tests of .github/workflows/ci.yml: actions are pinned, and jobs have few permissions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
ACTIONS = [line.strip() for line in TEXT.splitlines() if re.match(r"\s*-? ?uses:", line)]


@pytest.mark.parametrize("line", sorted(set(ACTIONS)))
def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it(line: str) -> None:
    assert re.fullmatch(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_every_action_was_looked_at() -> None:
    assert len(ACTIONS) == sum("uses" in step for _, step in STEPS)


def test_an_action_has_one_version() -> None:
    pins = {line.split()[2] for line in ACTIONS}
    assert len(pins) == len({pin.partition("@")[0] for pin in pins})


def test_nothing_is_allowed_unless_a_job_says_so() -> None:
    assert WORKFLOW["permissions"] == {}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_may_read_and_only_publish_may_prove_who_it_is(name: str) -> None:
    more = {"id-token": "write"} if name == "publish" else {}
    assert JOBS[name]["permissions"] == {"contents": "read", **more}


def test_no_key_is_stored() -> None:
    assert not re.search(r"secrets\s*[.\[]|secrets:|aws-(secret-)?access-key|AWS_(SECRET_)?ACCESS_KEY", TEXT)


def test_code_of_others_never_runs_with_our_rights() -> None:
    # YAML 1.1 reads the key `on` as true. pull_request_target and workflow_run would run with the repository's rights.
    assert WORKFLOW[True] == {"push": {"branches": ["main"]}, "pull_request": None}


def test_no_command_takes_text_from_outside() -> None:
    assert [step["run"] for _, step in STEPS if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("name", JOBS)
def test_no_checkout_leaves_its_token_behind(name: str) -> None:
    (checkout,) = [step for step in JOBS[name]["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["persist-credentials"] is False


def test_only_what_was_checked_tested_and_measured_is_published() -> None:
    assert set(JOBS["publish"]["needs"]) == set(JOBS) - {"publish"}


def test_only_main_is_published() -> None:
    condition = "github.event_name == 'push' && github.ref == 'refs/heads/main' && vars.PUBLISH_ROLE != ''"
    assert JOBS["publish"]["if"] == condition


def test_a_publish_is_not_broken_off_by_the_next() -> None:
    assert JOBS["publish"]["concurrency"] == {"group": "publish", "cancel-in-progress": False}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_hangs_ends(name: str) -> None:
    assert JOBS[name]["timeout-minutes"] <= 45


@pytest.mark.parametrize("target", sorted({word for _, step in STEPS for word in step.get("run", "").split()[1:]}))
def test_what_it_runs_is_in_the_makefile(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_it_runs_nothing_but_make() -> None:
    assert {step["run"].split()[0] for _, step in STEPS if "run" in step} == {"make"}
