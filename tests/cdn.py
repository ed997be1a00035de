"""A stack's bucket, functions and CDN in memory, and what visitors get from them."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from infra.publish.bucket import Bucket
from infra.publish.distribution import Distribution
from infra.publish.functions import Code, Functions
from infra.publish.output import Output
from infra.publish.publishing import Cloud, Publisher, Step, carry_out, publishing, rolling_back
from infra.publish.release import Release

SITE: Mapping[str, bytes] = {
    "index.html": b'<link href="/assets/look.1.css"><a href="/sleep/">Sleep</a> <a href="/old/">Old</a>',
    "sleep/index.html": b'<link href="/assets/look.1.css"><img src="/assets/bed.1.png">',
    "old/index.html": b'<link href="/assets/look.1.css"><img src="/assets/old.1.png">',
    "feed.xml": b"<feed>sleep old</feed>",
    "assets/look.1.css": b"a {}",
    "assets/bed.1.png": b"bed",
    "assets/old.1.png": b"old",
}

LATER: Mapping[str, bytes] = {
    "index.html": b'<link href="/assets/look.2.css"><a href="/sleep/">Sleep</a> <a href="/new/">New</a>',
    "sleep/index.html": b'<link href="/assets/look.2.css"><img src="/assets/bed.1.png">',
    "new/index.html": b'<link href="/assets/look.2.css"><img src="/assets/new.1.png">',
    "feed.xml": b"<feed>sleep new</feed>",
    "assets/look.2.css": b"b {}",
    "assets/bed.1.png": b"bed",
    "assets/new.1.png": b"new",
}
"""A page and a picture more, a page and a picture less, another look everywhere."""

WRITES = re.compile("Put|Copy|Delete|Create|Update")


def code(shell: str) -> Code:
    """The functions' zip with this frame for their pages."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo("leads/compiled/shell.html"), shell)
    return Code.of(zipped.getvalue())


CODE = code('<link href="/assets/look.1.css">')
LATER_CODE = code('<link href="/assets/look.2.css">')


class Killed(BaseException):
    """The process is no more: nothing catches this."""


@dataclass
class Calls:
    """The API calls that were made, and after how many of them the process is killed."""

    made: list[str] = field(default_factory=list)
    lives: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def before(self, model: Any, **_: object) -> None:
        with self._lock:
            if self.lives is not None and len(self.made) >= self.lives:
                raise Killed
            self.made.append(model.name)

    def begin(self, lives: int | None = None) -> None:
        self.made, self.lives = [], lives

    @property
    def writes(self) -> list[str]:
        return [name for name in self.made if WRITES.match(name)]


@dataclass
class Stack:
    """The services, a clock that only goes when it is told to, and who publishes."""

    cloud: Cloud
    calls: Calls
    now: dt.datetime = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)
    others_live: bool = False

    def publishing(self, content: Mapping[str, bytes], code: Code | None = CODE, **options: bool) -> Step:
        return publishing(self.cloud, content, Output(content).files, code, self.now, **options)

    def publish(self, content: Mapping[str, bytes], code: Code | None = CODE, **options: bool) -> Release:
        return self.carry_out(self.publishing(content, code, **options))

    def roll_back(self) -> Release:
        return self.carry_out(rolling_back(self.cloud, self.now))

    def carry_out(self, step: Step, owner: str = "ada@desk, process 1") -> Release:
        publisher = Publisher(owner, lambda other: self.others_live and other != owner)
        return carry_out(step, self.cloud, publisher, lambda: self.now, lambda _: None)

    def pass_time(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    def object(self, path: str) -> Mapping[str, Any]:
        """A file as CloudFront gets it."""
        found: Mapping[str, Any] = _s3().get_object(Bucket=self.cloud.bucket.name, Key=f"site/{path}")
        return found

    def served(self) -> Mapping[str, bytes]:
        """Everything that visitors can get."""
        listed = _s3().list_objects_v2(Bucket=self.cloud.bucket.name, Prefix="site/").get("Contents", [])
        paths = [each["Key"].removeprefix("site/") for each in listed]
        return {path: self.object(path)["Body"].read() for path in paths}

    def pages(self) -> Mapping[str, bytes]:
        return pages(self.served())

    def shells(self) -> list[bytes]:
        """The frame of each function's pages."""
        client = boto3.client("lambda")
        found = [client.get_function(FunctionName=name)["Configuration"] for name in self.cloud.functions.names]
        known = {each.sha256: each.body for each in (CODE, LATER_CODE)}
        return [_shell(known[configuration["CodeSha256"]]) for configuration in found]

    def invalidated(self) -> list[str]:
        """The paths of the last invalidation, in their order; none if there was none."""
        client = boto3.client("cloudfront")
        batches = client.list_invalidations(DistributionId=self.cloud.distribution.id)["InvalidationList"]
        found = [
            client.get_invalidation(DistributionId=self.cloud.distribution.id, Id=each["Id"])["Invalidation"]
            for each in batches.get("Items", [])
        ]
        return sorted(path for each in found for path in each["InvalidationBatch"]["Paths"]["Items"])


def pages(content: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """What in it is no asset."""
    return {path: body for path, body in content.items() if not path.startswith("assets/")}


def missing(served: Mapping[str, bytes], more: Iterable[bytes] = ()) -> set[str]:
    """The assets that a page refers to and that are not there."""
    wanted = {name for body in (*served.values(), *more) for name in re.findall(rb"/(assets/[^\"]+)", body)}
    return {name.decode() for name in wanted} - served.keys()


def _shell(zipped: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return archive.read("leads/compiled/shell.html")


def _s3() -> Any:
    return boto3.client("s3")


def stack() -> Stack:
    """A stack as `make deploy` leaves it, with nothing published. Only inside moto's spell."""
    bucket = "clinic-callback-site"
    _s3().create_bucket(Bucket=bucket)
    _s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    calls = Calls()
    functions = Functions(_functions(), bucket, _watched("lambda", calls.before))
    distribution = Distribution(_distribution(), _watched("cloudfront", calls.before))
    return Stack(Cloud(Bucket(bucket, _watched("s3", calls.before)), functions, distribution), calls)


def _watched(service: str, before: Callable[..., None]) -> Any:
    client = boto3.client(service)  # type: ignore[call-overload]  # a service by name
    client.meta.events.register("before-call", before)
    return client


def _functions() -> tuple[str, ...]:
    role = boto3.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    names = ("capture", "staff", "sweep")
    for name in names:
        boto3.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler=f"leads.{name}.handler",
            Code={"ZipFile": CODE.body},
        )
    return names


def _distribution() -> str:
    origin = {"Id": "site", "DomainName": "site.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    made = boto3.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "stack",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "site",
                "ViewerProtocolPolicy": "https-only",
                "CachePolicyId": "site",
            },
        }
    )
    return str(made["Distribution"]["Id"])
