"""The site's bucket: the site's files, and the records of its releases."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel

from infra.publish.release import File, Live, Release

SITE = "site/"
RECORDS = "releases/"
LIVE = f"{RECORDS}live.json"

CONFLICT = {"PreconditionFailed", "ConditionalRequestConflict"}
MISSING = {"NoSuchKey", "NoSuchVersion", "404"}


class OvertakenError(Exception):
    """Somebody else has changed what is live since it was looked at."""


@dataclass(frozen=True)
class Bucket:
    """All that is asked of S3."""

    name: str
    client: Any

    def live(self) -> tuple[Live, str]:
        """What is live, and the mark by which to notice that it has changed; empty if nothing was ever published."""
        try:
            found = self.client.get_object(Bucket=self.name, Key=LIVE)
        except ClientError as error:
            if _code(error) not in MISSING:
                raise
            return Live(), ""
        return Live.model_validate_json(found["Body"].read()), found["ETag"]

    def set_live(self, live: Live, etag: str) -> str:
        """Write down what is live, if nobody has since `mark`; the new mark. Raises OvertakenError."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            return str(self._put_record(LIVE, live, **condition)["ETag"])
        except ClientError as error:
            if _code(error) not in CONFLICT:
                raise
        # A request that was sent again, because its answer was lost, meets what it has written itself.
        found, etag = self.live()
        if found != live:
            raise OvertakenError
        return etag

    def release(self, name: str) -> Release | None:
        """A release of the past; None if there is no record of it."""
        try:
            found = self.client.get_object(Bucket=self.name, Key=f"{RECORDS}{name}.json")
        except ClientError as error:
            if _code(error) not in MISSING:
                raise
            return None
        return Release.model_validate_json(found["Body"].read())

    def keep(self, release: Release) -> None:
        """Write down a release, for a rollback."""
        self._put_record(f"{RECORDS}{release.id}.json", release)

    def _put_record(self, key: str, record: BaseModel, **condition: str) -> Any:
        body = record.model_dump_json().encode()
        return self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType="application/json", **condition)

    def paths(self) -> frozenset[str]:
        """The path of everything that is there, known or not."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=SITE)
        return frozenset(each["Key"].removeprefix(SITE) for page in pages for each in page.get("Contents", ()))

    def put(self, path: str, file: File, body: bytes) -> str:
        """Upload a file whole or not at all; S3 checks that it has arrived as it was sent. The version's name."""
        answer = self.client.put_object(
            Bucket=self.name,
            Key=SITE + path,
            Body=body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
            ChecksumSHA256=base64.b64encode(bytes.fromhex(file.sha256)).decode(),
        )
        return str(answer["VersionId"])

    def has(self, path: str, version: str) -> bool:
        """Whether this version is still kept."""
        try:
            self.client.head_object(Bucket=self.name, Key=SITE + path, VersionId=version)
        except ClientError as error:
            if _code(error) not in MISSING:
                raise
            return False
        return True

    def put_back(self, path: str, version: str) -> str:
        """Make an earlier version the current one, with its headers. The new version's name."""
        source = {"Bucket": self.name, "Key": SITE + path, "VersionId": version}
        return str(self.client.copy_object(Bucket=self.name, Key=SITE + path, CopySource=source)["VersionId"])

    def remove(self, path: str) -> None:
        """Take a file away; its versions stay for a rollback."""
        self.client.delete_object(Bucket=self.name, Key=SITE + path)

    def put_text(self, sha256: str, body: bytes) -> None:
        """Keep an article's source."""
        self.client.put_object(Bucket=self.name, Key=_text(sha256), Body=body, ContentType="text/markdown")

    def text(self, sha256: str) -> bytes:
        """Return an article's source."""
        return bytes(self.client.get_object(Bucket=self.name, Key=_text(sha256))["Body"].read())

    def put_code(self, key: str, body: bytes) -> None:
        """Keep the functions' code."""
        self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType="application/zip")


def _text(sha256: str) -> str:
    return f"{RECORDS}texts/{sha256}.md"


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
