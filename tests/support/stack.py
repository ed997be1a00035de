"""The template transformed by AWS's own SAM translator, and deployed to moto as far as moto can."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import boto3
from moto import mock_aws
from moto.cloudformation import parsing
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from infra.template import PATH

NAME = "clinic-callback"
REGION = "us-east-1"
ACCOUNT = "123456789012"
SENDER = "call-back@lakeside.example"

PARAMETERS = {
    "Sender": SENDER,
    "SiteUrl": "https://www.lakeside.example",
    "CodeBucket": "packages",
    "CodeKey": "functions.zip",
    "AlarmEmail": "engineer@example.com",
}

Resource = Mapping[str, Any]


@cache
def transformed() -> Mapping[str, Any]:
    """Return the template as CloudFormation processes it, without SAM's own types."""
    template = yaml_parse(PATH.read_text(encoding="utf-8"))
    session = boto3.Session(region_name=REGION)
    made: Mapping[str, Any] = Translator({}, Parser(), boto_session=session).translate(template, PARAMETERS)
    return made


def resources(kind: str) -> Mapping[str, Resource]:
    """Return every resource of this type by its logical id."""
    return {name: found for name, found in transformed()["Resources"].items() if found["Type"] == kind}


def properties(name: str) -> Mapping[str, Any]:
    """Return the properties of one resource."""
    found: Mapping[str, Any] = transformed()["Resources"][name].get("Properties", {})
    return found


@contextmanager
def deployed() -> Iterator[Mapping[str, str]]:
    """Deploy the stack to moto inside the block, and yield its physical ids by logical ones.

    moto's CloudFormation has roles, functions, table, bucket, queue, logs and topic. It skips everything else and
    reports CREATE_COMPLETE all the same, so the rest is left out here, and references to it become its name.
    """
    with mock_aws():
        _upload_package()
        cloudformation = boto3.client("cloudformation", region_name=REGION)
        cloudformation.create_stack(
            StackName=NAME,
            TemplateBody=json.dumps(_known_to_moto()),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        made = cloudformation.list_stack_resources(StackName=NAME)["StackResourceSummaries"]
        yield {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in made}


def _upload_package() -> None:
    package = BytesIO()
    with ZipFile(package, "w") as archive:
        archive.writestr("leads/__init__.py", "")
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket=PARAMETERS["CodeBucket"])
    s3.put_object(Bucket=PARAMETERS["CodeBucket"], Key=PARAMETERS["CodeKey"], Body=package.getvalue())


def _known_to_moto() -> Mapping[str, Any]:
    template = transformed()
    unknown = {name for name, found in template["Resources"].items() if found["Type"] not in parsing.get_model_map()}
    known = {name: found for name, found in template["Resources"].items() if name not in unknown}
    return {
        **{section: template[section] for section in ("Parameters", "Conditions")},
        "Resources": _named(known, unknown),
    }


def _named(value: Any, unknown: set[str]) -> Any:
    """Return the value with each reference to an unknown resource replaced by that resource's name."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]} if name in unknown:
            return name
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": re.sub(r"\$\{(\w+)[^}]*\}", lambda m: m[1] if m[1] in unknown else m[0], text)}
        case dict():
            return {key: _named(each, unknown) for key, each in value.items()}
        case list():
            return [_named(each, unknown) for each in value]
    return value
