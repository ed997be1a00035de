"""What CloudFormation proposes to do, in plain words; above all what would be lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

HOLDS_DATA = {
    "AWS::DynamoDB::Table": "every call-back request",
    "AWS::Logs::LogGroup": "what the functions wrote down",
    "AWS::S3::Bucket": "the published site and its releases",
    "AWS::SecretsManager::Secret": "what signs the links in e-mails",
}
"""Kinds of resources whose loss is more than a moment's outage, and what is in them."""

SYMBOLS = {"added": "+", "changed": "~", "replaced": "!", "perhaps replaced": "!", "removed": "-"}

STYLES = {"+": "green", "~": "yellow", "!": "yellow", "-": "yellow"}


@dataclass(frozen=True)
class Change:
    """One resource of the stack, and what would happen to it."""

    action: str  # one of SIGNS
    kind: str  # "AWS::DynamoDB::Table"
    name: str  # as the template has it
    properties: tuple[str, ...] = ()
    kept: bool = False
    """What is taken out of the stack stays in the account (DeletionPolicy, UpdateReplacePolicy)."""

    @property
    def data_at_risk(self) -> str:
        """What may be lost by it; nothing where there is no danger."""
        return HOLDS_DATA.get(self.kind, "") if SYMBOLS[self.action] in "!-" else ""

    @property
    def words(self) -> str:
        """The change in one line."""
        what = f" ({', '.join(self.properties)})" if self.properties else ""
        return f"{SYMBOLS[self.action]} {self.action}: {resource_kind(self.kind)} {self.name}{what}"

    @property
    def warning(self) -> str:
        """The sentence to be read before anybody says yes."""
        new = "" if self.action == "removed" else " A new one takes its place, empty."
        fate = "stays in the account, but nothing uses it any more" if self.kept else "is DELETED"
        return f"{self.name} holds {self.data_at_risk}. It is {self.action}: what is in it {fate}.{new}"


def resource_kind(kind: str) -> str:
    """AWS::DynamoDB::Table -> DynamoDB table."""
    _, service, thing = kind.split("::")[:3]
    return f"{service} {re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', thing).lower()}"


def read(changes: Iterable[Mapping[str, Any]]) -> list[Change]:
    """CloudFormation's own list, what is in danger first."""
    found = [_change(change["ResourceChange"]) for change in changes if change["Type"] == "Resource"]
    order = list(reversed(SYMBOLS))
    return sorted(found, key=lambda change: (not change.data_at_risk, order.index(change.action), change.name))


def _change(change: Mapping[str, Any]) -> Change:
    return Change(
        _action(change),
        change["ResourceType"],
        change["LogicalResourceId"],
        tuple(dict.fromkeys(_properties(change))),
        kept="Retain" in change.get("PolicyAction", ""),
    )


def _action(change: Mapping[str, Any]) -> str:
    replacements = {"True": "replaced", "Conditional": "perhaps replaced"}
    if change["Action"] == "Modify":
        return replacements.get(change.get("Replacement", ""), "changed")
    # Dynamic: a nested template decides, and we have none. Import adds what exists already.
    return {"Add": "added", "Import": "added", "Remove": "removed"}.get(change["Action"], "perhaps replaced")


def _properties(change: Mapping[str, Any]) -> Iterator[str]:
    for detail in change.get("Details", ()):
        target = detail.get("Target", {})
        yield target.get("Name") or target.get("Attribute", "")


def lines(changes: Iterable[Change]) -> Iterator[Text]:
    """The lines to be read, dangers in red."""
    for change in changes:
        yield Text(change.words, "bold red" if change.data_at_risk else STYLES[SYMBOLS[change.action]])
        if change.data_at_risk:
            yield Text(f"  {change.warning}", "bold red")
