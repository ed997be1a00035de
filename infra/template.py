"""infra/template.yaml as data: what the cloud, the local system and the tests all are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Template = Mapping[str, Any]

PATH = Path(__file__).with_name("template.yaml")

ALIKE = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
"""What CloudFormation and DynamoDB's CreateTable call by the same name and write in the same way."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions: `!Ref Api` is read as {"Ref": "Api"}."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    readers = {yaml.ScalarNode: "construct_scalar", yaml.SequenceNode: "construct_sequence"}
    read = getattr(loader, readers.get(type(node), "construct_mapping"))
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": read(node)}


_Loader.add_multi_constructor("!", _function)


def load(path: Path = PATH) -> Template:
    """The template as plain data."""
    template: Template = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 -- a SafeLoader
    return template


def leads_table(template: Template, name: str = "leads") -> dict[str, Any]:
    """The arguments of DynamoDB's CreateTable that make the template's LeadsTable."""
    properties = template["Resources"]["LeadsTable"]["Properties"]
    return {"TableName": name, **{key: properties[key] for key in ALIKE if key in properties}}


@dataclass(frozen=True)
class Route:
    """One address of the HTTP API and the handler behind it."""

    method: str
    path: str
    handler: str

    @property
    def key(self) -> str:
        """As API Gateway names it in the event."""
        return f"{self.method} {self.path}"


def routes(template: Template) -> Iterator[Route]:
    """Every route of the HTTP API."""
    for resource in template["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "HttpApi":
                facts = event["Properties"]
                yield Route(facts["Method"], facts["Path"], resource["Properties"]["Handler"])
