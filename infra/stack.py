"""The stack on AWS: its name and outputs, and what to do when AWS refuses a request."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from leads import log
from leads.cli import errors
from leads.cli.errors import SIGN_IN

NAME = "clinic-callback"

REGION = "us-east-1"
"""The only region: CloudFront takes certificates and firewalls from here alone."""


class StackError(Exception):
    """AWS did not do it. The text says in one sentence or two what happened and what to do."""


ADVICE = {code.removesuffix("Exception"): advice for code, advice in errors.ADVICE.items()} | {
    "ConnectTimeoutError": "Check the connection to the internet.",
    "EndpointConnectionError": "Check the connection to the internet.",
    "InvalidClientTokenId": SIGN_IN,
    "PartialCredentialsError": SIGN_IN,
    "RequestExpired": "Set this machine's clock, or sign in to AWS again.",
    "SSOTokenLoadError": SIGN_IN,
    "SignatureDoesNotMatch": SIGN_IN,
    "ValidationError": "Correct that and try again.",
}
"""What to do, by the error's code without the ending "Exception" that some services give it.

The `leads` command's own advice, and what only deploying and publishing meet."""


def name() -> str:
    """Return the stack's name: the variable STACK, or NAME."""
    return os.environ.get("STACK") or NAME


def client(service: str) -> Any:
    """Return a client of an AWS service in the stack's region, whatever region the user has set."""
    return boto3.client(service, region_name=REGION)


@contextmanager
def translate_aws_errors() -> Iterator[None]:
    """Raise StackError for any error of AWS inside the block."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StackError(_sentence(error)) from None


def _sentence(error: BotoCoreError | ClientError) -> str:
    code = log.error_code(error)
    if code == "NoCredentialsError":
        return f"You are not signed in to AWS. {SIGN_IN}"
    advice = ADVICE.get(code.removesuffix("Exception"), "Try again in a minute.")
    return f"AWS did not do it ({_detail(error, code)}). {advice}"


def _detail(error: BotoCoreError | ClientError, code: str) -> str:
    """Return the code, with AWS's message if it has one: here it is about the account, never about a lead."""
    if isinstance(error, ClientError) and (message := error.response["Error"].get("Message")):
        return f"{code}: {message.rstrip('.')}"
    return code


def describe(stack: str) -> Mapping[str, Any] | None:
    """Return CloudFormation's description of the stack, or None if there is no such stack. Raises StackError."""
    with translate_aws_errors():
        try:
            (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
    known: Mapping[str, Any] = found
    return known


def parameters(stack: str) -> dict[str, str]:
    """Return the stack's parameters; none if there is no such stack. Raises StackError."""
    found = describe(stack) or {}
    return {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", ())}


def outputs(stack: str) -> Mapping[str, str]:
    """Return the deployed stack's outputs, by their names in infra/template.yaml. Raises StackError."""
    found = describe(stack)
    if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS":  # a change set exists, but was never executed
        raise StackError(f"There is no stack “{stack}” in {REGION} of this account. Run `make deploy` first.")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())}
