"""Tests of the rights of a role that publishes: those in .github/workflows/ci.yml, no more and no fewer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra import stack as deployed
from infra.publish import __main__ as command
from infra.publish.__main__ import BuiltRelease
from infra.publish.site_files import BuiltSite
from tests.support.cdn import FACTS, LATER, LATER_FACTS, SITE, CloudServices

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "ci.yml"

ACTIONS = {
    "DescribeStacks": ["cloudformation:DescribeStacks"],
    "CreateInvalidation": ["cloudfront:CreateInvalidation"],
    "GetItem": ["dynamodb:GetItem"],
    "PutItem": ["dynamodb:PutItem"],
    "ListObjectsV2": ["s3:ListBucket"],
    "GetObject": ["s3:GetObject"],
    "HeadObject": ["s3:GetObjectVersion"],
    "CopyObject": ["s3:GetObjectVersion", "s3:PutObject"],
    "PutObject": ["s3:PutObject"],
    "DeleteObject": ["s3:DeleteObject"],
}
"""What IAM asks for, by the request: those for a version of an object name it here.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""


GONE = b'<!doctype html><html data-gone="1">'
FIRST = BuiltRelease(BuiltSite(SITE), {"sleep.md": b"Title: Sleep"}, FACTS)
SECOND = BuiltRelease(BuiltSite({**LATER, "old/index.html": GONE}), {"sleep.md": b"Title: Rest"}, LATER_FACTS)


@dataclass
class RightsRecorder:
    """Records what IAM asks for each request, and which items are written."""

    used: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)

    def note(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        self.used |= {*ACTIONS[model.name]}
        if model.name == "PutItem":
            self.items.add(params["Item"]["name"]["S"])


@pytest.fixture(scope="module")
def rights(services: CloudServices) -> Iterator[RightsRecorder]:
    """Publish, publish a change, publish everything and roll back; return what that asked for."""
    outputs, published, recorder = deployed.outputs, services.stack(), RightsRecorder()
    clients = {**services.clients, "cloudformation": boto3.client("cloudformation", region_name=deployed.REGION)}
    with pytest.MonkeyPatch.context() as patch:
        published.connect(patch, clients)
        _deploy(clients["cloudformation"], deployed.outputs(""))
        patch.setattr(deployed, "outputs", outputs)
        for client in clients.values():
            client.meta.events.register("before-parameter-build", recorder.note)
        for built, everything in [(FIRST, False), (SECOND, False), (SECOND, True)]:
            patch.setattr(command, "build", lambda _, built=built: built)
            command.publish(dry_run=False, everything=everything, fetch=published.fetch)
        for _ in range(2):
            command.rollback(dry_run=False, fetch=published.fetch)
        yield recorder


def _deploy(cloudformation: Any, outputs: Mapping[str, str]) -> None:
    template = {
        "Resources": {"AlarmTopic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    cloudformation.create_stack(StackName=deployed.NAME, TemplateBody=json.dumps(template))


def comment() -> str:
    """Return the workflow's comment on the role, in one line."""
    lines = re.findall(r"^  # (.*)$", WORKFLOW.read_text(encoding="utf-8"), re.MULTILINE)
    return " ".join(line.strip() for line in lines)


def test_publishing_needs_every_right_that_the_workflow_lists_and_no_other(rights: RightsRecorder) -> None:
    listed = set(re.findall(r"\b[a-z0-9]+:[A-Z]\w+", comment()))
    assert rights.used == listed - {"dynamodb:LeadingKeys"}


def test_publishing_writes_no_item_but_the_facts(rights: RightsRecorder) -> None:
    assert rights.items == {"facts"}


def test_the_right_to_write_is_for_the_facts_alone() -> None:
    condition = 'dynamodb:PutItem (the table of facts, with the condition that dynamodb:LeadingKeys is "facts"'
    assert condition in comment()
