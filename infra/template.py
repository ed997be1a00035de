"""infra/template.yaml as data, for the local system, the commands and the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Template = Mapping[str, Any]

PATH = Path(__file__).with_name("template.yaml")

TABLE_PROPERTIES = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
"""Properties of a table that CloudFormation and DynamoDB's CreateTable write in the same way."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions: `!Ref Api` is read as {"Ref": "Api"}."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    readers = {yaml.ScalarNode: "construct_scalar", yaml.SequenceNode: "construct_sequence"}
    read = getattr(loader, readers.get(type(node), "construct_mapping"))
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": read(node)}


_Loader.add_multi_constructor("!", _function)


def load(path: Path = PATH) -> Template:
    """Return the template as plain data."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Template:
    """Return the text of a template, YAML or JSON, as plain data."""
    template: Template = yaml.load(text, _Loader)  # noqa: S506 -- a SafeLoader
    return template


def leads_table(template: Template, name: str = "leads") -> dict[str, Any]:
    """Return the arguments of DynamoDB's CreateTable that make the template's LeadsTable."""
    return _table(template, "LeadsTable", name)


def facts_table(template: Template, name: str = "facts") -> dict[str, Any]:
    """Return the arguments of DynamoDB's CreateTable that make the template's FactsTable."""
    return _table(template, "FactsTable", name)


def _table(template: Template, logical_id: str, name: str) -> dict[str, Any]:
    properties = template["Resources"][logical_id]["Properties"]
    return {"TableName": name, **{key: properties[key] for key in TABLE_PROPERTIES if key in properties}}


@dataclass(frozen=True)
class Route:
    """One address of the HTTP API and the handler behind it."""

    method: str
    path: str
    handler: str

    @property
    def key(self) -> str:
        """The route key of API Gateway's event: "POST /api/leads"."""
        return f"{self.method} {self.path}"


def routes(template: Template) -> Iterator[Route]:
    """Yield every route of the HTTP API."""
    for resource in template["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "HttpApi":
                properties = event["Properties"]
                yield Route(properties["Method"], properties["Path"], resource["Properties"]["Handler"])


def functions(template: Template) -> dict[str, dict[str, Any]]:
    """Return the properties of each Lambda function by its handler, with what all functions have in common."""
    resources = [found for found in template["Resources"].values() if found["Type"] == "AWS::Serverless::Function"]
    merged = [{**template["Globals"]["Function"], **resource["Properties"]} for resource in resources]
    return {properties["Handler"]: properties for properties in merged}
