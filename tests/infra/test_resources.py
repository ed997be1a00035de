"""Tests of resources that are created through the services' own APIs."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from infra.e2e import resources
from infra.e2e.resources import CREATORS, LEFT_OUT, NATIVE


def test_each_type_is_created_in_one_way() -> None:
    assert [kind for kind in {*CREATORS, *NATIVE, *LEFT_OUT} if (kind in CREATORS) + (kind in NATIVE) > 1] == []
    assert LEFT_OUT.keys() & {*CREATORS, *NATIVE} == set()


def test_properties_of_another_name_in_the_api_are_renamed_at_any_depth() -> None:
    config = {"Origins": [{"OriginCustomHeaders": [], "Id": "api"}], "IPV6Enabled": True}
    assert resources._as_the_api_has_it(config) == {
        "Origins": [{"CustomHeaders": [], "Id": "api"}],
        "IsIPV6Enabled": True,
    }


def test_cached_methods_are_part_of_the_allowed_ones() -> None:
    behavior = {"AllowedMethods": ["GET", "HEAD"], "CachedMethods": ["GET"]}
    allowed = {"Quantity": 2, "Items": ["GET", "HEAD"], "CachedMethods": ["GET"]}
    assert resources._as_the_api_has_it(behavior) == {"AllowedMethods": allowed}


def test_an_origin_has_the_ports_that_the_api_asks_for() -> None:
    origin = resources._as_the_api_has_it({"OriginProtocolPolicy": "https-only"})
    assert origin == {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}


def created(kind: str, **properties: Any) -> resources.CreatedResource:
    return CREATORS[kind]("It", properties)


@pytest.mark.usefixtures("aws")
def test_a_secret_is_generated() -> None:
    made = created(
        "AWS::SecretsManager::Secret",
        Description="For tests.",
        GenerateSecretString={"PasswordLength": "40", "ExcludePunctuation": "true"},
    )
    assert len(boto3.client("secretsmanager").get_secret_value(SecretId=made.id)["SecretString"]) == 40


@pytest.mark.usefixtures("aws")
def test_a_topics_policy_is_set() -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}]}
    created("AWS::SNS::TopicPolicy", Topics=[topic], PolicyDocument=policy)
    assert json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]) == policy


@pytest.mark.usefixtures("aws")
def test_an_alarm_is_created_by_the_operation_of_its_api() -> None:
    alarm = {
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Statistic": "Sum",
        "Period": "300",
        "EvaluationPeriods": 1,
        "Threshold": "1",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    assert created("AWS::CloudWatch::Alarm", **alarm).id == "It"
    (found,) = boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert (found["AlarmName"], found["Period"], found["Threshold"]) == ("It", 300, 1.0)


@pytest.mark.usefixtures("aws")
def test_an_identity_has_three_records() -> None:
    made = created(
        "AWS::SES::EmailIdentity",
        EmailIdentity="lakeside.example",
        ConfigurationSetAttributes={"ConfigurationSetName": "mail"},
        DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
    )
    assert (made.id, len(made.attributes)) == ("lakeside.example", 6)
