"""A stack's bucket, table of facts and distribution in moto, and what visitors get from them."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock

import boto3
import pytest
from moto import mock_aws

from infra import stack
from infra.facts import FactsTable, ReleaseFacts, people_item_of
from infra.publish import __main__ as command
from infra.publish import distribution
from infra.publish.bucket import Bucket
from infra.publish.distribution import Distribution
from infra.publish.publishing import Cloud, Publisher, Transition, carry_out, inspect, plan_publish, plan_rollback
from infra.publish.release import Release
from infra.publish.site_files import BuiltSite
from infra.template import facts_table, load
from tests.support.deployment import REAL

ADDRESS = "https://www.example.com"

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
"""One page and picture added, one of each removed, and another style sheet for all."""

WRITES = re.compile("Put|Copy|Delete|Create|Update")


SHELL = '<link href="/assets/look.1.css"><title><!--title--></title><!--main-->'
FACTS = ReleaseFacts.of(REAL.facts_json, SHELL)
LATER_FACTS = ReleaseFacts.of(REAL.facts_json, SHELL.replace("look.1", "look.2"))


class Killed(BaseException):
    """The process is killed: no code catches this."""


@dataclass
class ApiCalls:
    """Records API calls, and kills the process after so many of them."""

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
class PublishedStack:
    """A stack that is published to, with a clock that the test moves."""

    cloud: Cloud
    calls: ApiCalls
    now: dt.datetime = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)
    others_live: bool = False

    def plan_publish(
        self, content: Mapping[str, bytes], facts: ReleaseFacts = FACTS, *, everything: bool = False
    ) -> Transition:
        site = BuiltSite(content)
        return plan_publish(self.cloud, inspect(self.cloud), site, facts, self.now, everything=everything)

    def publish(
        self, content: Mapping[str, bytes], facts: ReleaseFacts = FACTS, *, everything: bool = False
    ) -> Release:
        return self.carry_out(self.plan_publish(content, facts, everything=everything))

    def roll_back(self) -> Release:
        return self.carry_out(plan_rollback(self.cloud, self.now))

    def carry_out(self, transition: Transition, owner: str = "ada@desk, process 1") -> Release:
        publisher = Publisher(owner, lambda other: self.others_live and other != owner)
        return carry_out(transition, self.cloud, publisher, lambda: self.now, lambda _: None)

    def pass_time(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    def connect(self, monkeypatch: pytest.MonkeyPatch, clients: Mapping[str, Any]) -> None:
        """Let the commands use this stack and its clock."""
        outputs = {
            "SiteBucket": self.cloud.bucket.name,
            "FactsTable": self.cloud.table.name,
            "DistributionId": self.cloud.distribution.id,
            "SiteAddress": ADDRESS,
        }
        monkeypatch.setattr(stack, "outputs", lambda _: outputs)
        monkeypatch.setattr(stack, "client", clients.__getitem__)
        monkeypatch.setattr(command, "ensure_publishable", lambda: REAL)
        monkeypatch.setattr(command, "now", lambda: self.now)
        monkeypatch.setattr(distribution, "pause", lambda _: None)

    def fetch(self, url: str) -> bytes:
        """Return the page as CloudFront would."""
        path = url.removeprefix(f"{ADDRESS}/")
        return self.served()[f"{path}index.html" if not path or path.endswith("/") else path]

    def object(self, path: str) -> Mapping[str, Any]:
        """Return S3's response for a file, as CloudFront gets it."""
        bucket = self.cloud.bucket
        found: Mapping[str, Any] = bucket.client.get_object(Bucket=bucket.name, Key=f"site/{path}")
        return found

    def served(self) -> Mapping[str, bytes]:
        """Return every file that visitors can get."""
        return {path: self.object(path)["Body"].read() for path in self.cloud.bucket.paths()}

    def pages(self) -> Mapping[str, bytes]:
        return pages(self.served())

    def shell(self) -> bytes:
        """Return the frame of the functions' pages; nothing before the first publish."""
        facts = self.cloud.table.facts()
        return facts.shell.encode() if facts else b""

    def invalidated(self) -> list[str]:
        """Return every path that was invalidated."""
        client, distribution = self.cloud.distribution.client, self.cloud.distribution.id
        listed = client.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
        found = [client.get_invalidation(DistributionId=distribution, Id=each["Id"]) for each in listed]
        return sorted(path for each in found for path in each["Invalidation"]["InvalidationBatch"]["Paths"]["Items"])


def pages(content: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the files that are not assets."""
    return {path: body for path, body in content.items() if not path.startswith("assets/")}


def missing(served: Mapping[str, bytes], more: Iterable[bytes] = ()) -> set[str]:
    """Return the files and pages that a page refers to and that are missing."""
    wanted = {name.decode() for body in (*served.values(), *more) for name in re.findall(rb'"/([^"]+)"', body)}
    return {f"{name}index.html" if name.endswith("/") else name for name in wanted} - served.keys()


@contextmanager
def aws_in_memory() -> Iterator[None]:
    """Run moto inside the block, without any variable of a real account."""
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with mock.patch.dict(os.environ, {**others, **keys}, clear=True), mock_aws():
        yield


@contextmanager
def hooked(client: Any, event: str, hook: Callable[..., None]) -> Iterator[None]:
    """Call the hook at each such event of the client inside the block."""
    client.meta.events.register(event, hook)
    try:
        yield
    finally:
        client.meta.events.unregister(event, hook)


@cache
def _facts_table() -> Mapping[str, Any]:
    return facts_table(load())


SERVICES = ("s3", "dynamodb", "cloudfront")
"""All that a publish needs: there is no client of Lambda."""


@dataclass
class CloudServices:
    """Clients of moto, made once; each stack has names of its own."""

    clients: Mapping[str, Any]
    calls: ApiCalls = field(default_factory=ApiCalls)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def make(cls) -> CloudServices:
        """Return the clients. Call this only while moto is active."""
        made = cls({service: boto3.client(service) for service in SERVICES})
        for client in made.clients.values():
            client.meta.events.register("before-call", made.calls.before)
        return made

    def stack(self) -> PublishedStack:
        """Return a stack with people and with nothing published."""
        self.calls.begin()
        number = next(self._numbers)
        bucket = f"clinic-callback-{number}"
        s3 = self.clients["s3"]
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        table = FactsTable(f"facts-{number}", self.clients["dynamodb"])
        table.client.create_table(**{**_facts_table(), "TableName": table.name})
        table.put(people_item_of(REAL))
        distribution = Distribution(self._distribution(number), self.clients["cloudfront"])
        made = PublishedStack(Cloud(Bucket(bucket, s3), table, distribution), self.calls)
        self.calls.begin()
        return made

    def _distribution(self, number: int) -> str:
        origin = {"Id": "site", "DomainName": "site.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        behavior = {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "site"}
        made = self.clients["cloudfront"].create_distribution(
            DistributionConfig={
                "CallerReference": str(number),
                "Comment": "",
                "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": behavior,
            }
        )
        return str(made["Distribution"]["Id"])
