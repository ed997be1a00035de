"""Tests of infra/stack.py: the stack's outputs, and one clear sentence when AWS refuses."""

from __future__ import annotations

import json
import os

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from infra import stack

TEMPLATE = json.dumps(
    {
        "Resources": {"Pages": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "pages-of-the-clinic"}}},
        "Outputs": {"SiteBucket": {"Value": {"Ref": "Pages"}}},
    }
)


@pytest.fixture
def deployed(aws: None) -> None:
    boto3.client("cloudformation").create_stack(StackName="clinic-callback", TemplateBody=TEMPLATE)


@pytest.fixture
def signed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove all credentials."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def refused(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


def sentence(error: Exception) -> str:
    with pytest.raises(stack.StackError) as caught, stack.translate_aws_errors():
        raise error
    return str(caught.value)


@pytest.mark.usefixtures("deployed")
def test_the_outputs_are_the_stacks_own() -> None:
    assert stack.outputs("clinic-callback") == {"SiteBucket": "pages-of-the-clinic"}


@pytest.mark.usefixtures("deployed")
def test_the_stack_is_found_whatever_the_users_own_region_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert stack.outputs("clinic-callback")["SiteBucket"] == "pages-of-the-clinic"


@pytest.mark.usefixtures("aws")
def test_without_a_stack_one_sentence_says_what_to_run() -> None:
    with pytest.raises(stack.StackError, match=r"There is no stack “clinic-callback” .* Run `make deploy` first\."):
        stack.outputs("clinic-callback")


@pytest.mark.usefixtures("aws")
def test_a_stack_that_was_only_looked_at_is_none() -> None:
    boto3.client("cloudformation").create_change_set(
        StackName="clinic-callback", ChangeSetName="look", ChangeSetType="CREATE", TemplateBody=TEMPLATE
    )
    with pytest.raises(stack.StackError, match="There is no stack"):
        stack.outputs("clinic-callback")


@pytest.mark.usefixtures("signed_out")
def test_without_credentials_one_sentence_says_what_to_run() -> None:
    with pytest.raises(stack.StackError, match=r"You are not signed in to AWS\. Sign in to AWS first"):
        stack.outputs("clinic-callback")


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"])
def test_expired_credentials_get_the_command_that_renews_them(code: str) -> None:
    assert "aws sso login" in sentence(refused(code))


def test_what_aws_says_is_handed_on() -> None:
    assert "not authorized to perform: s3:CreateBucket" in sentence(
        refused("AccessDenied", "User: x is not authorized to perform: s3:CreateBucket.")
    )


def test_a_missing_connection_is_reported() -> None:
    assert "Check the connection" in sentence(EndpointConnectionError(endpoint_url="https://x"))


def test_a_mistake_of_our_own_stays_one() -> None:
    with pytest.raises(KeyError), stack.translate_aws_errors():
        raise KeyError("ours")


def test_the_usual_stack_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACK", raising=False)
    assert stack.name() == "clinic-callback"


def test_another_stack_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "clinic-callback-test")
    assert stack.name() == "clinic-callback-test"
