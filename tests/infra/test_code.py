"""Tests of the bucket from which CloudFormation takes the functions' package."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from infra.deploy.code import CodePackage, bucket_name
from tests.support.deployment import ACCOUNT

CODE = CodePackage(Path(__file__), ACCOUNT)


@pytest.fixture
def uploaded(aws: None) -> str:
    CODE.upload()
    return bucket_name(ACCOUNT)


def test_nothing_in_the_bucket_can_become_public(uploaded: str) -> None:
    answer = boto3.client("s3").get_public_access_block(Bucket=uploaded)["PublicAccessBlockConfiguration"]
    assert set(answer.values()) == {True}
    assert len(answer) == 4


def test_the_bucket_keeps_versions(uploaded: str) -> None:
    assert boto3.client("s3").get_bucket_versioning(Bucket=uploaded)["Status"] == "Enabled"


def test_the_bucket_is_encrypted(uploaded: str) -> None:
    rules = boto3.client("s3").get_bucket_encryption(Bucket=uploaded)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_a_bucket_that_is_there_is_used_again(uploaded: str) -> None:
    CODE.upload()
    assert [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]] == [uploaded]
