"""The table that a command works on: the one that the environment names, this machine's, or a stack's.

Its variables are put into the environment, from which `leads.settings` reads them as on Lambda.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from leads.aws.repository import LeadRepository
from leads.cli import view
from leads.cli.errors import CommandError, ExitCode
from leads.domain.errors import PeopleUnknownError, UnreadableError
from leads.domain.people import StaffedPractice
from leads.domain.practice import Practice
from leads.mail.notifier import EmailNotifier
from leads.settings import Settings, TableSettings
from leads.wiring import Wiring

Variables = Mapping[str, str]

LOCAL = Path(__file__).parents[3] / ".cache" / "local.json"
"""The environment of the functions of `make serve`, as one JSON object; it exists while that runs."""


@dataclass(frozen=True)
class TargetEnvironment:
    """Sources of the environment variables: the table's for every command, the others for a few."""

    name: str
    table: Callable[[], Variables] = dict
    rest: Callable[[], Variables] = dict


def target_environment(stack: str | None, *, local: bool) -> TargetEnvironment:
    """Return the environment of a stack, of this machine, or the process's own.

    This machine is the default where the environment names no table. Raises CommandError.
    """
    if stack and local:
        raise CommandError("Say --stack or --local, not both.", ExitCode.USAGE)
    if stack:
        return _stack(stack)
    if local or ("LEADS_TABLE" not in os.environ and LOCAL.exists()):
        return TargetEnvironment("this machine", _of_this_machine)
    return TargetEnvironment("AWS")


def _of_this_machine() -> Variables:
    try:
        variables: Variables = json.loads(LOCAL.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandError("Nothing runs on this machine: start it with `make serve`.") from None
    # Nothing of a real account may mix in.
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        del os.environ[name]
    return variables


def _stack(name: str) -> TargetEnvironment:
    """Return the environment of a stack of infra/template.yaml. Its secret is read only by commands that need it."""

    def table() -> Variables:
        resource = _resource(name, "LeadsTable")
        region = resource["StackId"].split(":")[3]
        facts = _resource(name, "FactsTable")["PhysicalResourceId"]
        return {"LEADS_TABLE": resource["PhysicalResourceId"], "LEADS_FACTS": facts, "AWS_DEFAULT_REGION": region}

    def rest() -> Variables:
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        secret = _resource(name, "LeadsSecret")["PhysicalResourceId"]
        return {
            "LEADS_SITE_URL": parameters["SiteUrl"],
            "LEADS_CONFIGURATION_SET": _resource(name, "ConfigurationSet")["PhysicalResourceId"],
            "LEADS_SECRET": boto3.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"],
        }

    return TargetEnvironment(f"stack {name}", table, rest)


def _resource(stack: str, logical_id: str) -> Any:
    try:
        return boto3.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)[
            "StackResourceDetail"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        message = f"There is no stack “{stack}” with a {logical_id} in this region: check its name and the region."
        raise CommandError(message, ExitCode.NOT_FOUND) from None


def _report_unreadable(unreadable: UnreadableError) -> None:
    view.messages.print(f"{unreadable} is damaged and left out: see what the table holds under it.", soft_wrap=True)


@dataclass
class Target:
    """The leads, practice and settings of one environment. Each is looked up when it is first needed."""

    environment: TargetEnvironment
    wiring: Wiring

    @cached_property
    def _table(self) -> TableSettings:
        os.environ.update(self.environment.table())
        return TableSettings.read()

    @cached_property
    def leads(self) -> LeadRepository:
        """Return the leads table."""
        return replace(self.wiring.repository(self._table), on_unreadable=_report_unreadable)

    @cached_property
    def practice(self) -> Practice:
        """Return the practice as it was published."""
        return self.wiring.facts(self._table).practice

    @cached_property
    def staffed_practice(self) -> StaffedPractice:
        """Return the practice with the people who get its requests. Raises CommandError."""
        try:
            return self.wiring.staffed_practice(self._table)
        except PeopleUnknownError:
            raise CommandError("It is not known who gets the requests: run `make staff` first.") from None

    @cached_property
    def settings(self) -> Settings:
        """Return all settings of a function, with the secret."""
        _ = self._table
        os.environ.update(self.environment.rest())
        return Settings.read()

    @cached_property
    def mailer(self) -> EmailNotifier:
        """Return the mailer of the practice's staff."""
        return self.wiring.mailer(self.settings, self.staffed_practice)

    def now(self) -> dt.datetime:
        """Return the current time, UTC."""
        return self.wiring.clock()

    def __str__(self) -> str:
        return f"table {self._table.table} ({self.environment.name})"
