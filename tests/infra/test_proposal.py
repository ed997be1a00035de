"""Tests of change sets: why one fails, and states of a stack that no deployment can change."""

from __future__ import annotations

import pytest

from infra import stack
from infra.deploy import proposal
from infra.stack import StackError
from tests.support.deployment import CapturedConsole


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
        proposal.propose("clinic-callback", "{}", {}, {})
