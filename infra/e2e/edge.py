"""CloudFront in front of the stack's bucket and functions."""

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

from infra import stack, template
from infra.cloudfront import Edge
from infra.e2e.environment import variables
from infra.local.gateway import Gateway
from infra.publish.bucket import SITE
from infra.stack import client

RESOLVE = "{{resolve:secretsmanager:"


@dataclass(frozen=True)
class CloudFrontEdge:
    """Answers requests as the stack's CloudFront distribution does, with the secrets that it has deployed."""

    outputs: Mapping[str, str]
    log: StringIO = field(default_factory=StringIO)
    """The functions' log."""

    @property
    def address(self) -> str:
        return self.outputs["SiteAddress"]

    @cached_property
    def _edge(self) -> Edge:
        return Edge(template.load(), {"site": self._stored, "functions": self._called}, self._secrets)

    @property
    def _secrets(self) -> dict[str, str]:
        """Return the headers that the deployed distribution sends to its origins."""
        found = client("cloudfront").get_distribution_config(Id=self.outputs["DistributionId"])
        origins = found["DistributionConfig"]["Origins"]["Items"]
        sent = (item for origin in origins for item in origin.get("CustomHeaders", {}).get("Items", []))
        return {item["HeaderName"]: resolved(item["HeaderValue"]) for item in sent}

    def fetch(self, url: str) -> bytes:
        """Return the page at this address, as `make publish` fetches it. Raises OSError."""
        response = self.request_path("GET", urlsplit(url).path)
        if response.status_code != 200:
            raise OSError(f"{url} is answered with {response.status}")
        return response.get_data()

    def moved_to(self, path: str) -> str:
        """Return the address that the edge sends a visitor of an old address to; "" for any other page."""
        return self.request_path("GET", path).location or ""

    def _stored(self, request: Request) -> Response:
        """Return the bucket's file, with its metadata; 403 if there is none."""
        try:
            found = client("s3").get_object(Bucket=self.outputs["SiteBucket"], Key=f"{SITE}{request.path.lstrip('/')}")
        except ClientError:
            return Response(status=403)
        metadata = {f"x-amz-meta-{name}": value for name, value in found["Metadata"].items()}
        return Response(found["Body"].read(), content_type=found["ContentType"], headers=metadata)

    def _called(self, request: Request) -> Response:
        """Return the response of the deployed function behind this path."""
        name = "Staff" if request.path.startswith("/staff/") else "Capture"
        with variables(self.environment(name)), redirect_stdout(self.log):
            return Gateway(template.routes(template.load())).answer(request)

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
        """Return the response to a visitor's request."""
        return self._edge.answer(_request(self.address, method, path, body, headers))

    def request_api(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """Return the functions' response to a request that goes to the API's own address, past CloudFront."""
        return self._called(_request(self.outputs["ApiAddress"], method, path, body, headers))

    def environment(self, function: str) -> dict[str, str]:
        """Return the deployed function's variables, with secrets resolved as CloudFormation resolves them."""
        here = {"StackName": stack.NAME, "LogicalResourceId": function}
        name = client("cloudformation").describe_stack_resource(**here)["StackResourceDetail"]["PhysicalResourceId"]
        found = client("lambda").get_function_configuration(FunctionName=name)
        deployed = {name: resolved(value) for name, value in found["Environment"]["Variables"].items()}
        return {**deployed, "LEADS_FACTS_MAX_AGE": "0"}  # the scenario does not wait five minutes for a change


def _request(address: str, method: str, path: str, body: str, headers: Mapping[str, str]) -> Request:
    kind = "application/x-www-form-urlencoded" if body else None
    builder = EnvironBuilder(
        path, method=method, base_url=address, data=body, content_type=kind, headers=list(headers.items())
    )
    return Request(builder.get_environ())


def resolved(value: str) -> str:
    """Return the secret that a dynamic reference names, and any other value unchanged."""
    if not value.startswith(RESOLVE):
        return value
    secret = value.removeprefix(RESOLVE).removesuffix("}}")
    return str(client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def as_json(response: Response) -> Any:
    """Return the body of a JSON response."""
    return json.loads(response.get_data(as_text=True))
