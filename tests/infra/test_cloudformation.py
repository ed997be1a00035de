"""Tests of the correction of moto's CloudFormation: an executed change set changes the stack's outputs."""

from __future__ import annotations

import json

import boto3
import pytest
from moto.cloudformation.models import ChangeSet

from infra import stack
from infra.e2e import cloudformation


def body(value: str) -> str:
    resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
    return json.dumps({"Resources": resources, "Outputs": {"Said": {"Value": value}}})


@pytest.mark.usefixtures("aws")
def test_a_change_set_changes_the_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangeSet, "apply", ChangeSet.apply)  # put back when the test ends
    cloudformation.patch_change_sets()
    client, names = boto3.client("cloudformation"), {"StackName": "clinic-callback", "ChangeSetName": "deploy-1"}
    client.create_stack(StackName="clinic-callback", TemplateBody=body("before"))
    client.create_change_set(**names, ChangeSetType="UPDATE", TemplateBody=body("after"))
    client.execute_change_set(**names)
    assert stack.outputs("clinic-callback") == {"Said": "after"}
