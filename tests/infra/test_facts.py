"""Tests of the table of facts as the commands write it, and as the functions then read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from leads.aws.facts import people_item, read_facts
from leads.domain.facts import Facts
from leads.domain.lead import CONSENT_VERSION
from leads.domain.practice import Practice
from moto import mock_aws

from infra.facts import FactsTable, ReleaseFacts, people_item_of
from infra.template import facts_table, load
from tests.support import factories
from tests.support.compiled_assets import compiled

PRACTICE = factories.practice()
FACTS = ReleaseFacts.of(PRACTICE.facts_json, "<!--title--><!--main-->")
OTHERS = factories.practice(notify={"late": ["ana"]})


@pytest.fixture
def table() -> Iterator[FactsTable]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(**facts_table(load()))
        yield FactsTable("facts", client)


def test_a_new_table_has_neither_facts_nor_people(table: FactsTable) -> None:
    assert (table.facts(), table.people()) == (None, None)


def test_facts_are_read_as_they_were_written(table: FactsTable) -> None:
    table.put(FACTS.item)
    assert table.facts() == FACTS


def test_the_functions_read_the_practice_of_the_file_without_its_people() -> None:
    assert read_facts(FACTS.item) == Facts(Practice.from_json(PRACTICE.facts_json), "<!--title--><!--main-->")


def test_the_facts_name_every_best_time() -> None:
    assert FACTS.values["best_times"] == ["any", "morning", "afternoon"]


def test_the_facts_name_todays_version_of_the_consent_sentence() -> None:
    assert CONSENT_VERSION in FACTS.values["consent_versions"]


def test_no_address_of_the_staff_is_in_the_facts() -> None:
    assert "@" not in FACTS.practice


def test_what_a_build_compiled_are_its_facts(tmp_path: Path) -> None:
    facts = ReleaseFacts.compiled(compiled(tmp_path / "compiled", PRACTICE))
    assert (facts.practice, "<!--main-->" in facts.shell) == (FACTS.practice, True)


def test_people_are_read_as_they_were_written(table: FactsTable) -> None:
    table.put(people_item_of(PRACTICE))
    assert table.people() == PRACTICE.people


def test_people_that_this_code_cannot_read_are_none(table: FactsTable) -> None:
    table.put(people_item("{}"))
    assert table.people() is None


def test_an_item_that_is_missing_is_written(table: FactsTable) -> None:
    table.put_missing(people_item_of(PRACTICE))
    assert table.people() == PRACTICE.people


def test_an_item_that_is_there_is_not_replaced(table: FactsTable) -> None:
    table.put(people_item_of(OTHERS))
    table.put_missing(people_item_of(PRACTICE))
    assert table.people() == OTHERS.people
