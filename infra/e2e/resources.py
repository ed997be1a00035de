"""Resources that moto's CloudFormation skips, created through the services' own APIs from the template's properties.

A resource for which moto has no API is not created: the report says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from moto.core.common_models import CloudFormationModel

from infra.e2e.cfn_properties import request
from infra.stack import client

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class CreatedResource:
    """The values of !Ref and !GetAtt of a created resource."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


Creator = Callable[[str, Properties], CreatedResource]


def _secret(name: str, properties: Properties) -> CreatedResource:
    wanted = properties["GenerateSecretString"]
    secrets = client("secretsmanager")
    value = secrets.get_random_password(**request("secretsmanager", "GetRandomPassword", wanted))["RandomPassword"]
    made = secrets.create_secret(Name=name, Description=properties["Description"], SecretString=value)
    return CreatedResource(made["ARN"])


def _distribution(name: str, properties: Properties) -> CreatedResource:
    config = _as_the_api_has_it(properties["DistributionConfig"])
    wanted = request("cloudfront", "CreateDistribution", {"DistributionConfig": {"CallerReference": name, **config}})
    made = client("cloudfront").create_distribution(**wanted)["Distribution"]
    return CreatedResource(made["Id"], {"DomainName": made["DomainName"]})


RENAMED = {"OriginCustomHeaders": "CustomHeaders", "IPV6Enabled": "IsIPV6Enabled"}
"""Properties that have another name in the API, not only other capitals."""


def _as_the_api_has_it(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_the_api_has_it(item) for item in value]
    if not isinstance(value, dict):
        return value
    fitted = {RENAMED.get(key, key): _as_the_api_has_it(item) for key, item in value.items()}
    if "CachedMethods" in fitted:  # part of AllowedMethods in the API
        methods = fitted.pop("CachedMethods")
        allowed = fitted["AllowedMethods"]
        fitted["AllowedMethods"] = {"Quantity": len(allowed), "Items": allowed, "CachedMethods": methods}
    if "OriginProtocolPolicy" in fitted:
        fitted = {"HTTPPort": 80, "HTTPSPort": 443, **fitted}
    return fitted


def _origin_access(name: str, properties: Properties) -> CreatedResource:
    wanted = request("cloudfront", "CreateOriginAccessControl", properties)
    return CreatedResource(client("cloudfront").create_origin_access_control(**wanted)["OriginAccessControl"]["Id"])


def _edge_function(name: str, properties: Properties) -> CreatedResource:
    wanted = {key: properties[key] for key in ("Name", "FunctionConfig")}
    code = properties["FunctionCode"].encode()
    made = client("cloudfront").create_function(**request("cloudfront", "CreateFunction", wanted), FunctionCode=code)
    arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    return CreatedResource(arn, {"FunctionMetadata.FunctionARN": arn})


def _api(name: str, properties: Properties) -> CreatedResource:
    gateway, body = client("apigatewayv2"), properties["Body"]
    made = gateway.create_api(Name=body["info"]["title"], ProtocolType="HTTP")["ApiId"]
    gateway.reimport_api(ApiId=made, Body=json.dumps(body), FailOnWarnings=bool(properties["FailOnWarnings"]))
    return CreatedResource(made)  # moto has ReimportApi, but not ImportApi


def _identity(name: str, properties: Properties) -> CreatedResource:
    domain = properties["EmailIdentity"]
    wanted = {
        "EmailIdentity": domain,
        "ConfigurationSetName": properties["ConfigurationSetAttributes"]["ConfigurationSetName"],
    }
    wanted["DkimSigningAttributes"] = properties["DkimSigningAttributes"]
    client("sesv2").create_email_identity(**request("sesv2", "CreateEmailIdentity", wanted))
    records = [(f"token{number}._domainkey.{domain}", f"token{number}.dkim.amazonses.com") for number in (1, 2, 3)]
    names = {f"DkimDNSTokenName{number}": record[0] for number, record in enumerate(records, 1)}
    values = {f"DkimDNSTokenValue{number}": record[1] for number, record in enumerate(records, 1)}
    return CreatedResource(domain, names | values)  # made-up tokens: moto returns none


def _configuration_set(name: str, properties: Properties) -> CreatedResource:
    wanted = request("sesv2", "CreateConfigurationSet", {"ConfigurationSetName": name, **properties})
    client("sesv2").create_configuration_set(**wanted)
    return CreatedResource(name)


def _subscription(name: str, properties: Properties) -> CreatedResource:
    return CreatedResource(client("sns").subscribe(**request("sns", "Subscribe", properties))["SubscriptionArn"])


def _firewall(name: str, properties: Properties) -> CreatedResource:
    wanted = request("wafv2", "CreateWebACL", {"Name": name, **properties})
    made = client("wafv2").create_web_acl(**wanted)["Summary"]
    return CreatedResource(made["Id"], {"Arn": made["ARN"]})


def _topic_policy(name: str, properties: Properties) -> CreatedResource:
    document = json.dumps(properties["PolicyDocument"])
    for topic in properties["Topics"]:
        client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    return CreatedResource(name)


def _queue_policy(name: str, properties: Properties) -> CreatedResource:
    document = json.dumps(properties["PolicyDocument"])
    for queue in properties["Queues"]:
        client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": document})
    return CreatedResource(name)


def _create(service: str, operation: str, name: str, properties: Properties, key: str = "") -> CreatedResource:
    """Create a resource whose API takes the same properties, with its name under `key`."""
    wanted = request(service, operation, ({key: name} if key else {}) | {**properties})
    client(service)._make_api_call(operation, wanted)  # noqa: SLF001 -- boto3 has no public call by operation name
    return CreatedResource(str(wanted.get(key, name)))


CREATORS: Mapping[str, Creator] = {
    "AWS::ApiGatewayV2::Api": _api,
    "AWS::ApiGatewayV2::Stage": partial(_create, "apigatewayv2", "CreateStage"),
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::CloudFront::Function": _edge_function,
    "AWS::CloudFront::OriginAccessControl": _origin_access,
    "AWS::CloudWatch::Alarm": partial(_create, "cloudwatch", "PutMetricAlarm", key="AlarmName"),
    "AWS::Lambda::EventInvokeConfig": partial(_create, "lambda", "PutFunctionEventInvokeConfig"),
    "AWS::SES::ConfigurationSet": _configuration_set,
    "AWS::SES::EmailIdentity": _identity,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": partial(_create, "scheduler", "CreateSchedule", key="Name"),
    "AWS::SecretsManager::Secret": _secret,
    "AWS::WAFv2::WebACL": _firewall,
}

LEFT_OUT = {"AWS::S3::BucketPolicy": "moto ignores the conditions of its denials, and would deny every request"}
"""Types that moto has, and why it cannot be used for them."""

NATIVE = {
    "AWS::DynamoDB::Table",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}
"""Types that moto's own CloudFormation creates."""


class _GenericResource(CloudFormationModel):
    """A resource of a type that moto's CloudFormation does not have."""

    made: CreatedResource

    @property
    def physical_resource_id(self) -> str:
        return self.made.id

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003 -- moto's signature
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.made.attributes.get(attribute_name, f"{self.made.id}.{attribute_name}")

    def is_created(self) -> bool:
        return True


def register_resource_types(kinds: set[str]) -> None:
    """Make moto's CloudFormation create these types too. Must be called before it is first used."""
    for kind in sorted(kinds - NATIVE):
        _kind(kind)


def _kind(kind: str) -> type[_GenericResource]:
    """Return a class for this type: moto looks for them among the direct subclasses of CloudFormationModel."""

    def create(cls: Any, /, name: str, json: Properties, account: str, region: str, **_: str) -> _GenericResource:
        resource: _GenericResource = cls()
        resource.made = CREATORS[kind](name, json["Properties"]) if kind in CREATORS else CreatedResource(name)
        return resource

    def update(_: Any, /, *, original_resource: _GenericResource, **__: object) -> _GenericResource:
        return original_resource

    def delete(_: Any, /, *__: object) -> None:
        """Do nothing: what was created stays in moto, which ends with the process."""

    return type(
        kind.replace("::", ""),
        (_GenericResource, CloudFormationModel),
        {
            "cloudformation_type": staticmethod(lambda: kind),
            "create_from_cloudformation_json": classmethod(create),
            "update_from_cloudformation_json": classmethod(update),
            "delete_from_cloudformation_json": classmethod(delete),
        },
    )
