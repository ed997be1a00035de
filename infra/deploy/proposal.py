"""A change set of CloudFormation: proposed, looked at, then carried out or withdrawn."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError, WaiterError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra import stack
from infra.deploy import changes
from infra.deploy.changes import Change
from infra.stack import StackError, client, translate_aws_errors

GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

UNCHANGED = ("didn't contain changes", "No updates are to be performed")
"""How CloudFormation says that there is nothing to do: a failure, to it."""

STUCK = {
    "REVIEW_IN_PROGRESS": "",  # only change sets were made so far
    "ROLLBACK_COMPLETE": "was never completed, and CloudFormation can only remove it: `aws cloudformation delete-stack"
    " --region us-east-1 --stack-name {stack}`, then run `make deploy` again",
    "UPDATE_ROLLBACK_FAILED": "could not be put back as it was: look at its events in CloudFormation's console,"
    " and choose “Continue update rollback” there",
}
"""States in which a stack waits for somebody, and for what."""

StackEvent = Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """What CloudFormation would do, and has not begun to do."""

    stack: str
    name: str
    is_first: bool
    changes: tuple[Change, ...]

    def delete(self) -> None:
        """Leave nothing behind."""
        with translate_aws_errors():
            client("cloudformation").delete_change_set(StackName=self.stack, ChangeSetName=self.name)
            if self.is_first:  # an empty stack that only held it
                client("cloudformation").delete_stack(StackName=self.stack)

    def execute(self, console: Console, poll_seconds: float) -> None:
        """Do it, and wait until it is done; every `tick` seconds AWS is asked how far it is. Raises StackError."""
        with translate_aws_errors():
            last = next(iter(_events(self.stack)), {}).get("EventId", "")
            client("cloudformation").execute_change_set(StackName=self.stack, ChangeSetName=self.name)
            state = self._wait(console, last, poll_seconds)
            if state not in GOOD:
                raise StackError(f"{failure(list(_since(self.stack, last)))} {_state_advice(state)}")

    def _wait(self, console: Console, last: str, poll_seconds: float) -> str:
        """The state in which it ends."""
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=len(self.changes))
            while (state := _state(self.stack)).endswith("_IN_PROGRESS"):
                progress.update(task, **_progress(list(_since(self.stack, last)), self.stack))
                time.sleep(poll_seconds)
            if state in GOOD:
                progress.update(task, completed=len(self.changes), description="")
        return state


def propose(name: str, body: str, parameters: Mapping[str, str], tags: Mapping[str, str]) -> Proposal | None:
    """A change set that leads there; None if the stack is there already. Raises StackError."""
    is_first = _is_first(name)
    change_set = f"deploy-{uuid.uuid4().hex[:12]}"
    request = {
        "StackName": name,
        "ChangeSetName": change_set,
        "ChangeSetType": "CREATE" if is_first else "UPDATE",
        "TemplateBody": body,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    with translate_aws_errors():
        try:
            client("cloudformation").create_change_set(**request)
        except ClientError as error:
            if _says_unchanged(str(error)):
                return None
            raise
        found = _wait_for_changes(name, change_set)
    return _read(Proposal(name, change_set, is_first, tuple(changes.read(found["Changes"]))), found)


def _read(proposal: Proposal, found: Mapping[str, Any]) -> Proposal | None:
    if found["Status"] != "FAILED":
        return proposal
    proposal.delete()
    reason = found.get("StatusReason", "CloudFormation does not say why")
    if _says_unchanged(reason):
        return None
    raise StackError(f"CloudFormation refuses the template: {reason}")


def _says_unchanged(reason: str) -> bool:
    return any(words in reason for words in UNCHANGED)


def _is_first(name: str) -> bool:
    """Whether the stack is still to be made. Raises StackError if nothing can be done to it now."""
    state = (stack.described(name) or {}).get("StackStatus", "REVIEW_IN_PROGRESS")
    if waits_for := STUCK.get(state, "").format(stack=name):
        raise StackError(f"The stack “{name}” {waits_for}.")
    if state == "REVIEW_IN_PROGRESS":
        return True
    if state.endswith("_IN_PROGRESS"):
        raise StackError(f"The stack “{name}” is just being changed ({state}): wait until that is done.")
    return False


def _wait_for_changes(name: str, change_set: str) -> dict[str, Any]:
    """The change set with all its changes, as soon as CloudFormation has worked them out."""
    cloudformation = client("cloudformation")
    asked = {"StackName": name, "ChangeSetName": change_set}
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**asked, WaiterConfig={"Delay": 2})
    except WaiterError as error:
        if error.last_response.get("Status") != "FAILED":
            raise
    pages = list(cloudformation.get_paginator("describe_change_set").paginate(**asked))
    return {**pages[0], "Changes": [change for page in pages for change in page["Changes"]]}


# --- While it is carried out ---


def _state(name: str) -> str:
    return str((stack.described(name) or {}).get("StackStatus", "DELETE_COMPLETE"))


def _events(name: str) -> Iterator[StackEvent]:
    """The stack's events, the newest first."""
    for page in client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=name):
        yield from page["StackEvents"]


def _since(name: str, last: str) -> Iterator[StackEvent]:
    return takewhile(lambda event: event["EventId"] != last, _events(name))


def _progress(newest_first: list[StackEvent], name: str) -> dict[str, Any]:
    """What the bar shows."""
    of_resources = [event for event in newest_first if event["LogicalResourceId"] != name]
    done = {event["LogicalResourceId"] for event in of_resources if event["ResourceStatus"].endswith("_COMPLETE")}
    latest = of_resources[0] if of_resources else {"LogicalResourceId": "", "ResourceStatus": ""}
    words = latest["ResourceStatus"].replace("_", " ").lower()
    return {"completed": len(done), "description": f"{latest['LogicalResourceId']}: {words}" if words else ""}


def failure(newest_first: Sequence[StackEvent]) -> str:
    """The first resource that failed, and why: all that failed after it was called off because of it."""
    for event in reversed(newest_first):
        reason = event.get("ResourceStatusReason", "")
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
            kind = changes.resource_kind(event["ResourceType"])
            return f"{event['LogicalResourceId']} ({kind}) failed: {reason.rstrip('.') or 'AWS does not say why'}."
    return "CloudFormation gave up and does not say why."


def _state_advice(state: str) -> str:
    if state == "UPDATE_ROLLBACK_COMPLETE":
        return "The stack is as it was before: cure that, and run `make deploy` again."
    return f"The stack is now in the state {state}: cure that, and run `make deploy`, which says what to do first."
