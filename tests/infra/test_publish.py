"""Tests of the commands `make publish` and `make rollback`: refusals, output, and the check of the live page."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError
from leads.aws.facts import people_item

from infra import site, stack
from infra.facts import ReleaseFacts
from infra.publish import __main__ as command
from infra.publish import preflight
from infra.publish.__main__ import BuiltRelease
from infra.publish.publishing import PublishError
from infra.publish.site_files import BuiltSite
from tests.support import cdn, factories, practice_repository
from tests.support.cdn import ADDRESS, FACTS, LATER, LATER_FACTS, SITE, CloudServices, PublishedStack
from tests.support.compiled_assets import compiled
from tests.support.deployment import REAL
from tests.support.factories import PRACTICE_TOML

RENAMED = {**LATER, "old/index.html": b'<!doctype html><html data-moved-to="/new/">'}
"""LATER, with the page that it lacks at a new address."""


@dataclass
class PublishCommand:
    """Runs the commands with a site, facts and a network of the test."""

    stack: PublishedStack
    content: Mapping[str, bytes] = field(default_factory=lambda: SITE)
    facts: ReleaseFacts = FACTS
    fetched: Callable[[str], bytes] | None = None

    def publish(self, **options: bool) -> None:
        command.publish(**{"dry_run": False, "everything": False, **options}, fetch=self.fetched or self.stack.fetch)

    def roll_back(self) -> None:
        command.rollback(dry_run=False, fetch=self.fetched or self.stack.fetch)


@pytest.fixture
def command_line(services: CloudServices, monkeypatch: pytest.MonkeyPatch) -> PublishCommand:
    made = PublishCommand(services.stack())
    made.stack.connect(monkeypatch, services.clients)
    monkeypatch.setattr(command, "build", lambda _: BuiltRelease(BuiltSite(made.content), {}, made.facts))
    return made


def addresses_asked_for(command_line: PublishCommand) -> list[str]:
    """Return a list that gets each address for which the command asks from now on."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return command_line.stack.fetch(url)

    command_line.fetched = fetch
    return asked


# What is said


def test_it_says_what_is_live(command_line: PublishCommand, capsys: pytest.CaptureFixture[str]) -> None:
    command_line.publish()
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"Live: {ADDRESS} has 3 pages, as of November 24, 2026")


def test_it_says_what_will_change(command_line: PublishCommand, capsys: pytest.CaptureFixture[str]) -> None:
    command_line.publish()
    command_line.content = RENAMED
    capsys.readouterr()
    command_line.publish(dry_run=True)
    assert capsys.readouterr().out.splitlines() == [
        "What changes on https://www.example.com:",
        "  added          4 B  /assets/look.2.css",
        "  added          3 B  /assets/new.1.png",
        "  added         61 B  /new/",
        "  changed       22 B  /feed.xml",
        "  changed       83 B  /",
        "  changed       43 B  /old/",
        "  changed       61 B  /sleep/",
        "  3 added, 4 changed; 277 B to upload",
        "DRY_RUN: nothing was changed.",
    ]


def test_a_dry_run_writes_nothing(command_line: PublishCommand) -> None:
    command_line.stack.calls.begin()
    command_line.publish(dry_run=True)
    assert command_line.stack.calls.writes == []


def test_an_unchanged_site_writes_nothing(command_line: PublishCommand) -> None:
    command_line.publish()
    command_line.stack.calls.begin()
    command_line.publish()
    assert command_line.stack.calls.writes == []


def test_an_unchanged_site_is_said_to_be_live(command_line: PublishCommand, capsys: pytest.CaptureFixture[str]) -> None:
    command_line.publish()
    capsys.readouterr()
    command_line.publish()
    assert capsys.readouterr().out.startswith(f"Nothing to publish: {ADDRESS} has 3 pages")


def test_changed_facts_are_listed_and_reach_the_functions(
    command_line: PublishCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.publish()
    command_line.facts = LATER_FACTS
    command_line.publish()
    assert "what the functions know of the practice" in capsys.readouterr().out
    assert command_line.stack.cloud.table.facts() == LATER_FACTS


# Who gets the requests


def test_people_who_are_live_as_in_the_file_are_not_mentioned(
    command_line: PublishCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.publish()
    assert "make staff" not in capsys.readouterr().out


def test_other_people_in_the_file_are_noted_and_not_brought(
    command_line: PublishCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    people = factories.practice(notify={"late": ["ana"]}).people
    command_line.stack.cloud.table.put(people_item(people.model_dump_json()))
    command_line.publish()
    assert "Note: [staff] or [notify] in the practice file differ from what is live." in capsys.readouterr().out
    assert command_line.stack.cloud.table.people() == people


def test_people_who_were_never_stored_are_noted(
    command_line: PublishCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    table = command_line.stack.cloud.table
    table.client.delete_item(TableName=table.name, Key={"name": {"S": "people"}})
    command_line.publish()
    assert "Note: it is not stored who gets the requests, so requests wait." in capsys.readouterr().out


def test_a_note_names_no_one() -> None:
    notes = [*command.people_notes(factories.practice(), factories.practice(notify={"late": ["ana"]}).people)]
    assert "@" not in str(notes)


# No choice is lost


def test_a_condition_that_is_live_cannot_be_left_out(command_line: PublishCommand) -> None:
    command_line.publish()
    fewer = {**FACTS.values, "conditions": FACTS.values["conditions"][1:]}
    command_line.facts = ReleaseFacts.of(json.dumps(fewer), "")
    with pytest.raises(PublishError, match="the condition “trd” was live"):
        command_line.publish()
    assert command_line.stack.cloud.table.facts() == FACTS


def test_a_publish_after_an_interrupted_one_says_so(
    command_line: PublishCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.stack.calls.begin(lives=8)
    with pytest.raises(cdn.Killed):
        command_line.publish()
    command_line.stack.calls.begin()
    command_line.publish()
    assert "was interrupted" in capsys.readouterr().out


def test_a_rollback_says_what_is_live(command_line: PublishCommand, capsys: pytest.CaptureFixture[str]) -> None:
    command_line.publish()
    command_line.content = RENAMED
    command_line.publish()
    capsys.readouterr()
    command_line.roll_back()
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"Live: {ADDRESS} has 3 pages")


# No address is lost


def test_a_page_that_is_live_cannot_be_left_out(command_line: PublishCommand) -> None:
    command_line.publish()
    command_line.content = LATER
    with pytest.raises(PublishError, match=r"^/old/ is live and would be lost\."):
        command_line.publish()


def test_an_address_that_would_be_lost_changes_nothing(command_line: PublishCommand) -> None:
    command_line.publish()
    command_line.content = LATER
    with pytest.raises(PublishError):
        command_line.publish()
    assert command_line.stack.served() == SITE


def test_an_old_address_cannot_be_left_out_later(command_line: PublishCommand) -> None:
    command_line.publish()
    command_line.content = RENAMED
    command_line.publish()
    command_line.content = LATER
    with pytest.raises(PublishError, match="/old/ is live"):
        command_line.publish()


def test_pages_at_old_addresses_do_not_count_as_pages(
    command_line: PublishCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.content = RENAMED
    command_line.publish()
    assert f"Live: {ADDRESS} has 3 pages" in capsys.readouterr().out


def test_a_page_at_an_old_address_is_not_the_one_that_is_looked_at(command_line: PublishCommand) -> None:
    command_line.publish()
    command_line.content = {**SITE, "old/index.html": RENAMED["old/index.html"]}
    asked = addresses_asked_for(command_line)
    command_line.publish()
    assert asked == [f"{ADDRESS}/"]


# The page as visitors get it


def test_the_page_that_has_changed_is_looked_at(command_line: PublishCommand) -> None:
    command_line.publish()
    command_line.content = {**SITE, "sleep/index.html": b"words"}
    asked = addresses_asked_for(command_line)
    command_line.publish()
    assert asked == [f"{ADDRESS}/sleep/"]


def test_caches_are_given_time(command_line: PublishCommand) -> None:
    answers = [b"old", b"old"]
    command_line.fetched = lambda url: answers.pop() if answers else command_line.stack.fetch(url)
    command_line.publish()
    assert answers == []


def test_a_page_that_does_not_arrive_is_reported(command_line: PublishCommand) -> None:
    command_line.fetched = lambda _: b"another"
    with pytest.raises(PublishError, match=r"visitors do not get it at https://www\.example\.com/.*it is another page"):
        command_line.publish()


def test_an_address_that_does_not_answer_is_reported(command_line: PublishCommand) -> None:
    def refuse(url: str) -> bytes:
        raise OSError("Name or service not known")

    command_line.fetched = refuse
    with pytest.raises(PublishError, match=r"Name or service not known.*DNS record"):
        command_line.publish()


def test_a_page_that_is_not_seen_is_published_all_the_same(command_line: PublishCommand) -> None:
    command_line.fetched = lambda _: b"another"
    with pytest.raises(PublishError):
        command_line.publish()
    assert command_line.stack.served() == SITE


# What is refused


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return practice_repository.committed(tmp_path)


def test_the_project_s_own_sample_is_refused() -> None:
    with pytest.raises(PublishError, match="sample = true"):
        command.ensure_publishable()


def test_a_mistake_in_the_practice_file_is_reported_with_its_line(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / preflight.PRACTICE).write_text("name = ", encoding="utf-8")
    monkeypatch.setattr(command, "ROOT", project)
    with pytest.raises(PublishError, match=r"^content/practice\.toml:1: "):
        command.ensure_publishable()


def test_a_practice_outside_the_united_states_is_not_published(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PRACTICE_TOML.replace('country = "US"', 'country = "GB"', 1).replace("sample = true\n", "")
    (project / preflight.PRACTICE).write_text(text, encoding="utf-8")
    monkeypatch.setattr(command, "ROOT", project)
    with pytest.raises(PublishError, match=r"^content/practice\.toml:6: country: .*content/crisis-lines\.toml"):
        command.ensure_publishable()


# How it ends where it cannot go on


def _end(monkeypatch: pytest.MonkeyPatch, error: BaseException, *arguments: str) -> str:
    def fail() -> None:
        raise error

    monkeypatch.setattr(command, "ensure_publishable", fail)
    monkeypatch.setattr(stack, "outputs", lambda _: fail())
    with pytest.raises(SystemExit) as ended:
        command.main([*arguments])
    return str(ended.value.code)


def test_failed_checks_are_reported_and_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = site.BuildError("content/articles/sleep.md:3: cure: say what it does.")
    assert _end(monkeypatch, mistake).endswith("say what it does.\nNothing was published.")


def test_on_github_failed_checks_annotate_their_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    _end(monkeypatch, site.BuildError("content/articles/sleep.md:3: cure: say what it does."))
    assert capsys.readouterr().err == "::error file=content/articles/sleep.md,line=3::cure: say what it does.\n"


def test_without_credentials_it_says_how_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _end(monkeypatch, NoCredentialsError()) == (
        "You are not signed in to AWS. Sign in to AWS first, for example with `aws sso login`."
    )


def test_without_a_stack_it_says_to_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "There is no stack “clinic-callback” in us-east-1 of this account. Run `make deploy` first."
    assert _end(monkeypatch, stack.StackError(sentence)) == sentence


@pytest.mark.parametrize("name", ["publish", "rollback"])
def test_interrupted_by_hand_it_says_that_the_site_works(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert _end(monkeypatch, KeyboardInterrupt(), name).strip() == (
        f"The live site works as it is. Run `make {name}` again to complete what was begun."
    )


# Who publishes


def test_a_process_that_is_gone_is_not_alive() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    me = command.this_process()
    assert not me.is_alive(me.name.replace(str(os.getpid()), str(ended.pid)))


def test_a_process_that_runs_is_alive() -> None:
    me = command.this_process()
    assert me.is_alive(me.name.replace(str(os.getpid()), str(os.getppid())))


def test_what_this_process_left_itself_is_not_at_work_any_more() -> None:
    me = command.this_process()
    assert not me.is_alive(me.name)


def test_another_machine_s_process_counts_as_alive() -> None:
    assert command.this_process().is_alive("ada@elsewhere, process 1")


# The build


def test_what_make_serve_sets_does_not_reach_the_published_site(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: dict[str, str | None] = {}
    monkeypatch.setenv("LOCAL", "1")
    monkeypatch.setenv("SITE_URL", "http://127.0.0.1:8000")
    monkeypatch.setattr(
        site, "build", lambda **_: seen.update({name: os.environ.get(name) for name in command.ONLY_HERE})
    )
    monkeypatch.setattr(command, "OUTPUT", tmp_path)
    monkeypatch.setattr(command, "COMPILED", compiled(tmp_path / "compiled", REAL))
    command.build(tmp_path)
    assert seen == {"LOCAL": None, "SITE_URL": None}


def test_dry_run_is_off_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRY_RUN", "0")
    assert not command.is_set("DRY_RUN")
