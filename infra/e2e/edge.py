"""What visitors meet: CloudFront as its distribution is set up, with the site's bucket and the functions behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from infra import template
from infra.e2e.environment import variables
from infra.local.gateway import Gateway
from infra.stack import client

RESOLVE = "{{resolve:secretsmanager:"


@dataclass(frozen=True)
class CloudFrontEdge:
    """The stack, as visitors see it."""

    outputs: Mapping[str, str]
    log: StringIO = field(default_factory=StringIO)
    """What the functions write down."""

    @property
    def address(self) -> str:
        return self.outputs["SiteAddress"]

    @cached_property
    def _config(self) -> Any:
        return client("cloudfront").get_distribution_config(Id=self.outputs["DistributionId"])["DistributionConfig"]

    def _origin(self, path: str) -> Any:
        """The origin that the distribution's behaviors choose for this path."""
        behaviors = [*self._config["CacheBehaviors"]["Items"], self._config["DefaultCacheBehavior"]]
        chosen = next(each for each in behaviors if fnmatch(path, each.get("PathPattern", "*")))
        return next(origin for origin in self._config["Origins"]["Items"] if origin["Id"] == chosen["TargetOriginId"])

    def fetch(self, url: str) -> bytes:
        """A page, as `make publish` looks at it. Raises OSError."""
        path = urlsplit(url).path
        origin = self._origin(path)
        key = f"{origin['OriginPath']}{path}{'index.html' if path.endswith('/') else ''}".lstrip("/")
        try:
            body: bytes = client("s3").get_object(Bucket=self.outputs["SiteBucket"], Key=key)["Body"].read()
        except ClientError as error:
            raise OSError(f"the bucket has no {key}") from error
        return body

    def has(self, path: str) -> bool:
        """Whether there is a page."""
        try:
            return bool(self.fetch(self.address + path))
        except OSError:
            return False

    def invalidations(self) -> dict[str, set[str]]:
        """The pages that CloudFront was told to forget, by the name of each invalidation."""
        cloudfront, here = client("cloudfront"), {"DistributionId": self.outputs["DistributionId"]}
        listed = cloudfront.list_invalidations(**here)["InvalidationList"].get("Items", [])
        found = [cloudfront.get_invalidation(**here, Id=each["Id"])["Invalidation"] for each in listed]
        return {each["Id"]: set(each["InvalidationBatch"]["Paths"]["Items"]) for each in found}

    def request_path(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """What the functions answer to a visitor's request."""
        sent = self._origin(path).get("CustomHeaders", {}).get("Items", [])
        added = {item["HeaderName"]: resolved(item["HeaderValue"]) for item in sent}
        return self.request_api(method, path, body, **added, **headers)

    def request_api(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """What they answer to somebody who found the API's own address."""
        kind = "application/x-www-form-urlencoded" if body else None
        place = self.outputs["ApiAddress"]
        builder = EnvironBuilder(
            path, method=method, base_url=place, data=body, content_type=kind, headers=list(headers.items())
        )
        name = "StaffFunction" if path.startswith("/staff/") else "CaptureFunction"
        with variables(self.environment(name)), redirect_stdout(self.log):
            return Gateway(template.routes(template.load())).answer(Request(builder.get_environ()))

    def environment(self, function: str) -> dict[str, str]:
        """What the deployed function finds in its environment, secrets resolved as CloudFormation resolves them."""
        found = client("lambda").get_function_configuration(FunctionName=self.outputs[function])
        return {name: resolved(value) for name, value in found["Environment"]["Variables"].items()}


def resolved(value: str) -> str:
    """A dynamic reference's value; any other value as it is."""
    if not value.startswith(RESOLVE):
        return value
    secret = value.removeprefix(RESOLVE).removesuffix("}}")
    return str(client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def as_json(response: Response) -> Any:
    """The body of a function's answer to a script."""
    return json.loads(response.get_data(as_text=True))
