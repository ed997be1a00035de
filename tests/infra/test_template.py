"""Tests that the local system and the tests run what infra/template.yaml describes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from types_boto3_dynamodb import DynamoDBClient

from infra.template import Route, Template, facts_table, leads_table, load, parse, routes
from tests.support import stack

TEMPLATE = load()
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
TABLES = [TEMPLATE["Resources"][name] for name in ("LeadsTable", "FactsTable")]


def test_short_functions_are_read_as_long_ones() -> None:
    assert TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["LEADS_TABLE"] == {"Ref": "LeadsTable"}


def test_json_is_read_as_yaml_is() -> None:
    assert parse('{"Resources": {}}') == parse("Resources: {}")


@pytest.mark.parametrize("table", [leads_table, facts_table])
def test_a_table_has_the_name_that_is_asked_for(table: Callable[[Template, str], Mapping[str, Any]]) -> None:
    assert table(TEMPLATE, "others")["TableName"] == "others"


def test_the_table_can_be_made_as_the_template_describes_it(moto_table: DynamoDBClient) -> None:
    made = moto_table.describe_table(TableName="leads")["Table"]
    assert [key["AttributeName"] for key in made["KeySchema"]] == ["reference"]


def test_amazons_own_dynamodb_makes_the_table_too(dynamodb_local: DynamoDBClient) -> None:
    made = dynamodb_local.describe_table(TableName="leads")["Table"]
    assert {index["IndexName"] for index in made["GlobalSecondaryIndexes"]} >= {"due"}


def test_every_attribute_of_the_table_is_a_key_somewhere() -> None:
    table = leads_table(TEMPLATE)
    schemas = [table["KeySchema"], *(index["KeySchema"] for index in table["GlobalSecondaryIndexes"])]
    keys = {key["AttributeName"] for schema in schemas for key in schema}
    assert {attribute["AttributeName"] for attribute in table["AttributeDefinitions"]} == keys


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_deleting_the_stack_keeps_both_tables(policy: str) -> None:
    assert [table[policy] for table in TABLES] == ["Retain", "Retain"]


@pytest.mark.parametrize(
    ("section", "key"),
    [("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), ("SSESpecification", "SSEEnabled")],
)
def test_both_tables_are_encrypted_and_recoverable(section: str, key: str) -> None:
    assert [table["Properties"][section][key] for table in TABLES] == [True, True]


def test_leads_expire() -> None:
    assert TABLES[0]["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_the_form_its_confirmation_the_promise_and_the_staff_link_are_the_only_ways_in() -> None:
    assert set(routes(TEMPLATE)) == {
        Route("ANY", "/api/leads", "leads.handlers.capture.handler"),
        Route("ANY", "/api/leads/{token}", "leads.handlers.capture.handler"),
        Route("ANY", "/api/promise", "leads.handlers.capture.handler"),
        Route("ANY", "/staff/leads/{token}", "leads.handlers.staff.handler"),
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_handler_is_there(name: str) -> None:
    module, _, handler = FUNCTIONS[name]["Handler"].rpartition(".")
    assert callable(getattr(import_module(module), handler))


def test_what_the_translator_makes_of_the_template_is_valid_too() -> None:
    assert lint(json.dumps(stack.transformed()), config=ManualArgs(regions=[stack.REGION])) == []
