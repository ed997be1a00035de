"""The `leads` command line: what staff type, what they read, and how it ends for a script."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from leads.cli import target
from leads.domain.lifecycle import Event, StoredLead

from infra import template
from tests.support import command_line, factories, fakes
from tests.support.command_line import DONE, FAILED, NOT_FOUND, USAGE, Run
from tests.support.deployed import Clinic


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    with command_line.clinic(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def leads(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clinic: Clinic) -> Iterator[Run]:
    with command_line.runner(capsys, monkeypatch, clinic) as run:
        yield run


def kept(clinic: Clinic, *events: Event, **changes: Any) -> StoredLead:
    return clinic.keep(factories.stored(*events, **changes))


# --- Where the leads are ---


def test_listing_needs_no_secret(leads: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADS_SECRET")
    assert leads("list").code == DONE


def test_without_a_table_the_command_says_how_to_name_one(leads: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADS_TABLE")
    ended = leads("list")
    assert (ended.code, "LEADS_TABLE" in ended.err, "--stack" in ended.err) == (FAILED, True, True)


def test_without_a_table_the_running_local_system_is_used(leads: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    target.LOCAL.write_text(json.dumps(dict(os.environ)))
    monkeypatch.delenv("LEADS_TABLE")
    assert leads("list").code == DONE


def test_local_shuts_out_every_real_account(leads: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    target.LOCAL.write_text(json.dumps({name: os.environ[name] for name in os.environ if name.startswith("LEADS_")}))
    monkeypatch.setenv("AWS_PROFILE", "production")
    leads("--local", "list")
    assert "AWS_PROFILE" not in os.environ


def test_local_without_a_running_system_says_how_to_start_it(leads: Run) -> None:
    ended = leads("--local", "list")
    assert (ended.code, "make serve" in ended.err) == (FAILED, True)


def test_a_stack_and_this_machine_at_once_are_refused(leads: Run) -> None:
    assert leads("--stack", "clinic", "--local", "list").code == USAGE


class StubbedStack:
    """A stack of our template on AWS: botocore itself checks what is asked and answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clients = {name: boto3.client(name) for name in ("cloudformation", "secretsmanager")}
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        monkeypatch.setattr(boto3, "client", self.clients.__getitem__)

    def has(self, logical_id: str, physical_id: str) -> None:
        detail = {
            "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/clinic/1",
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": "x",
            "LastUpdatedTimestamp": factories.TUESDAY,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        expected = {"StackName": "clinic", "LogicalResourceId": logical_id}
        self.stubs["cloudformation"].add_response("describe_stack_resource", {"StackResourceDetail": detail}, expected)

    def has_parameters(self, values: Mapping[str, str]) -> None:
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        stack = {
            "StackName": "clinic",
            "CreationTime": factories.TUESDAY,
            "StackStatus": "CREATE_COMPLETE",
            "Parameters": parameters,
        }
        self.stubs["cloudformation"].add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "clinic"})

    def keeps_secret(self, secret_id: str, secret: str) -> None:
        self.stubs["secretsmanager"].add_response("get_secret_value", {"SecretString": secret}, {"SecretId": secret_id})

    def is_missing(self) -> None:
        self.stubs["cloudformation"].add_client_error("describe_stack_resource", "ValidationError")


@pytest.fixture
def stack(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> StubbedStack:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    made = StubbedStack(monkeypatch)
    for name in ("LEADS_TABLE", "LEADS_FACTS", "LEADS_SECRET"):
        monkeypatch.delenv(name)
    return made


def test_a_stack_knows_its_table(stack: StubbedStack, leads: Run) -> None:
    stack.has("LeadsTable", "leads")
    stack.has("FactsTable", "facts")
    assert leads("--stack", "clinic", "list").code == DONE


def test_a_stack_knows_its_region(stack: StubbedStack, leads: Run) -> None:
    stack.has("LeadsTable", "leads")
    stack.has("FactsTable", "facts")
    leads("--stack", "clinic", "list")
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_a_stack_gives_the_secret_to_a_command_that_needs_it(clinic: Clinic, stack: StubbedStack, leads: Run) -> None:
    lead = kept(clinic)
    stack.has("LeadsTable", "leads")
    stack.has("FactsTable", "facts")
    stack.has_parameters({"SiteUrl": "https://clinic.example"})
    stack.has("LeadsSecret", "arn:secret")
    stack.has("ConfigurationSet", "mail")
    stack.keeps_secret("arn:secret", factories.SECRET)
    leads("--stack", "clinic", "resend", lead.reference)
    assert clinic.token(lead) in fakes.text_of(clinic.mailbox.only)


def test_a_stack_that_is_not_there_is_not_found(stack: StubbedStack, leads: Run) -> None:
    stack.is_missing()
    assert leads("--stack", "clinic", "list").code == NOT_FOUND


@pytest.mark.parametrize("name", ["LeadsTable", "FactsTable", "LeadsSecret", "ConfigurationSet"])
def test_what_a_stack_is_asked_for_is_in_the_template(name: str) -> None:
    assert name in template.load()["Resources"]


def test_what_a_stack_was_made_with_is_in_the_template() -> None:
    assert "SiteUrl" in template.load()["Parameters"]
