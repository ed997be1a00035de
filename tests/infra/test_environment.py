"""Tests of the scenario's environment: it cannot reach real AWS."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.e2e import environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("host", ["dynamodb.us-east-1.amazonaws.com", "52.94.0.1", "169.254.169.254", b"example.com"])
@pytest.mark.parametrize("event", ["socket.getaddrinfo", "socket.connect"])
def test_no_other_machine_can_be_reached(event: str, host: str | bytes) -> None:
    arguments = {"socket.getaddrinfo": (host, 443, 0, 0, 0), "socket.connect": (None, (host, 443))}
    with pytest.raises(environment.OutsideError, match="this machine only"):
        environment._only_this_machine(event, arguments[event])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", None])
def test_this_machine_can_be_reached(host: str | None) -> None:
    environment._only_this_machine("socket.getaddrinfo", (host, 80, 0, 0, 0))


REACH_OUT = """
import boto3
from infra.e2e import environment
environment.aws({"AWS::SNS::Topic"}, "https://www.example.com")
print(boto3.client("sts").get_caller_identity()["Account"])
try:
    boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com").get_caller_identity()
except environment.OutsideError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def reached_out() -> list[str]:
    """Return the output of a program that calls real AWS by name in the scenario's environment."""
    variables = {**os.environ, "AWS_ACCESS_KEY_ID": "real", "AWS_SECRET_ACCESS_KEY": "real", "AWS_REGION": "eu-west-1"}
    command = [sys.executable, "-W", "ignore", "-c", REACH_OUT]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_program_in_the_environment_reaches_moto(reached_out: list[str]) -> None:
    assert reached_out[0] == "123456789012"


def test_a_program_in_the_environment_cannot_reach_real_aws(reached_out: list[str]) -> None:
    assert reached_out[1].endswith("not to sts.us-east-1.amazonaws.com.")
