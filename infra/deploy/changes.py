"""A change set in plain words, above all the data that it would lose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

if TYPE_CHECKING:
    from infra.template import Template

HOLDS_DATA = {
    "AWS::DynamoDB::Table": "every call-back request",
    "FactsTable": "the published facts and who gets the requests",
    "AWS::Logs::LogGroup": "the functions' logs",
    "AWS::S3::Bucket": "the published site and its releases",
    "AWS::SecretsManager::Secret": "the keys that sign the links in e-mails",
}
"""Types of resources that hold data, and which; by its name a resource that holds other data than its type."""

SYMBOLS = {"added": "+", "changed": "~", "replaced": "!", "perhaps replaced": "!", "removed": "-"}

STYLES = {"+": "green", "~": "yellow", "!": "yellow", "-": "yellow"}


@dataclass(frozen=True)
class Change:
    """A change of one resource of the stack."""

    action: str
    """A key of SYMBOLS."""
    kind: str
    """The resource's type: "AWS::DynamoDB::Table"."""
    name: str
    """The logical id in the template."""
    properties: tuple[str, ...] = ()
    kept: bool = False
    """True if the old resource stays in the account (DeletionPolicy, UpdateReplacePolicy)."""

    @property
    def data_at_risk(self) -> str:
        """The data that this change may lose; "" if none."""
        data = HOLDS_DATA.get(self.name) or HOLDS_DATA.get(self.kind, "")
        return data if SYMBOLS[self.action] in "!-" else ""

    @property
    def line(self) -> str:
        """The change in one line."""
        what = f" ({', '.join(self.properties)})" if self.properties else ""
        return f"{SYMBOLS[self.action]} {self.action}: {resource_kind(self.kind)} {self.name}{what}"

    @property
    def warning(self) -> str:
        """What is lost, in one or two sentences."""
        new = "" if self.action == "removed" else " A new one takes its place, empty."
        outcome = "stays in the account, but nothing uses it any more" if self.kept else "is DELETED"
        return f"{self.name} holds {self.data_at_risk}. It is {self.action}: what is in it {outcome}.{new}"


def resource_kind(kind: str) -> str:
    """Return a resource's type in words: AWS::DynamoDB::Table is a DynamoDB table."""
    _, service, thing = kind.split("::")[:3]
    return f"{service} {re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', thing).lower()}"


def read(changes: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return the changes of CloudFormation's list, those that put data at risk first."""
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
    # "Dynamic" depends on a nested template, which this stack does not have. "Import" adds an existing resource.
    return {"Add": "added", "Import": "added", "Remove": "removed"}.get(change["Action"], "perhaps replaced")


def _properties(change: Mapping[str, Any]) -> Iterator[str]:
    for detail in change.get("Details", ()):
        target = detail.get("Target", {})
        yield target.get("Name") or target.get("Attribute", "")


def lines(changes: Iterable[Change]) -> Iterator[Text]:
    """Yield the lines to print, with data at risk in red."""
    for change in changes:
        yield Text(change.line, "bold red" if change.data_at_risk else STYLES[SYMBOLS[change.action]])
        if change.data_at_risk:
            yield Text(f"  {change.warning}", "bold red")


# --- Indexes of tables that exist ---


def index_refusal(before: Template, after: Template) -> str:
    """Return why CloudFormation would refuse the change of a table's indexes, and what to do; "" if it would not.

    It adds or removes one global secondary index of a table in an update, and changes none.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
    """
    for table in _tables(before).keys() & _tables(after).keys():
        steps = _index_steps(*(_indexes(_tables(template)[table]) for template in (before, after)))
        if len(steps) > 1:
            return (
                f"CloudFormation adds or removes one index of a table in an update, and {table} needs {len(steps)}"
                f" such steps. Change infra/template.yaml by one at a time, with `make deploy` after each: first"
                f" {', then '.join(steps)}."
            )
    return ""


def _tables(template: Template) -> Template:
    resources = template["Resources"].items()
    return {name: resource for name, resource in resources if resource["Type"] == "AWS::DynamoDB::Table"}


def _indexes(table: Template) -> Mapping[str, Any]:
    """Return what cannot be changed about each index of a table, by its name."""
    indexes = table["Properties"].get("GlobalSecondaryIndexes", ())
    return {index["IndexName"]: (index["KeySchema"], index["Projection"]) for index in indexes}


def _index_steps(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what to do to the indexes, one after the other: readers find what they need as early as possible."""
    changed = [name for name in before if name in after and before[name] != after[name]]
    added = [name for name in after if name not in before]
    gone = [name for name in before if name not in after]
    steps = [("remove", changed), ("add", [*changed, *added]), ("remove", gone)]
    return [f"{verb} {name}" for verb, names in steps for name in names]
