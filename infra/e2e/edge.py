"""CloudFront as the stack's distribution configures it, with the site's bucket and the functions behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from infra import path_patterns, stack, template
from infra.e2e.environment import variables
from infra.local.gateway import Gateway
from infra.stack import client

RESOLVE = "{{resolve:secretsmanager:"


@dataclass(frozen=True)
class CloudFrontEdge:
    """Answers requests as the stack's CloudFront distribution does."""

    outputs: Mapping[str, str]
    log: StringIO = field(default_factory=StringIO)
    """The functions' log."""

    @property
    def address(self) -> str:
        return self.outputs["SiteAddress"]

    @cached_property
    def _config(self) -> Any:
        return client("cloudfront").get_distribution_config(Id=self.outputs["DistributionId"])["DistributionConfig"]

    def _origin(self, path: str) -> Any:
        """Return the origin of the first cache behavior that matches this path."""
        behaviors = [*self._config["CacheBehaviors"]["Items"], self._config["DefaultCacheBehavior"]]
        chosen = next(each for each in behaviors if path_patterns.matches(path, each.get("PathPattern", "*")))
        return next(origin for origin in self._config["Origins"]["Items"] if origin["Id"] == chosen["TargetOriginId"])

    def fetch(self, url: str) -> bytes:
        """Return the page at this address, as `make publish` fetches it. Raises OSError."""
        body: bytes = self._stored(urlsplit(url).path)["Body"].read()
        return body

    def moved_to(self, path: str) -> str:
        """Return the address that the edge sends a visitor of an old address to; "" for any other page.

        The function that turns the metadata into a response is not run here. Raises OSError.
        """
        return str(self._stored(path)["Metadata"].get("moved-to", ""))

    def _stored(self, path: str) -> Any:
        origin = self._origin(path)
        key = f"{origin['OriginPath']}{path}{'index.html' if path.endswith('/') else ''}".lstrip("/")
        try:
            return client("s3").get_object(Bucket=self.outputs["SiteBucket"], Key=key)
        except ClientError as error:
            raise OSError(f"the bucket has no {key}") from error

    def has(self, path: str) -> bool:
        """Return True if there is a page at this path."""
        try:
            return bool(self.fetch(self.address + path))
        except OSError:
            return False

    def invalidations(self) -> dict[str, set[str]]:
        """Return the paths of each invalidation, by its id."""
        cloudfront, here = client("cloudfront"), {"DistributionId": self.outputs["DistributionId"]}
        listed = cloudfront.list_invalidations(**here)["InvalidationList"].get("Items", [])
        found = [cloudfront.get_invalidation(**here, Id=each["Id"])["Invalidation"] for each in listed]
        return {each["Id"]: set(each["InvalidationBatch"]["Paths"]["Items"]) for each in found}

    def request_path(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """Return the functions' response to a visitor's request, which CloudFront passes on with its own headers."""
        sent = self._origin(path).get("CustomHeaders", {}).get("Items", [])
        added = {item["HeaderName"]: resolved(item["HeaderValue"]) for item in sent}
        return self.request_api(method, path, body, **added, **headers)

    def request_api(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """Return the functions' response to a request that goes to the API's own address, past CloudFront."""
        kind = "application/x-www-form-urlencoded" if body else None
        address = self.outputs["ApiAddress"]
        builder = EnvironBuilder(
            path, method=method, base_url=address, data=body, content_type=kind, headers=list(headers.items())
        )
        name = "Staff" if path.startswith("/staff/") else "Capture"
        with variables(self.environment(name)), redirect_stdout(self.log):
            return Gateway(template.routes(template.load())).answer(Request(builder.get_environ()))

    def environment(self, function: str) -> dict[str, str]:
        """Return the deployed function's variables, with secrets resolved as CloudFormation resolves them."""
        here = {"StackName": stack.NAME, "LogicalResourceId": function}
        name = client("cloudformation").describe_stack_resource(**here)["StackResourceDetail"]["PhysicalResourceId"]
        found = client("lambda").get_function_configuration(FunctionName=name)
        deployed = {name: resolved(value) for name, value in found["Environment"]["Variables"].items()}
        return {**deployed, "LEADS_FACTS_MAX_AGE": "0"}  # the scenario does not wait five minutes for a change


def resolved(value: str) -> str:
    """Return the secret that a dynamic reference names, and any other value unchanged."""
    if not value.startswith(RESOLVE):
        return value
    secret = value.removeprefix(RESOLVE).removesuffix("}}")
    return str(client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def as_json(response: Response) -> Any:
    """Return the body of a JSON response."""
    return json.loads(response.get_data(as_text=True))
