"""Tests of the template: functions, HTTP API, schedule, e-mail, and resources that outlive the stack."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from leads.domain.lifecycle import SWEEP_INTERVAL
from leads.services.sweep import BATCH_TIMEOUT
from leads.settings import Settings, TableSettings

from infra.local.gateway import API_TIMEOUT_SECONDS
from infra.template import load, routes
from tests.support import stack

FUNCTIONS = {name: function["Properties"] for name, function in stack.resources("AWS::Lambda::Function").items()}
BY_HTTP = ["Capture", "Staff"]
RESOURCES: Mapping[str, Any] = stack.transformed()["Resources"]
OUTPUTS: Mapping[str, Any] = stack.transformed()["Outputs"]

HOLD_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::Secret",
}
NO_LOSS = {"OriginSecret"}
"""Not retained: no data depends on it, and a new stack makes a new one."""


# --- Functions ---


def test_there_are_three_functions_from_one_package() -> None:
    code = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}

    assert {name: function["Code"] for name, function in FUNCTIONS.items()} == dict.fromkeys(
        ["Capture", "Staff", "Sweep"], code
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_on_arm_and_python_3_13(name: str) -> None:
    assert (FUNCTIONS[name]["Architectures"], FUNCTIONS[name]["Runtime"]) == (["arm64"], "python3.13")


@pytest.mark.parametrize("name", BY_HTTP)
def test_a_function_ends_before_the_gateway_gives_up(name: str) -> None:
    assert FUNCTIONS[name]["Timeout"] < API_TIMEOUT_SECONDS


def test_the_longest_sweep_is_over_and_followed_by_the_next_before_silence_is_alarming() -> None:
    alarm = stack.properties("SweepSilentAlarm")

    assert FUNCTIONS["Sweep"]["Timeout"] + SWEEP_INTERVAL.seconds < alarm["Period"] * alarm["EvaluationPeriods"]


def test_a_sweep_has_time_for_a_batch_and_the_lists() -> None:
    assert FUNCTIONS["Sweep"]["Timeout"] > (2 * BATCH_TIMEOUT).seconds


def test_the_form_has_a_whole_processor() -> None:
    assert FUNCTIONS["Capture"]["MemorySize"] == 1769


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_in_json_to_a_log_of_its_own(name: str) -> None:
    assert FUNCTIONS[name]["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": {"Ref": f"{name}Log"}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_log_forgets_after_a_month(name: str) -> None:
    assert stack.properties(f"{name}Log")["RetentionInDays"] == 30


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_role_of_its_own(name: str) -> None:
    assert FUNCTIONS[name]["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}


@pytest.mark.parametrize("name", stack.resources("AWS::IAM::Role"))
def test_a_role_has_inline_policies_only(name: str) -> None:
    assert "ManagedPolicyArns" not in stack.properties(name)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_finds_all_that_it_needs_in_its_environment(name: str) -> None:
    needed = {
        field.alias
        for model in (TableSettings, Settings)
        for field in model.model_fields.values()
        if field.is_required()
    }

    assert needed <= set(FUNCTIONS[name]["Environment"]["Variables"])


def test_every_variable_of_the_environment_is_one_that_is_read() -> None:
    known = {field.alias for field in Settings.model_fields.values()}
    given = {name for function in FUNCTIONS.values() for name in function["Environment"]["Variables"]}

    assert given <= known


@pytest.mark.parametrize(("name", "has_origin_secret"), [("Capture", True), ("Staff", True), ("Sweep", False)])
def test_the_functions_behind_cloudfront_have_the_origin_secret(name: str, has_origin_secret: bool) -> None:
    assert ("LEADS_ORIGIN_SECRET" in FUNCTIONS[name]["Environment"]["Variables"]) is has_origin_secret


def test_the_form_can_have_room_of_its_own_so_that_a_flood_leaves_some_to_the_others() -> None:
    condition, reserved, _ = FUNCTIONS["Capture"]["ReservedConcurrentExecutions"]["Fn::If"]

    assert (condition, reserved) == ("HasFormConcurrency", {"Ref": "FormConcurrency"})


# --- Secrets ---


@pytest.mark.parametrize("name", stack.resources("AWS::SecretsManager::Secret"))
def test_a_secret_is_made_in_the_cloud_and_long_enough(name: str) -> None:
    secret = stack.properties(name)

    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] >= 32


@pytest.mark.parametrize("variable", ["LEADS_SECRET", "LEADS_ORIGIN_SECRET"])
def test_a_secret_reaches_the_functions_without_standing_in_the_template(variable: str) -> None:
    value = FUNCTIONS["Capture"]["Environment"]["Variables"][variable]["Fn::Sub"]

    assert value.startswith("{{resolve:secretsmanager:${")


def test_no_parameter_is_a_secret() -> None:
    words = ("secret", "password", "token")

    assert [name for name in stack.transformed()["Parameters"] if any(word in name.lower() for word in words)] == []


def test_no_output_tells_a_secret() -> None:
    outputs = json.dumps(OUTPUTS)

    assert "Secret" not in outputs
    assert "resolve" not in outputs


# --- HTTP API and schedule ---


def test_every_route_is_throttled() -> None:
    (stage,) = stack.resources("AWS::ApiGatewayV2::Stage").values()
    limits = stage["Properties"]["RouteSettings"]

    assert set(limits) == {route.key for route in routes(load())}
    assert all(limit["ThrottlingRateLimit"] > 0 for limit in limits.values())
    assert all(limit["ThrottlingBurstLimit"] > 0 for limit in limits.values())


def test_the_gateway_allows_no_other_site() -> None:
    (api,) = stack.resources("AWS::ApiGatewayV2::Api").values()

    assert "CorsConfiguration" not in api["Properties"]
    assert "x-amazon-apigateway-cors" not in api["Properties"]["Body"]


def test_only_our_own_gateway_calls_the_functions() -> None:
    permissions = [each["Properties"] for each in stack.resources("AWS::Lambda::Permission").values()]

    assert [each["Principal"] for each in permissions] == ["apigateway.amazonaws.com"] * len(list(routes(load())))
    assert all(each["SourceArn"]["Fn::Sub"][1]["__ApiId__"] == {"Ref": "Api"} for each in permissions)


def test_a_sweep_every_minute() -> None:
    assert dt.timedelta(minutes=1) == SWEEP_INTERVAL
    (schedule,) = stack.resources("AWS::Scheduler::Schedule").values()

    assert schedule["Properties"]["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Properties"]["Target"]["Arn"] == {"Fn::GetAtt": ["Sweep", "Arn"]}
    assert schedule["Properties"].get("State", "ENABLED") == "ENABLED"


def test_ticks_that_did_not_arrive_or_failed_are_dead_letters() -> None:
    (schedule,) = stack.resources("AWS::Scheduler::Schedule").values()
    queue = {"Fn::GetAtt": ["DeadLetters", "Arn"]}

    assert schedule["Properties"]["Target"]["DeadLetterConfig"] == {"Arn": queue}
    assert FUNCTIONS["Sweep"]["DeadLetterConfig"] == {"TargetArn": queue}


def test_the_next_tick_is_the_retry() -> None:
    assert stack.properties("SweepEventInvokeConfig")["MaximumRetryAttempts"] == 0


def test_dead_letters_are_encrypted_and_travel_over_tls_only() -> None:
    (statement,) = stack.properties("DeadLettersPolicy")["PolicyDocument"]["Statement"]

    assert stack.properties("DeadLetters")["SqsManagedSseEnabled"] is True
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_schedule_may_start_the_sweep_and_leave_dead_letters_and_nothing_else() -> None:
    (policy,) = stack.properties("TickRole")["Policies"]
    grants = [(each["Action"], each["Resource"]) for each in policy["PolicyDocument"]["Statement"]]

    assert grants == [
        ("lambda:InvokeFunction", {"Fn::GetAtt": ["Sweep", "Arn"]}),
        ("sqs:SendMessage", {"Fn::GetAtt": ["DeadLetters", "Arn"]}),
    ]


# --- E-mail ---


def test_emails_travel_encrypted_or_not_at_all() -> None:
    assert stack.properties("ConfigurationSet")["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}


def test_one_bounce_does_not_silence_the_front_desk() -> None:
    assert stack.properties("ConfigurationSet")["SuppressionOptions"] == {"SuppressedReasons": []}


def test_the_senders_domain_signs_what_it_sends() -> None:
    identity = stack.properties("SenderDomain")

    assert identity["EmailIdentity"] == {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "Sender"}]}]}
    assert identity["DkimAttributes"] == {"SigningEnabled": True}
    assert identity["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}


# --- What outlives the stack ---


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_all_that_holds_data_stays_when_the_stack_is_deleted(policy: str) -> None:
    gone = [
        name
        for name, found in RESOURCES.items()
        if found["Type"] in HOLD_DATA and name not in NO_LOSS and found.get(policy) != "Retain"
    ]

    assert gone == []


# --- Outputs ---


def test_there_is_an_output_for_all_that_a_command_needs() -> None:
    assert set(OUTPUTS) == {
        "SiteBucket",
        "DistributionId",
        "SiteAddress",
        "DistributionDomain",
        "ApiAddress",
        "LeadsTable",
        "FactsTable",
        "AlarmTopic",
        "ConfigurationSet",
        "DkimRecords",
    }


def test_the_dkim_records_are_three_names_with_their_values() -> None:
    text, rest = OUTPUTS["DkimRecords"]["Value"]["Fn::Sub"]
    whole = text.replace("${Second}", rest["Second"]["Fn::Sub"]).replace("${Third}", rest["Third"]["Fn::Sub"])

    assert whole == " ".join(
        f"${{SenderDomain.DkimDNSTokenName{number}}}=${{SenderDomain.DkimDNSTokenValue{number}}}"
        for number in (1, 2, 3)
    )


# --- In moto ---


@pytest.fixture
def deployed(account: None) -> Any:
    with stack.deployed() as names:
        yield names


def test_the_deployed_functions_share_the_deployed_table(deployed: Mapping[str, str]) -> None:
    awslambda = boto3.client("lambda", region_name=stack.REGION)
    tables = {
        awslambda.get_function_configuration(FunctionName=deployed[name])["Environment"]["Variables"]["LEADS_TABLE"]
        for name in FUNCTIONS
    }

    assert tables == {deployed["LeadsTable"]}


def test_the_deployed_table_has_its_indexes(deployed: Mapping[str, str]) -> None:
    table = boto3.client("dynamodb", region_name=stack.REGION).describe_table(TableName=deployed["LeadsTable"])["Table"]

    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"due", "worklist", "number"}


def test_the_deployed_logs_forget_after_a_month(deployed: Mapping[str, str]) -> None:
    groups = boto3.client("logs", region_name=stack.REGION).describe_log_groups()["logGroups"]

    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == {
        deployed[f"{name}Log"]: 30 for name in FUNCTIONS
    }
