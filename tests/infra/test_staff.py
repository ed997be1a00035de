"""Tests of `make staff`: what it refuses, what it shows, and that it writes only after a yes."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from leads.domain.people import StaffedPractice
from moto import mock_aws

from infra import stack
from infra.deploy import staff
from infra.facts import FactsTable, ReleaseFacts, people_item_of
from infra.stack import StackError
from infra.template import facts_table, load
from tests.support import factories
from tests.support.deployment import REAL

WITHOUT_MARIA = StaffedPractice.model_validate(
    {
        **dict(REAL),
        "staff": {"ana": {"name": "Ana Ruiz", "email": "ana@lakeside.example"}},
        "notify": {"every": ["ana"], "late": ["ana"], "sender": REAL.notify.sender, "email_detail": "reference"},
    }
)
FACTS = ReleaseFacts.of(REAL.facts_json, "<main></main>")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[FactsTable]:
    """Return the table of facts of a stack whose functions send in the practice's name."""
    monkeypatch.setattr(stack, "outputs", lambda _: {"FactsTable": "facts"})
    monkeypatch.setattr(stack, "parameters", lambda _: {"Sender": REAL.notify.sender})
    with mock_aws():
        client = boto3.client("dynamodb", region_name=stack.REGION)
        client.create_table(**facts_table(load()))
        table = FactsTable("facts", client)
        table.put(FACTS.item)
        yield table


def bring(practice: StaffedPractice = REAL, *, assume_yes: bool = True, dry_run: bool = False) -> None:
    staff.bring(practice, "clinic-callback", assume_yes=assume_yes, dry_run=dry_run)


def answers(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _: answer)


# What is written


def test_the_people_of_the_file_get_the_requests(table: FactsTable) -> None:
    bring()
    assert table.people() == REAL.people


def test_other_people_replace_them(table: FactsTable) -> None:
    bring(WITHOUT_MARIA)
    bring()
    assert table.people() == REAL.people


def test_the_published_facts_stay(table: FactsTable) -> None:
    bring()
    assert table.facts() == FACTS


def test_a_yes_at_the_question_writes(table: FactsTable, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "y")
    bring(assume_yes=False)
    assert table.people() == REAL.people


def test_anything_else_writes_nothing(table: FactsTable, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "")
    bring(assume_yes=False)
    assert table.people() is None


def test_a_dry_run_writes_nothing(table: FactsTable) -> None:
    bring(dry_run=True)
    assert table.people() is None


# What is shown


def test_people_who_are_live_already_are_said_to_be(table: FactsTable, capsys: pytest.CaptureFixture[str]) -> None:
    table.put(people_item_of(REAL))
    bring()
    assert capsys.readouterr().out == "Nothing to change: the requests go to the people of the practice file.\n"


def test_each_line_that_changes_is_shown() -> None:
    assert [*staff.changes(REAL.people, WITHOUT_MARIA.people)] == [
        "  changed  [staff] ana: Ana Ruiz <ana@lakeside.example> (before: Ana Ruiz <front-desk@lakeside.example>)",
        "  changed  [notify] late: ana (before: maria)",
        "  changed  [notify] email_detail: reference (before: full)",
        "  removed  [staff] maria: Maria Keller <manager@lakeside.example>",
    ]


def test_people_of_a_new_stack_are_all_added() -> None:
    assert {line.split()[0] for line in staff.changes(None, REAL.people)} == {"added"}


# What is refused


def test_a_sample_is_refused(table: FactsTable) -> None:
    with pytest.raises(StackError, match="describes the sample practice"):
        bring(factories.practice(sample=True))


def test_a_sender_that_the_functions_may_not_use_is_refused(table: FactsTable) -> None:
    other = factories.practice(sample=False, notify={"sender": "new@lakeside.example"})
    with pytest.raises(StackError, match=r"is new@lakeside\.example, .* from call-back@lakeside\.example only"):
        bring(other)
    assert table.people() is None
