"""The stack in AWS: which one, what it gives out, and what to do where AWS cannot be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from leads import log
from leads.cli.errors import SIGN_IN

NAME = "clinic-callback"

REGION = "us-east-1"
"""The only one: CloudFront takes its certificate and its firewall from here."""


class StackError(Exception):
    """AWS cannot do it. The text says in one sentence or two what happened and what to do."""


ADVICE = {
    "AccessDenied": "Ask whoever runs the AWS account for this permission.",
    "ConnectTimeoutError": "Check the connection to the internet.",
    "EndpointConnectionError": "Check the connection to the internet.",
    "ExpiredToken": SIGN_IN,
    "InvalidClientTokenId": SIGN_IN,
    "NoCredentialsError": SIGN_IN,
    "PartialCredentialsError": SIGN_IN,
    "ProfileNotFound": "Set AWS_PROFILE to one of the profiles in ~/.aws/config.",
    "RequestExpired": "Set this machine's clock, or sign in to AWS again.",
    "SSOTokenLoadError": SIGN_IN,
    "SignatureDoesNotMatch": SIGN_IN,
    "TokenRetrievalError": SIGN_IN,
    "UnauthorizedSSOTokenError": SIGN_IN,
    "UnrecognizedClient": SIGN_IN,
    "ValidationError": "Correct that and try again.",
}
"""By the code of the error, without the ending "Exception" that some services give it."""


def name() -> str:
    """The stack that is meant: STACK=, or the usual one."""
    return os.environ.get("STACK") or NAME


def client(service: str) -> Any:
    """A client of an AWS service, in the stack's region whatever the user's own is."""
    return boto3.client(service, region_name=REGION)


@contextmanager
def translate_aws_errors() -> Iterator[None]:
    """What AWS refuses inside the block is raised as StackError."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StackError(_sentence(error)) from None


def _sentence(error: BotoCoreError | ClientError) -> str:
    code = log.code(error)
    if code == "NoCredentialsError":
        return f"Nobody is signed in to AWS. {SIGN_IN}"
    advice = ADVICE.get(code.removesuffix("Exception"), "Try again in a minute.")
    return f"AWS did not do it ({_detail(error, code)}). {advice}"


def _detail(error: BotoCoreError | ClientError, code: str) -> str:
    """The code, and AWS's own words where there are some: here they are about the account, never about a lead."""
    if isinstance(error, ClientError) and (words := error.response["Error"].get("Message")):
        return f"{code}: {words.rstrip('.')}"
    return code


def described(stack: str) -> Mapping[str, Any] | None:
    """What CloudFormation tells about the stack; None if there is none of this name. Raises StackError."""
    with translate_aws_errors():
        try:
            (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
    known: Mapping[str, Any] = found
    return known


def outputs(stack: str) -> Mapping[str, str]:
    """What the deployed stack gives out, by the names in infra/template.yaml. Raises StackError."""
    found = described(stack)
    if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS":  # only a change set was ever made
        raise StackError(f"There is no stack “{stack}” in {REGION} of this account. Run `make deploy` first.")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())}
