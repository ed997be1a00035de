"""The site's S3 bucket: the site's files and the records of its releases."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel

from infra.facts import ReleaseFacts
from infra.publish.release import File, Live, Release

SITE = "site/"
RECORDS = "releases/"
LIVE = f"{RECORDS}live.json"

CONFLICT = {"PreconditionFailed", "ConditionalRequestConflict"}
MISSING = {"NoSuchKey", "NoSuchVersion", "404"}


class OvertakenError(Exception):
    """Another process has changed what is live since it was read."""


@dataclass(frozen=True)
class Bucket:
    """Every request to S3 that publishing makes."""

    name: str
    client: Any

    def live(self) -> tuple[Live, str]:
        """Return what is live and the ETag of its record; an empty record and "" if nothing was ever published."""
        try:
            found = self.client.get_object(Bucket=self.name, Key=LIVE)
        except ClientError as error:
            if _code(error) not in MISSING:
                raise
            return Live(), ""
        return Live.model_validate_json(found["Body"].read()), found["ETag"]

    def set_live(self, live: Live, etag: str) -> str:
        """Write what is live if its record still has this ETag, and return the new one. Raises OvertakenError."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            return str(self._put_record(LIVE, live, **condition)["ETag"])
        except ClientError as error:
            if _code(error) not in CONFLICT:
                raise
        # boto3 sends a request again if its answer was lost; the second one conflicts with what the first one wrote.
        found, etag = self.live()
        if found != live:
            raise OvertakenError
        return etag

    def release(self, name: str) -> Release | None:
        """Return a former release, or None if there is no record of it."""
        record = self._record(f"{RECORDS}{name}.json")
        return Release.model_validate_json(record) if record else None

    def facts(self, sha256: str) -> ReleaseFacts | None:
        """Return the facts with this SHA-256, or None if there is no record of them."""
        record = self._record(_facts(sha256))
        return ReleaseFacts.model_validate_json(record) if record else None

    def _record(self, key: str) -> bytes:
        """Return a record, or nothing if there is none."""
        try:
            return bytes(self.client.get_object(Bucket=self.name, Key=key)["Body"].read())
        except ClientError as error:
            if _code(error) not in MISSING:
                raise
            return b""

    def put_release(self, release: Release) -> None:
        """Write the record of a release, for a rollback."""
        self._put_record(f"{RECORDS}{release.id}.json", release)

    def put_facts(self, facts: ReleaseFacts) -> None:
        """Store the facts of a release under their SHA-256, for a rollback."""
        self._put_record(_facts(facts.sha256), facts)

    def _put_record(self, key: str, record: BaseModel, **condition: str) -> Any:
        body = record.model_dump_json().encode()
        return self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType="application/json", **condition)

    def paths(self) -> frozenset[str]:
        """Return the path of every file in the bucket, whether or not a release knows it."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=SITE)
        return frozenset(each["Key"].removeprefix(SITE) for page in pages for each in page.get("Contents", ()))

    def put(self, path: str, file: File, body: bytes) -> str:
        """Upload a file and return its version's id. S3 compares the checksum and keeps nothing if it differs."""
        answer = self.client.put_object(
            Bucket=self.name,
            Key=SITE + path,
            Body=body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
            Metadata=dict(file.metadata),
            ChecksumSHA256=base64.b64encode(bytes.fromhex(file.sha256)).decode(),
        )
        return str(answer["VersionId"])

    def has(self, path: str, version: str) -> bool:
        """Return True if the bucket still keeps this version."""
        try:
            self.client.head_object(Bucket=self.name, Key=SITE + path, VersionId=version)
        except ClientError as error:
            if _code(error) not in MISSING:
                raise
            return False
        return True

    def restore(self, path: str, version: str) -> str:
        """Make an earlier version current again, with its headers, and return the new version's id."""
        source = {"Bucket": self.name, "Key": SITE + path, "VersionId": version}
        return str(self.client.copy_object(Bucket=self.name, Key=SITE + path, CopySource=source)["VersionId"])

    def remove(self, path: str) -> None:
        """Delete a file; its versions stay for a rollback."""
        self.client.delete_object(Bucket=self.name, Key=SITE + path)

    def put_text(self, sha256: str, body: bytes) -> None:
        """Store an article's source under its SHA-256."""
        self.client.put_object(Bucket=self.name, Key=_text(sha256), Body=body, ContentType="text/markdown")

    def text(self, sha256: str) -> bytes:
        """Return the article's source with this SHA-256."""
        return bytes(self.client.get_object(Bucket=self.name, Key=_text(sha256))["Body"].read())


def _facts(sha256: str) -> str:
    return f"{RECORDS}facts/{sha256}.json"


def _text(sha256: str) -> str:
    return f"{RECORDS}texts/{sha256}.md"


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
