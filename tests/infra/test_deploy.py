"""Tests of `make deploy`: what it refuses, what it requests, and what it does only after a yes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from leads.domain.practice import Practice
from moto.cloudformation.models import ChangeSet
from rich.console import Console

from infra import site, stack
from infra.deploy import __main__ as deploy
from infra.deploy import next_steps, proposal
from infra.deploy.__main__ import DeployOptions
from infra.deploy.code import CodePackage, bucket_name
from infra.deploy.next_steps import SesAccount
from infra.e2e import cloudformation
from infra.package import archive
from infra.stack import StackError
from infra.template import load
from tests.support import factories

ACCOUNT = "123456789012"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0a1b"
CODE = CodePackage(Path(__file__), ACCOUNT)
REAL = factories.practice(sample=False)

OUTPUTS = {
    "SiteAddress": "https://www.lakeside.example",
    "DistributionDomain": "d1.cloudfront.net",
    "AlarmTopic": "arn:aws:sns:us-east-1:123456789012:alarms",
    "DkimRecords": "a._domainkey.lakeside.example=a.dkim.amazonses.com b._domainkey.lakeside.example=b.dkim.x c=d",
}


def description(**resources: Any) -> str:
    """Return a small template that moto can create, with the real one's outputs."""
    names = ["Sender", "SiteUrl", "DomainName", "CodeBucket", "CodeKey", *deploy.OPTIONS.values()]
    return json.dumps(
        {
            "Parameters": {name: {"Type": "String", "Default": ""} for name in names},
            "Resources": {"AlarmTopic": {"Type": "AWS::SNS::Topic"}, **resources},
            "Outputs": {name: {"Value": value} for name, value in OUTPUTS.items()},
        }
    )


TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "reference", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "reference", "KeyType": "HASH"}],
    },
}


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
def test_what_cannot_go_live_is_refused(practice: Practice, requested: DeployOptions, sentence: str) -> None:
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


class CapturedConsole(Console):
    """A console that keeps what is printed."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO(), width=400, soft_wrap=True)

    def __str__(self) -> str:
        assert isinstance(self.file, io.StringIO)
        return self.file.getvalue()


@pytest.fixture
def screen() -> CapturedConsole:
    return CapturedConsole()


@pytest.fixture
def ready(aws: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Prepare a real practice and a package, but no stack."""
    (tmp_path / "functions.zip").write_bytes(b"the functions")
    monkeypatch.setattr(ChangeSet, "apply", cloudformation.apply)
    monkeypatch.setattr(site, "practice", lambda: REAL)
    monkeypatch.setattr(site, "build", lambda: None)
    monkeypatch.setattr(deploy, "ses_account", lambda _: SesAccount(out_of_sandbox=False))  # moto does not know
    monkeypatch.setattr(archive, "build", lambda: tmp_path / "functions.zip")


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


@pytest.mark.usefixtures("ready")
def test_a_script_without_yes_gets_a_message(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: (_ for _ in ()).throw(EOFError))
    with pytest.raises(StackError, match="YES=1 says yes"):
        run(screen, assume_yes=False)


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


@pytest.mark.usefixtures("deployed")
def test_yes_in_advance_does_not_delete_a_table(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "y")
    run(screen)
    assert asked == ["Type the stack's name (clinic-callback) if that is what you want: "]
    assert boto3.client("dynamodb").list_tables()["TableNames"] != ["leads"], "that is the fixture's own"


@pytest.mark.usefixtures("deployed")
def test_the_stacks_name_deletes_it(screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "clinic-callback")
    run(screen)
    assert boto3.client("dynamodb").list_tables()["TableNames"] == ["leads"]


@pytest.mark.usefixtures("ready")
def test_the_dkim_records_are_shown(screen: CapturedConsole) -> None:
    run(screen)
    assert all(part in str(screen) for part in ("a._domainkey.lakeside.example", "a.dkim.amazonses.com"))


@pytest.mark.usefixtures("ready")
def test_what_is_left_to_do_is_listed_to_the_end(screen: CapturedConsole) -> None:
    run(screen)
    assert str(screen).rstrip().endswith("Run `make publish`: until then the site is empty.")


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


# The bucket of packages


@pytest.fixture
def uploaded(aws: None) -> str:
    CODE.upload()
    return bucket_name(ACCOUNT)


def test_nothing_in_the_bucket_can_become_public(uploaded: str) -> None:
    answer = boto3.client("s3").get_public_access_block(Bucket=uploaded)["PublicAccessBlockConfiguration"]
    assert set(answer.values()) == {True}
    assert len(answer) == 4


def test_the_bucket_keeps_versions(uploaded: str) -> None:
    assert boto3.client("s3").get_bucket_versioning(Bucket=uploaded)["Status"] == "Enabled"


def test_the_bucket_is_encrypted(uploaded: str) -> None:
    rules = boto3.client("s3").get_bucket_encryption(Bucket=uploaded)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_a_bucket_that_is_there_is_used_again(uploaded: str) -> None:
    CODE.upload()
    assert buckets() == [uploaded]


# When CloudFormation fails


def event(name: str, status: str, reason: str = "") -> dict[str, str]:
    return {
        "LogicalResourceId": name,
        "ResourceType": "AWS::S3::Bucket",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_a_failure_names_its_first_cause() -> None:
    newest_first = [
        event("B", "CREATE_FAILED", "Resource creation cancelled"),
        event("A", "CREATE_FAILED", "Bucket name should not contain uppercase characters."),
        event("A", "CREATE_IN_PROGRESS"),
    ]
    assert (
        proposal.failure(newest_first) == "A (S3 bucket) failed: Bucket name should not contain uppercase characters."
    )


def test_a_cancellation_that_came_first_is_no_cause() -> None:
    newest_first = [event("A", "CREATE_FAILED", "No."), event("B", "CREATE_FAILED", "Resource creation cancelled")]
    assert proposal.failure(newest_first).startswith("A ")


class FailingCloudFormation:
    """A stub of CloudFormation whose execution of a change set fails."""

    def __init__(self, *states: str) -> None:
        self._states = list(states)
        self._events = [{"EventId": "0", **event("clinic-callback", "REVIEW_IN_PROGRESS")}]

    def described(self, _: str) -> dict[str, str]:
        return {"StackStatus": self._states.pop(0) if len(self._states) > 1 else self._states[0]}

    def execute_change_set(self, **_: str) -> None:
        events = [
            ("Site", "CREATE_IN_PROGRESS", ""),
            ("Site", "CREATE_FAILED", "Access denied."),
            ("Table", "CREATE_FAILED", ""),
        ]
        for number, facts in enumerate(events, 1):
            self._events.insert(0, {"EventId": str(number), **event(*facts)})

    def get_paginator(self, _: str) -> FailingCloudFormation:
        return self

    def paginate(self, **_: str) -> list[dict[str, list[dict[str, str]]]]:
        return [{"StackEvents": self._events}]


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        (
            ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
            r"Site \(S3 bucket\) failed: Access denied\. The stack is as it",
        ),
        (
            ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"],
            r"Site \(S3 bucket\) failed: Access denied\. The stack is now in the",
        ),
    ],
    ids=["an update", "the first deployment"],
)
def test_a_deployment_that_fails_says_why_and_what_is_left(
    states: list[str], sentence: str, screen: CapturedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = FailingCloudFormation(*states)
    monkeypatch.setattr(proposal, "client", lambda _: failing)
    monkeypatch.setattr(stack, "describe", failing.described)
    with pytest.raises(StackError, match=sentence):
        proposal.Proposal("clinic-callback", "deploy-1", is_first=False, changes=()).execute(screen, poll_seconds=0)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack --region us-east-1 --stack-name clinic-callback"),
        ("UPDATE_IN_PROGRESS", "wait until that is done"),
        ("UPDATE_ROLLBACK_FAILED", "Continue update rollback"),
    ],
)
def test_a_stack_that_cannot_be_changed_says_what_to_do(
    state: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "describe", lambda _: {"StackStatus": state})
    with pytest.raises(StackError, match=sentence):
        proposal.propose("clinic-callback", description(), {}, {})


# What is left to do


def left(account: SesAccount = SesAccount(), **chosen: str) -> str:  # noqa: B008 -- frozen
    return "\n".join(next_steps.next_steps_for(REAL, OUTPUTS, chosen, account))


@pytest.mark.parametrize(
    "word",
    ["CNAME", "_dmarc.lakeside.example", "sandbox", "certificate", "ALARM_EMAIL", "business associate agreement"],
)
def test_after_the_first_deployment_everything_is_left_to_do(word: str) -> None:
    assert word in left()


def test_records_that_ses_has_found_are_not_asked_for() -> None:
    assert "three CNAME records" not in left(SesAccount(domain_verified=True))


def test_an_account_that_may_mail_anybody_asks_for_nothing() -> None:
    assert "sandbox" not in left(SesAccount(out_of_sandbox=True))


def test_in_the_sandbox_every_recipient_of_e_mails_must_be_verified() -> None:
    assert "verify front-desk@lakeside.example, manager@lakeside.example" in left(SesAccount(out_of_sandbox=False))


def test_a_certificate_that_is_there_is_not_asked_for() -> None:
    assert "Ask ACM" not in left(CertificateArn=CERTIFICATE)


def test_the_domain_is_pointed_to_cloudfront() -> None:
    assert "Point www.lakeside.example to d1.cloudfront.net" in left()


def test_the_recipient_of_alarms_must_confirm_it() -> None:
    assert "Confirm the e-mail that SNS sent to ops@other.example" in left(AlarmEmail="ops@other.example")
