"""Tests of the template's alarms: each needs an action, says where it is described, and is sent without SES."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from leads import log

from tests.support import stack

ALARMS = {name: alarm["Properties"] for name, alarm in stack.resources("AWS::CloudWatch::Alarm").items()}
FUNCTIONS = ("Capture", "Staff", "Sweep")
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"

COUNTED_ONLY = {"Stored", "InReview", "Contacted", "MinutesToContact", "Reminded"}
"""Metrics that need no alarm: they count what happens on a good day."""


def watched(namespace: str, dimensions: object = None) -> set[str]:
    return {
        alarm["MetricName"]
        for alarm in ALARMS.values()
        if alarm["Namespace"] == namespace and (dimensions is None or alarm.get("Dimensions") == dimensions)
    }


def written() -> set[str]:
    """Return every metric that the functions write: the keys of dictionaries that could be metrics."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(Path("functions/leads").rglob("*.py"))]
    dictionaries = [
        node
        for tree in trees
        for call in ast.walk(tree)
        if (isinstance(call, ast.keyword) and call.arg == "metrics")
        or (isinstance(call, ast.FunctionDef) and call.name == "metrics")
        for node in ast.walk(call)
        if isinstance(node, ast.Dict)
    ]
    keys = [key for dictionary in dictionaries for key in dictionary.keys if isinstance(key, ast.Constant)]
    return {str(key.value) for key in keys}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_goes_to_the_topic(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "AlarmTopic"}]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_to_do(name: str) -> None:
    assert len(ALARMS[name]["AlarmDescription"].split(". ")) > 1 or ":" in ALARMS[name]["AlarmDescription"]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_points_to_its_section_in_docs_operations(name: str) -> None:
    headings = re.findall(r"^#+ (.+)$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)

    assert ALARMS[name]["AlarmDescription"].endswith(f" See docs/operations.md, {name}.")
    assert name in headings


def test_every_metric_of_ours_is_watched_or_known_to_need_no_alarm() -> None:
    assert watched(log.NAMESPACE) == written() - COUNTED_ONLY


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_is_watched(function: str, metric: str) -> None:
    assert metric in watched("AWS/Lambda", [{"Name": "FunctionName", "Value": {"Ref": function}}])


def test_a_gateway_that_cannot_reach_the_functions_is_seen() -> None:
    assert watched("AWS/ApiGateway", [{"Name": "ApiId", "Value": {"Ref": "Api"}}]) == {"5xx"}


def test_a_sweep_that_does_not_do_its_work_is_missed_within_five_minutes() -> None:
    alarm = ALARMS["SweepSilentAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (log.NAMESPACE, "Swept", "Sum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 5 * 60


def test_only_silence_of_the_sweep_is_alarming() -> None:
    alarmed_by_silence = [name for name, alarm in ALARMS.items() if alarm["TreatMissingData"] != "notBreaching"]

    assert alarmed_by_silence == ["SweepSilentAlarm"]


def test_a_lead_that_waits_for_a_quarter_of_an_hour_is_alarming() -> None:
    alarm = ALARMS["UnsentAlarm"]

    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("OldestUnsentSeconds", "Maximum", 15 * 60)


def test_dead_letters_are_seen() -> None:
    alarm = ALARMS["DeadLettersAlarm"]

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLetters", "QueueName"]}}]


def test_bounces_complaints_and_rejects_of_our_own_emails_are_seen() -> None:
    ours = [{"Name": "ses:configuration-set", "Value": {"Ref": "ConfigurationSet"}}]

    assert watched("AWS/SES", ours) == {"Bounce", "Complaint", "Reject"}


def test_ses_counts_what_the_alarms_watch() -> None:
    events = stack.properties("MailEvents")["EventDestination"]
    (dimension,) = events["CloudWatchDestination"]["DimensionConfigurations"]

    assert events["Enabled"] is True
    assert {event.lower() for event in events["MatchingEventTypes"]} == {"bounce", "complaint", "reject"}
    assert dimension["DimensionName"] == "ses:configuration-set"


def test_an_alarm_is_sent_without_ses() -> None:
    subscription = stack.properties("AlarmSubscription")

    assert subscription["TopicArn"] == {"Ref": "AlarmTopic"}
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", {"Ref": "AlarmEmail"})


def test_only_cloudwatch_of_this_account_may_raise_an_alarm() -> None:
    statements = stack.properties("AlarmTopicPolicy")["PolicyDocument"]["Statement"]
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]

    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
