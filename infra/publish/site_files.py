"""The built site as files to publish, each with its content type and cache header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from infra import cloudfront, media, template
from infra.publish.release import File
from plugins.output import moved

TEXT = ("text/", "application/atom+xml", "application/json", "application/xml", "image/svg+xml")
"""Media types of text, which is UTF-8 here; the content type says so."""

BY_NAME = {"favicon.ico": "image/x-icon", "feed.xml": "application/atom+xml", "sitemap.xml": "application/xml"}


@dataclass(frozen=True)
class BuiltSite:
    """The files of a build, read once, so that what is uploaded is what was compared."""

    content: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path) -> BuiltSite:
        """Read every file of the folder."""
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        return cls({file.relative_to(folder).as_posix(): file.read_bytes() for file in files})

    @property
    def files(self) -> Mapping[str, File]:
        return {path: describe(path, body) for path, body in self.content.items()}


def describe(path: str, body: bytes) -> File:
    """Return the file's record: hash, size, and the headers that readers get with it."""
    old = moved.read(body)
    return File(
        sha256=sha256(body).hexdigest(),
        size=len(body),
        content_type=content_type(path),
        cache_control=cache_control(path),
        metadata=old.metadata if old else {},
    )


def content_type(path: str) -> str:
    """Return the content type, with the charset if it is text."""
    kind = BY_NAME.get(path) or media.content_type(Path(path))
    return f"{kind}; charset=utf-8" if kind.startswith(TEXT) else kind


def cache_control(path: str) -> str:
    """Return the Cache-Control header that the template's response headers policy has for this path."""
    return cloudfront.behavior_of(f"/{path}", _behaviors()).response_headers["Cache-Control"].value


@cache
def _behaviors() -> tuple[cloudfront.CacheBehavior, ...]:
    return cloudfront.behaviors(template.load())
