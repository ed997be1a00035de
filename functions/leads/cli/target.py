"""Where the leads are: in the table that the environment names, on this machine, or in a stack on AWS.

Whichever it is, its facts are put into the environment, where the rest of the package looks for them as
it does on Lambda.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from leads.aws import dynamodb
from leads.aws.repository import DamagedError, Leads
from leads.cli import view
from leads.cli.errors import Code, CommandError
from leads.domain.practice import Practice
from leads.settings import Settings, TableSettings

Variables = Mapping[str, str]

LOCAL = Path(__file__).parents[3] / ".cache" / "local.json"
"""Left by `make serve` for as long as it runs: the environment of its functions, as one JSON object."""


@dataclass(frozen=True)
class Source:
    """Where the environment's variables come from: the table's for every command, the rest for a few."""

    name: str
    table: Callable[[], Variables] = dict
    rest: Callable[[], Variables] = dict


def source(stack: str | None, *, local: bool) -> Source:
    """The stack, this machine or the environment; this machine also unasked, where the environment names no table."""
    if stack and local:
        raise CommandError("Say --stack or --local, not both.", Code.USAGE)
    if stack:
        return _stack(stack)
    if local or ("LEADS_TABLE" not in os.environ and LOCAL.exists()):
        return Source("this machine", _of_this_machine)
    return Source("AWS")


def _of_this_machine() -> Variables:
    try:
        variables: Variables = json.loads(LOCAL.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandError("Nothing runs on this machine: start it with `make serve`.") from None
    # Nothing of a real account may mix in.
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        del os.environ[name]
    return variables


def _stack(name: str) -> Source:
    """A stack made from infra/template.yaml. The secret is only asked for where a command needs it."""

    def table() -> Variables:
        resource = _resource(name, "LeadsTable")
        region = resource["StackId"].split(":")[3]
        return {"LEADS_TABLE": resource["PhysicalResourceId"], "AWS_DEFAULT_REGION": region}

    def rest() -> Variables:
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        secret = _resource(name, "LeadsSecret")["PhysicalResourceId"]
        return {
            "LEADS_SENDER": parameters["Sender"],
            "LEADS_SITE_URL": parameters["SiteUrl"],
            "LEADS_CONFIGURATION_SET": _resource(name, "ConfigurationSet")["PhysicalResourceId"],
            "LEADS_SECRET": boto3.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"],
        }

    return Source(f"stack {name}", table, rest)


def _resource(stack: str, logical_id: str) -> Any:
    try:
        return boto3.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)[
            "StackResourceDetail"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        message = f"There is no stack “{stack}” with a {logical_id} in this region: check its name and the region."
        raise CommandError(message, Code.NOT_FOUND) from None


def _tell_of_damage(damaged: DamagedError) -> None:
    view.messages.print(f"{damaged} is damaged and left out: see what the table holds under it.", soft_wrap=True)


@dataclass
class Place:
    """The leads there, whose they are, and what signs their links. Looked up when first asked for."""

    source: Source

    @cached_property
    def _table(self) -> TableSettings:
        os.environ.update(self.source.table())
        return TableSettings.read()

    @cached_property
    def leads(self) -> Leads:
        """The table."""
        return Leads(
            self._table.table, dynamodb.client(connect_timeout=3), _tell_of_damage
        )  # from anywhere in the world

    @cached_property
    def practice(self) -> Practice:
        """The practice as the site's build compiled it."""
        return self._table.practice

    @cached_property
    def settings(self) -> Settings:
        """All that a function knows, with the secret."""
        _ = self._table
        os.environ.update(self.source.rest())
        return Settings.read()

    def __str__(self) -> str:
        return f"table {self._table.table} ({self.source.name})"
