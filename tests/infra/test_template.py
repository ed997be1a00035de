"""Tests that the local system and the tests run what infra/template.yaml describes."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from types_boto3_dynamodb import DynamoDBClient

from infra.template import Route, leads_table, load, parse, routes
from tests.support import stack

TEMPLATE = load()
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
TABLE = TEMPLATE["Resources"]["LeadsTable"]


def test_short_functions_are_read_as_long_ones() -> None:
    assert TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["LEADS_TABLE"] == {"Ref": "LeadsTable"}


def test_json_is_read_as_yaml_is() -> None:
    assert parse('{"Resources": {}}') == parse("Resources: {}")


def test_the_table_has_the_name_that_is_asked_for() -> None:
    assert leads_table(TEMPLATE, "others")["TableName"] == "others"


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
def test_deleting_the_stack_keeps_the_leads(policy: str) -> None:
    assert TABLE[policy] == "Retain"


@pytest.mark.parametrize(
    ("section", "key"),
    [("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), ("SSESpecification", "SSEEnabled")],
)
def test_leads_are_encrypted_and_recoverable(section: str, key: str) -> None:
    assert TABLE["Properties"][section][key] is True


def test_leads_expire() -> None:
    assert TABLE["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


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
