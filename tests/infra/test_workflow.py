""".github/workflows: what runs elsewhere in our name is readable in these files, and may do little."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").iterdir())
TEXTS = {file.name: file.read_text(encoding="utf-8") for file in FILES}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}

ALL_JOBS: dict[str, Any] = {
    f"{file} {name}": job for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items()
}
STEPS = [(name, step) for name, job in ALL_JOBS.items() for step in job["steps"]]
COMMANDS = [(name, step["run"]) for name, step in STEPS if "run" in step]
ACTIONS = [line.strip() for text in TEXTS.values() for line in text.splitlines() if re.match(r"\s*-? ?uses:", line)]

CI = WORKFLOWS["ci.yml"]
JOBS: dict[str, Any] = CI["jobs"]


@pytest.mark.parametrize("line", sorted(set(ACTIONS)))
def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it(line: str) -> None:
    assert re.fullmatch(r"- uses: [\w-]+(/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_every_action_was_looked_at() -> None:
    assert len(ACTIONS) == sum("uses" in step for _, step in STEPS)


def test_an_action_has_one_version() -> None:
    pins = {"/".join(line.split()[2].split("/")[:2]) + "@" + line.partition("@")[2] for line in ACTIONS}
    assert len(pins) == len({"/".join(pin.partition("@")[0].split("/")[:2]) for pin in pins})


@pytest.mark.parametrize("file", WORKFLOWS)
def test_nothing_is_allowed_unless_a_job_says_so(file: str) -> None:
    assert WORKFLOWS[file]["permissions"] == {}


@pytest.mark.parametrize("name", ALL_JOBS)
def test_a_job_may_read_and_only_publish_may_prove_who_it_is(name: str) -> None:
    more = {"id-token": "write"} if name == "ci.yml publish" else {}
    assert ALL_JOBS[name]["permissions"] == {"contents": "read", **more}


@pytest.mark.parametrize("file", TEXTS)
def test_no_key_is_stored(file: str) -> None:
    assert not re.search(r"secrets\s*[.\[]|secrets:|aws-(secret-)?access-key|AWS_(SECRET_)?ACCESS_KEY", TEXTS[file])


def test_code_of_others_never_runs_with_our_rights() -> None:
    # YAML 1.1 reads the key `on` as true. pull_request_target and workflow_run would run with the repository's rights.
    assert CI[True].keys() == {"push", "pull_request", "schedule"}
    assert (CI[True]["push"], CI[True]["pull_request"]) == ({"branches": ["main"]}, None)


def test_main_is_published_once_a_day_soon_after_nine_in_the_practices_winter() -> None:
    (schedule,) = CI[True]["schedule"]
    assert re.fullmatch(r"\d+ 15 \* \* \*", schedule["cron"])  # 9 AM in Chicago is 15:00 UTC


@pytest.mark.parametrize("file", sorted(WORKFLOWS.keys() - {"ci.yml"}))
def test_the_others_run_by_the_clock_which_means_on_main(file: str) -> None:
    assert list(WORKFLOWS[file][True]) == ["schedule"]


def test_no_command_takes_words_from_outside() -> None:
    assert [command for _, command in COMMANDS if "${{" in command] == []


def test_a_variable_comes_from_the_file_itself() -> None:
    taken = [str(each["env"]) for _, each in [*ALL_JOBS.items(), *STEPS] if "env" in each]
    assert {word for text in taken for word in re.findall(r"\$\{\{.*?\}\}", text)} <= {"${{ matrix.tests }}"}


@pytest.mark.parametrize("name", ALL_JOBS)
def test_no_checkout_leaves_its_token_behind(name: str) -> None:
    (checkout,) = [step for step in ALL_JOBS[name]["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", ALL_JOBS)
def test_a_job_that_hangs_ends(name: str) -> None:
    assert ALL_JOBS[name]["timeout-minutes"] <= 45


@pytest.mark.parametrize("target", sorted({word for _, command in COMMANDS for word in command.split()[1:]}))
def test_what_it_runs_is_in_the_makefile(target: str) -> None:
    name, is_variable, _ = target.partition("=")
    found = rf"^{name} \?=" if is_variable else rf"^{name}:"
    assert re.search(found, (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_it_runs_nothing_but_make() -> None:
    assert {command.split()[0] for _, command in COMMANDS} == {"make"}


# Which jobs run, and what is published

WHOLE = ("check", "test", "proofs")
"""What judges everything."""


def _runs(name: str, **facts: str) -> bool:
    """Return whether a job's condition holds. Facts: the event, whether all has passed, and the results of other jobs.

    GitHub's own words are replaced by Python's. A condition without a status function also wants every job that it
    needs to have succeeded.
    """
    condition = JOBS[name].get("if", "true").strip().removeprefix("${{").removesuffix("}}").replace("\n", " ")
    needs = JOBS[name].get("needs", [])
    needed = [needs] if isinstance(needs, str) else needs
    if "cancelled()" not in condition and any(facts.get(each, "success") != "success" for each in needed):
        return False
    known = {
        "!cancelled()": "True",
        "github.event_name": repr(facts.get("event", "push")),
        "github.ref": repr(facts.get("ref", "refs/heads/main")),
        "vars.PUBLISH_ROLE": repr(facts.get("role", "arn:aws:iam::1:role/publish")),
        "needs.known.outputs.passed": repr(facts.get("passed", "")),
        **{f"needs.{each}.result": repr(facts.get(each, "success")) for each in needed},
        "&&": " and ",
        "||": " or ",
    }
    for words, value in known.items():
        condition = condition.replace(words, value)
    return bool(eval(condition, {"true": True}))  # our own file


SKIPPED = dict.fromkeys(WHOLE, "skipped")


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize(
    ("facts", "runs"),
    [
        ({"passed": ""}, True),
        ({"passed": "false"}, True),
        ({"known": "failure"}, True),
        ({"event": "pull_request", "known": "skipped"}, True),
        ({"passed": "true"}, False),
        ({"passed": "true", "event": "schedule"}, False),
        ({"passed": "", "event": "schedule"}, True),
    ],
    ids=[
        "a change of code",
        "another key",
        "the cache does not answer",
        "a pull request",
        "an editor's push",
        "a new day",
        "a new day, and nothing is known",
    ],
)
def test_everything_is_judged_unless_it_has_passed(name: str, facts: dict[str, str], runs: bool) -> None:
    assert _runs(name, **facts) is runs


@pytest.mark.parametrize("event", ["push", "schedule"])
@pytest.mark.parametrize(("passed", "runs"), [("true", True), ("", False), ("false", False)])
def test_an_editor_s_push_or_a_new_day_is_judged_by_one_job(event: str, passed: str, runs: bool) -> None:
    assert _runs("content", event=event, passed=passed) is runs


@pytest.mark.parametrize(("event", "asks"), [("push", True), ("schedule", True), ("pull_request", False)])
def test_a_pull_request_takes_nothing_for_passed(event: str, asks: bool) -> None:
    assert _runs("known", event=event) is asks


@pytest.mark.parametrize("name", ["check", "content"])
def test_what_is_not_public_yet_is_built_and_checked_too(name: str) -> None:
    (build,) = [step for step in JOBS[name]["steps"] if step.get("run") == "make build"]
    assert build["env"] == {"LOCAL": "1"}


PUBLISHED = [{"content": "skipped"}, {**SKIPPED, "content": "success"}]
NOT_PUBLISHED = [
    *({"content": "skipped", name: result} for name in WHOLE for result in ("failure", "skipped", "cancelled")),
    *({**SKIPPED, "content": result} for result in ("failure", "skipped", "cancelled")),
    {"content": "skipped", "event": "pull_request"},
    {"content": "skipped", "ref": "refs/heads/other"},
    {"content": "skipped", "role": ""},
]


@pytest.mark.parametrize("event", ["push", "schedule"])
@pytest.mark.parametrize("facts", PUBLISHED)
def test_what_was_judged_is_published(facts: dict[str, str], event: str) -> None:
    assert _runs("publish", event=event, **facts)


@pytest.mark.parametrize("event", ["push", "schedule"])
@pytest.mark.parametrize("facts", NOT_PUBLISHED, ids=str)
def test_nothing_else_is_published(facts: dict[str, str], event: str) -> None:
    assert not _runs("publish", **{"event": event, **facts})


def test_a_publish_waits_for_all_that_judges() -> None:
    assert set(JOBS["publish"]["needs"]) == {*WHOLE, "content"}


def test_a_publish_is_not_broken_off_by_the_next() -> None:
    assert JOBS["publish"]["concurrency"] == {"group": "publish", "cancel-in-progress": False}


def test_no_publish_waits_for_lighthouse() -> None:
    assert JOBS["proofs"]["env"]["TESTS"] == "--ignore tests/browser/test_lighthouse.py"


# What has passed


def test_only_what_is_on_main_is_remembered_and_only_if_all_has_passed() -> None:
    assert set(JOBS["passed"]["needs"]) == {*WHOLE, "known"}
    assert _runs("passed")
    assert _runs("passed", event="schedule")
    assert not _runs("passed", event="pull_request")
    assert not any(_runs("passed", **{name: result}) for name in WHOLE for result in ("failure", "skipped"))


def _entries() -> dict[str, dict[str, Any]]:
    """Return what each job that knows the cache entry asks for or writes."""
    return {name: step["with"] for name, step in STEPS if step.get("uses", "").startswith("actions/cache/")}


KEY = "passed-${{ hashFiles('**', '!content/**', '!.git/**') }}"


def test_what_has_passed_is_everything_but_the_content() -> None:
    assert {name: entry["key"] for name, entry in _entries().items()} == {
        "ci.yml known": KEY,
        "ci.yml passed": "${{ needs.known.outputs.key }}",
        "nightly.yml proofs": KEY,
    }


def test_the_entry_is_the_same_for_all_who_ask() -> None:
    # An entry is found by its key and the paths that it holds.
    assert {entry["path"] for entry in _entries().values()} == {"Makefile"}


def test_the_night_has_what_the_day_leaves_out() -> None:
    commands = [command for name, command in COMMANDS if name.startswith("nightly.yml")]
    assert {"make proofs", "make faults"} <= set(commands)
    assert not any("env" in job for job in WORKFLOWS["nightly.yml"]["jobs"].values())


def test_pins_are_compared_with_what_is_known_each_week() -> None:
    assert ("weekly.yml advisories", "make advisories") in COMMANDS
