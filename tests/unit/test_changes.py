"""Tests of a change set in plain words: a loss of data is never silent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra.deploy import changes
from infra.deploy.changes import Change


def change(action: str, kind: str = "AWS::DynamoDB::Table", **facts: Any) -> Change:
    """Return the change that is read from CloudFormation's description."""
    change = {"Action": action, "ResourceType": kind, "LogicalResourceId": "It", **facts}
    (read,) = changes.read([{"Type": "Resource", "ResourceChange": change}])
    return read


@pytest.mark.parametrize(
    ("action", "replacement", "words"),
    [
        ("Add", None, "+ added: DynamoDB table It"),
        ("Modify", "False", "~ changed: DynamoDB table It"),
        ("Modify", "True", "! replaced: DynamoDB table It"),
        ("Modify", "Conditional", "! perhaps replaced: DynamoDB table It"),
        ("Remove", None, "- removed: DynamoDB table It"),
        ("Dynamic", None, "! perhaps replaced: DynamoDB table It"),
    ],
)
def test_each_kind_of_change_has_its_name(action: str, replacement: str | None, words: str) -> None:
    facts = {"Replacement": replacement} if replacement else {}
    assert change(action, **facts).line == words


def test_a_change_names_what_it_changes_once() -> None:
    details = [{"Target": {"Attribute": "Properties", "Name": "Timeout"}}] * 2 + [{"Target": {"Attribute": "Tags"}}]
    assert change("Modify", Replacement="False", Details=details).line.endswith("(Timeout, Tags)")


@pytest.mark.parametrize(("action", "replacement"), [("Remove", ""), ("Modify", "True"), ("Modify", "Conditional")])
@pytest.mark.parametrize("kind", changes.HOLDS_DATA)
def test_what_holds_data_is_not_taken_away_in_silence(action: str, replacement: str, kind: str) -> None:
    assert change(action, kind, Replacement=replacement).data_at_risk


@pytest.mark.parametrize(("action", "replacement"), [("Add", ""), ("Modify", "False")])
def test_a_table_that_stays_is_no_danger(action: str, replacement: str) -> None:
    assert not change(action, Replacement=replacement).data_at_risk


def test_a_role_may_go_without_alarm() -> None:
    assert not change("Remove", "AWS::IAM::Role").data_at_risk


def test_data_that_will_be_gone_is_said_to_be() -> None:
    assert "is DELETED" in change("Remove", PolicyAction="Delete").warning


@pytest.mark.parametrize("policy", ["Retain", "ReplaceAndRetain"])
def test_data_that_stays_in_the_account_is_said_to_stay(policy: str) -> None:
    assert "stays in the account" in change("Modify", Replacement="True", PolicyAction=policy).warning


def test_what_replaces_a_table_is_empty() -> None:
    assert change("Modify", Replacement="True").warning.endswith("A new one takes its place, empty.")


def test_dangers_are_red() -> None:
    lines = list(changes.lines([change("Remove")]))
    assert [line.style for line in lines] == ["bold red", "bold red"]


def test_dangers_come_first() -> None:
    calm = {"Action": "Remove", "ResourceType": "AWS::IAM::Role", "LogicalResourceId": "A"}
    grave = {"Action": "Remove", "ResourceType": "AWS::DynamoDB::Table", "LogicalResourceId": "Z"}
    listed = [{"Type": "Resource", "ResourceChange": change} for change in (calm, grave)]
    assert [change.name for change in changes.read(listed)] == ["Z", "A"]


def tables(*indexes: str, name: str = "Leads", key: str = "a") -> dict[str, Any]:
    """Return a template with a table that has these indexes."""
    described = [{"IndexName": index, "KeySchema": [{"AttributeName": key}], "Projection": {}} for index in indexes]
    properties = {"GlobalSecondaryIndexes": described} if indexes else {}
    topic = {"Type": "AWS::SNS::Topic"}
    return {"Resources": {name: {"Type": "AWS::DynamoDB::Table", "Properties": properties}, "Alarm": topic}}


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        (tables("due"), tables("due", "list", "number"), "2 such steps. [^:]*: first add list, then add number."),
        (tables("due", "list"), tables(), "first remove due, then remove list."),
        (tables("old"), tables("new"), "first add new, then remove old."),
        (tables("due"), tables("due", key="b"), "first remove due, then add due."),
    ],
    ids=["two added", "two removed", "one renamed", "one with another key"],
)
def test_two_steps_of_a_tables_indexes_are_refused(before: Any, after: Any, steps: str) -> None:
    assert re.search(f"Leads needs .*{steps}$", changes.index_refusal(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (tables("due"), tables("due")),
        (tables("due"), tables("due", "list")),
        (tables("due", "list"), tables("list")),
        (tables("due"), tables("due", "list", "number", name="Another")),
    ],
    ids=["none", "one added", "one removed", "a new table"],
)
def test_one_step_is_not_refused(before: Any, after: Any) -> None:
    assert changes.index_refusal(before, after) == ""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("AWS::CloudFront::OriginAccessControl", "CloudFront origin access control"),
        ("AWS::S3::Bucket", "S3 bucket"),
        ("AWS::WAFv2::WebACL", "WAFv2 web acl"),
    ],
)
def test_a_type_is_printed_in_words(kind: str, words: str) -> None:
    assert changes.resource_kind(kind) == words


def test_the_table_of_facts_is_not_taken_for_that_of_the_requests() -> None:
    lost = change("Remove", LogicalResourceId="FactsTable")
    assert lost.data_at_risk == "the published facts and who gets the requests"
