"""A change set of CloudFormation: created, then executed or deleted."""

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

from infra import stack, template
from infra.deploy import changes
from infra.deploy.changes import Change
from infra.stack import StackError, client, translate_aws_errors

GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

UNCHANGED = ("didn't contain changes", "No updates are to be performed")
"""Parts of the messages with which a change set without changes fails."""

STUCK = {
    "REVIEW_IN_PROGRESS": "",  # change sets were created, but none was executed
    "ROLLBACK_COMPLETE": "was never completed, and CloudFormation can only delete it: `aws cloudformation delete-stack"
    " --region us-east-1 --stack-name {stack}`, then run `make deploy` again",
    "UPDATE_ROLLBACK_FAILED": "could not be put back as it was: look at its events in CloudFormation's console,"
    " and choose “Continue update rollback” there",
}
"""States that a deployment cannot leave, and what to do about each."""

StackEvent = Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A change set that is not executed yet."""

    stack: str
    name: str
    is_first: bool
    changes: tuple[Change, ...]

    def delete(self) -> None:
        """Delete the change set, and the empty stack that was created for it."""
        with translate_aws_errors():
            client("cloudformation").delete_change_set(StackName=self.stack, ChangeSetName=self.name)
            if self.is_first:  # CloudFormation has created an empty stack for it
                client("cloudformation").delete_stack(StackName=self.stack)

    def execute(self, console: Console, poll_seconds: float) -> None:
        """Execute it and wait for the end, asking for progress every `poll_seconds`. Raises StackError if it fails."""
        with translate_aws_errors():
            last = next(iter(_events(self.stack)), {}).get("EventId", "")
            client("cloudformation").execute_change_set(StackName=self.stack, ChangeSetName=self.name)
            state = self._wait(console, last, poll_seconds)
            if state not in GOOD:
                raise StackError(f"{failure(list(_since(self.stack, last)))} {_state_advice(state)}")

    def _wait(self, console: Console, last: str, poll_seconds: float) -> str:
        """Wait until the stack is no longer in progress, and return its state."""
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
    """Create a change set and return it; None if it would change nothing. Raises StackError."""
    is_first = _is_first(name)
    if not is_first:
        _ensure_indexes(name, body)
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
    return any(part in reason for part in UNCHANGED)


def _is_first(name: str) -> bool:
    """Return True if the stack does not exist yet. Raises StackError if it cannot be changed now."""
    state = (stack.describe(name) or {}).get("StackStatus", "REVIEW_IN_PROGRESS")
    if waits_for := STUCK.get(state, "").format(stack=name):
        raise StackError(f"The stack “{name}” {waits_for}.")
    if state == "REVIEW_IN_PROGRESS":
        return True
    if state.endswith("_IN_PROGRESS"):
        raise StackError(f"The stack “{name}” is just being changed ({state}): wait until that is done.")
    return False


def _ensure_indexes(name: str, body: str) -> None:
    """Raise StackError if CloudFormation would refuse the change of a table's indexes, minutes later."""
    with translate_aws_errors():
        deployed = client("cloudformation").get_template(StackName=name)["TemplateBody"]
    # botocore has parsed it already if it is JSON.
    before = template.parse(deployed) if isinstance(deployed, str) else deployed
    if refusal := changes.index_refusal(before, template.parse(body)):
        raise StackError(refusal)


def _wait_for_changes(name: str, change_set: str) -> dict[str, Any]:
    """Return the change set with all its changes, once CloudFormation has computed them."""
    cloudformation = client("cloudformation")
    names = {"StackName": name, "ChangeSetName": change_set}
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**names, WaiterConfig={"Delay": 2})
    except WaiterError as error:
        if error.last_response.get("Status") != "FAILED":
            raise
    pages = list(cloudformation.get_paginator("describe_change_set").paginate(**names))
    return {**pages[0], "Changes": [change for page in pages for change in page["Changes"]]}


# --- While it is carried out ---


def _state(name: str) -> str:
    return str((stack.describe(name) or {}).get("StackStatus", "DELETE_COMPLETE"))


def _events(name: str) -> Iterator[StackEvent]:
    """Yield the stack's events, the newest first."""
    for page in client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=name):
        yield from page["StackEvents"]


def _since(name: str, last: str) -> Iterator[StackEvent]:
    return takewhile(lambda event: event["EventId"] != last, _events(name))


def _progress(newest_first: list[StackEvent], name: str) -> dict[str, Any]:
    """Return the arguments that update the progress bar."""
    of_resources = [event for event in newest_first if event["LogicalResourceId"] != name]
    done = {event["LogicalResourceId"] for event in of_resources if event["ResourceStatus"].endswith("_COMPLETE")}
    latest = of_resources[0] if of_resources else {"LogicalResourceId": "", "ResourceStatus": ""}
    status = latest["ResourceStatus"].replace("_", " ").lower()
    return {"completed": len(done), "description": f"{latest['LogicalResourceId']}: {status}" if status else ""}


def failure(newest_first: Sequence[StackEvent]) -> str:
    """Return which resource failed first, and why; CloudFormation cancels the others because of it."""
    for event in reversed(newest_first):
        reason = event.get("ResourceStatusReason", "")
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
            kind = changes.resource_kind(event["ResourceType"])
            return f"{event['LogicalResourceId']} ({kind}) failed: {reason.rstrip('.') or 'AWS does not say why'}."
    return "CloudFormation gave up and does not say why."


def _state_advice(state: str) -> str:
    if state == "UPDATE_ROLLBACK_COMPLETE":
        return "The stack is as it was before: correct that, and run `make deploy` again."
    return f"The stack is now in the state {state}: correct that, and run `make deploy`, which says what to do first."
