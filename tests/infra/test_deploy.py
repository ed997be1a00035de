"""Tests of `make deploy`: what it refuses, what it requests, and what it does only after a yes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from leads.aws.facts import people_item
from leads.domain.people import StaffedPractice
from moto.cloudformation.models import ChangeSet

from infra import site, stack
from infra.deploy import __main__ as deploy
from infra.deploy.__main__ import DeployOptions
from infra.deploy.code import CodePackage
from infra.deploy.next_steps import SesAccount
from infra.e2e import cloudformation
from infra.facts import FactsTable, ReleaseFacts
from infra.package import archive
from infra.stack import StackError
from infra.template import load
from tests.support import factories
from tests.support.compiled_assets import compiled
from tests.support.deployment import ACCOUNT, CERTIFICATE, OUTPUTS, REAL, CapturedConsole

CODE = CodePackage(Path(__file__), ACCOUNT)


def description(**resources: Any) -> str:
    """Return a small template that moto can create, with the real one's outputs."""
    names = ["Sender", "SiteUrl", "DomainName", "CodeBucket", "CodeKey", *deploy.OPTIONS.values()]
    return json.dumps(
        {
            "Parameters": {name: {"Type": "String", "Default": ""} for name in names},
            "Resources": {"AlarmTopic": {"Type": "AWS::SNS::Topic"}, "FactsTable": FACTS_TABLE, **resources},
            "Outputs": {
                "FactsTable": {"Value": {"Ref": "FactsTable"}},
                **{name: {"Value": value} for name, value in OUTPUTS.items()},
            },
        }
    )


def table(key: str) -> Mapping[str, Any]:
    """Return a table with this key."""
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        },
    }


TABLE = table("reference")
FACTS_TABLE = table("name")


# What is refused


@pytest.mark.parametrize(
    ("practice", "requested", "sentence"),
    [
        (factories.practice(), DeployOptions(), "still describes the sample practice"),
        (
            factories.practice(sample=False, url="http://www.lakeside.example"),
            DeployOptions(),
            "visitors need https:// and no port",
        ),
        (
            factories.practice(sample=False, url="https://lakeside.example:8443"),
            DeployOptions(),
            "visitors need https://",
        ),
        (REAL, DeployOptions(domain="other.example"), "DOMAIN is other.example, but url .* says www.lakeside.example"),
        (
            REAL,
            DeployOptions(options={"CERTIFICATE": "arn:aws:acm:eu-west-1:1:certificate/1"}),
            "certificate in us-east-1",
        ),
    ],
    ids=["sample data", "http", "a port", "another domain", "a certificate of another region"],
)
def test_what_cannot_go_live_is_refused(practice: StaffedPractice, requested: DeployOptions, sentence: str) -> None:
    with pytest.raises(StackError, match=sentence):
        deploy.validate(practice, requested)


@pytest.mark.parametrize(
    "requested", [DeployOptions(), DeployOptions(domain="www.lakeside.example", options={"CERTIFICATE": CERTIFICATE})]
)
def test_a_real_practice_may_go_live(requested: DeployOptions) -> None:
    assert deploy.validate(REAL, requested) == REAL


# The parameters


def parameters(options: Mapping[str, str], previous: Mapping[str, str] | None = None) -> dict[str, str]:
    return deploy.parameters(load(), REAL, options, previous or {}, CODE)


def test_the_practice_file_gives_sender_and_address() -> None:
    chosen = parameters({})
    assert (chosen["Sender"], chosen["SiteUrl"]) == ("call-back@lakeside.example", "https://www.lakeside.example")


def test_every_parameter_of_the_template_gets_a_value_and_no_other() -> None:
    assert parameters({}).keys() == load()["Parameters"].keys()


def test_without_a_certificate_there_is_no_domain() -> None:
    assert parameters({})["DomainName"] == ""


def test_with_a_certificate_the_practices_host_is_the_domain() -> None:
    assert parameters({"CERTIFICATE": CERTIFICATE})["DomainName"] == "www.lakeside.example"


def test_an_option_that_is_not_named_keeps_its_value() -> None:
    assert parameters({}, {"CertificateArn": CERTIFICATE})["DomainName"] == "www.lakeside.example"


def test_an_option_that_is_named_empty_loses_its_value() -> None:
    assert parameters({"WAF_RATE_LIMIT": ""}, {"WafRateLimit": "2000"})["WafRateLimit"] == "0"


def test_a_sender_of_before_is_not_kept() -> None:
    assert parameters({}, {"Sender": "old@lakeside.example"})["Sender"] == "call-back@lakeside.example"


def test_a_parameter_that_the_template_no_longer_has_is_dropped() -> None:
    assert "Gone" not in parameters({}, {"Gone": "1"})


def test_makes_variables_are_the_order() -> None:
    read = DeployOptions.read({"STACK": "x", "ALARM_EMAIL": "", "YES": "1", "DRY_RUN": "1", "HOME": "/"})
    assert read == DeployOptions("x", options={"ALARM_EMAIL": ""}, assume_yes=True, dry_run=True)


def test_every_option_is_a_parameter_of_the_template() -> None:
    assert set(deploy.OPTIONS.values()) <= load()["Parameters"].keys()


def test_cloudformation_takes_the_template_with_the_request() -> None:
    assert len(deploy.template_body().encode()) <= deploy.MAX_TEMPLATE_BYTES


# The certificate


class FakeAcm:
    """A stub of ACM with one certificate."""

    def __init__(self, status: str, *names: str) -> None:
        self._certificate = {"Status": status, "SubjectAlternativeNames": names}

    def describe_certificate(self, CertificateArn: str) -> dict[str, Any]:  # noqa: N803 -- AWS's name
        assert CertificateArn == CERTIFICATE
        return {"Certificate": self._certificate}


CERTIFIED = {"CertificateArn": CERTIFICATE, "DomainName": "www.lakeside.example", "OtherDomainName": "lakeside.example"}


@pytest.mark.parametrize("name", ["www.lakeside.example", "*.lakeside.example"])
def test_a_certificate_of_both_names_may_be_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "client", lambda _: FakeAcm("ISSUED", name, "lakeside.example"))
    deploy.ensure_certificate(CERTIFIED)


@pytest.mark.parametrize(
    ("acm", "sentence"),
    [
        (FakeAcm("PENDING_VALIDATION"), "PENDING_VALIDATION: add the DNS record"),
        (FakeAcm("ISSUED", "lakeside.example"), r"does not hold www\.lakeside\.example:"),
        (FakeAcm("ISSUED", "*.lakeside.example"), r"does not hold lakeside\.example:"),
        (FakeAcm("ISSUED", "*.example"), r"www\.lakeside\.example:"),
    ],
    ids=["not issued", "not of the name", "not of the other name", "of names above only"],
)
def test_a_certificate_that_cloudfront_would_refuse_is_refused(
    acm: FakeAcm, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "client", lambda _: acm)
    with pytest.raises(StackError, match=sentence):
        deploy.ensure_certificate(CERTIFIED)


# The whole way, against moto


@pytest.fixture
def ready(aws: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Prepare a real practice and a package, but no stack."""
    (tmp_path / "functions.zip").write_bytes(b"the functions")
    monkeypatch.setattr(ChangeSet, "apply", cloudformation.apply)
    monkeypatch.setattr(site, "practice", lambda: REAL)
    monkeypatch.setattr(site, "build", lambda: None)
    monkeypatch.setattr(deploy, "ses_account", lambda _: SesAccount(out_of_sandbox=False))  # moto does not know
    monkeypatch.setattr(archive, "build", lambda: tmp_path / "functions.zip")
    monkeypatch.setattr(deploy, "COMPILED", compiled(tmp_path / "compiled", REAL))


def run(screen: CapturedConsole, body: str = "", **requested: Any) -> None:
    deploy.deploy(
        DeployOptions(**{"assume_yes": True, **requested}), screen, lambda: body or description(), poll_seconds=0
    )


def stacks() -> list[str]:
    listed = boto3.client("cloudformation").describe_stacks()["Stacks"]
    return [found["StackName"] for found in listed]


def buckets() -> list[str]:
    return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]


def answers(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    """Answer each question with this; return the questions that were asked."""
    asked: list[str] = []

    def answered(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", answered)
    return asked


@pytest.mark.usefixtures("ready")
def test_a_yes_makes_the_stack(screen: CapturedConsole) -> None:
    run(screen)
    assert stack.outputs("clinic-callback")["SiteAddress"] == "https://www.lakeside.example"


@pytest.mark.usefixtures("ready")
def test_what_would_be_done_is_shown(screen: CapturedConsole) -> None:
    run(screen)
    assert "+ added: SNS topic AlarmTopic" in str(screen)


@pytest.mark.usefixtures("ready")
def test_the_package_is_where_the_parameters_say(screen: CapturedConsole) -> None:
    run(screen)
    (found,) = boto3.client("cloudformation").describe_stacks()["Stacks"]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in found["Parameters"]}
    stored = boto3.client("s3").get_object(Bucket=parameters["CodeBucket"], Key=parameters["CodeKey"])
    assert stored["Body"].read() == b"the functions"


@pytest.mark.usefixtures("ready")
def test_a_dry_run_leaves_no_stack(screen: CapturedConsole) -> None:
    run(screen, dry_run=True)
    assert stacks() == []


@pytest.mark.usefixtures("ready")
def test_a_dry_run_makes_no_bucket(screen: CapturedConsole) -> None:
    run(screen, dry_run=True)
    assert buckets() == []


@pytest.mark.usefixtures("ready")
def test_a_no_leaves_no_stack(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "")
    run(screen, assume_yes=False)
    assert stacks() == []


@pytest.mark.usefixtures("ready")
def test_a_no_says_that_nothing_was_changed(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "n")
    run(screen, assume_yes=False)
    assert str(screen).endswith("Nothing was changed.\n")


@pytest.mark.usefixtures("ready")
def test_ctrl_c_at_the_question_leaves_no_stack(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(screen, assume_yes=False)
    assert stacks() == []


def live_facts() -> FactsTable:
    """Return the deployed stack's table of facts."""
    return FactsTable(stack.outputs("clinic-callback")["FactsTable"], boto3.client("dynamodb"))


@pytest.mark.usefixtures("ready")
def test_a_new_stack_knows_the_practice(screen: CapturedConsole, tmp_path: Path) -> None:
    run(screen)
    assert live_facts().facts() == ReleaseFacts.compiled(tmp_path / "compiled")


@pytest.mark.usefixtures("ready")
def test_a_new_stack_knows_who_gets_the_requests(screen: CapturedConsole) -> None:
    run(screen)
    assert live_facts().people() == REAL.people


@pytest.mark.usefixtures("ready")
def test_what_was_published_and_stored_since_stays(screen: CapturedConsole) -> None:
    run(screen)
    others = factories.practice(notify={"late": ["ana"]}).people
    published = ReleaseFacts.of("{}", "published")
    for item in (published.item, people_item(others.model_dump_json())):
        live_facts().put(item)
    run(screen)
    assert (live_facts().facts(), live_facts().people()) == (published, others)


@pytest.mark.usefixtures("ready")
def test_people_who_differ_from_the_file_are_a_step_that_is_left(screen: CapturedConsole) -> None:
    run(screen)
    others = factories.practice(notify={"late": ["ana"]}).people
    live_facts().put(people_item(others.model_dump_json()))
    run(screen)
    assert "Run `make staff`" in str(screen)


@pytest.fixture
def deployed(ready: None, screen: CapturedConsole) -> None:
    """Deploy a stack with a table."""
    run(screen, description(LeadsTable=TABLE))


@pytest.mark.usefixtures("deployed")
def test_an_unchanged_stack_is_said_to_be(screen: CapturedConsole) -> None:
    run(screen, description(LeadsTable=TABLE))
    assert "Nothing to change" in str(screen)


@pytest.mark.usefixtures("deployed")
def test_a_change_is_made(screen: CapturedConsole) -> None:
    run(screen, description(LeadsTable=TABLE, More={"Type": "AWS::SNS::Topic"}))
    listed = boto3.client("cloudformation").list_stack_resources(StackName="clinic-callback")
    assert "More" in {found["LogicalResourceId"] for found in listed["StackResourceSummaries"]}


def with_indexes(*names: str) -> str:
    """Return a template whose table has these indexes."""
    index = {"KeySchema": TABLE["Properties"]["KeySchema"], "Projection": {"ProjectionType": "KEYS_ONLY"}}
    indexes = [{"IndexName": name, **index} for name in names]
    return description(LeadsTable={**TABLE, "Properties": {**TABLE["Properties"], "GlobalSecondaryIndexes": indexes}})


@pytest.mark.usefixtures("deployed")
def test_two_new_indexes_of_a_table_that_exists_are_refused(screen: CapturedConsole) -> None:
    with pytest.raises(StackError, match=r"LeadsTable needs 2 such steps\. .* first add a, then add b\."):
        run(screen, with_indexes("a", "b"))


@pytest.mark.usefixtures("deployed")
def test_one_new_index_of_a_table_that_exists_is_proposed(screen: CapturedConsole) -> None:
    run(screen, with_indexes("a"), dry_run=True)
    assert "~ changed: DynamoDB table LeadsTable" in str(screen)


@pytest.mark.usefixtures("ready")
def test_a_new_table_may_have_many_indexes(screen: CapturedConsole) -> None:
    run(screen, with_indexes("a", "b"))
    assert "+ added: DynamoDB table LeadsTable" in str(screen)


@pytest.mark.usefixtures("deployed")
def test_yes_in_advance_does_not_delete_a_table(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "y")
    run(screen)
    assert asked == ["Type the stack's name (clinic-callback) if that is what you want: "]
    assert any("LeadsTable" in name for name in boto3.client("dynamodb").list_tables()["TableNames"])


@pytest.mark.usefixtures("deployed")
def test_the_stacks_name_deletes_it(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "clinic-callback")
    run(screen)
    assert not any("LeadsTable" in name for name in boto3.client("dynamodb").list_tables()["TableNames"])


@pytest.mark.usefixtures("ready")
def test_the_dkim_records_are_shown(screen: CapturedConsole) -> None:
    run(screen)
    assert all(part in str(screen) for part in ("a._domainkey.lakeside.example", "a.dkim.amazonses.com"))


@pytest.mark.usefixtures("ready")
def test_what_is_left_to_do_is_listed_to_the_end(screen: CapturedConsole) -> None:
    run(screen)
    assert str(screen).rstrip().endswith("then set the TTL back.")


# What SES says


class FakeSes:
    """A stub of SES that knows the account but not the identity."""

    def get_account(self) -> dict[str, bool]:
        return {"ProductionAccessEnabled": True}

    def get_email_identity(self, EmailIdentity: str) -> dict[str, bool]:  # noqa: N803 -- AWS's name
        assert EmailIdentity == "lakeside.example"
        raise ClientError({"Error": {"Code": "NotFoundException"}}, "GetEmailIdentity")


def test_what_ses_does_not_tell_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "client", lambda _: FakeSes())
    assert deploy.ses_account(REAL) == SesAccount(out_of_sandbox=True, domain_verified=None)


@pytest.mark.usefixtures("ready")
def test_the_sandbox_is_mentioned_before_the_question(screen: CapturedConsole) -> None:
    run(screen, dry_run=True)
    assert "SES is in its sandbox here" in str(screen)
