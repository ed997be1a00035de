"""The built site as files to publish, each with the headers that the bucket keeps for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from infra import media
from infra.publish.release import File
from plugins.output.headers import HEADERS

TEXT = ("text/", "application/atom+xml", "application/json", "application/xml", "image/svg+xml")
"""Kinds of content that are written in UTF-8 here, and say so."""

BY_NAME = {"feed.xml": "application/atom+xml", "sitemap.xml": "application/xml"}


@dataclass(frozen=True)
class BuiltSite:
    """What a build has written, read once: what is uploaded is what was compared."""

    content: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path) -> BuiltSite:
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        return cls({file.relative_to(folder).as_posix(): file.read_bytes() for file in files})

    @property
    def files(self) -> Mapping[str, File]:
        return {path: describe(path, body) for path, body in self.content.items()}


def describe(path: str, body: bytes) -> File:
    """The file with the content type and cache header that readers get with it."""
    return File(
        sha256=sha256(body).hexdigest(),
        size=len(body),
        content_type=content_type(path),
        cache_control=cache_control(path),
    )


def content_type(path: str) -> str:
    """As browsers and feed readers expect it, with its charset where it is text."""
    kind = BY_NAME.get(path) or media.content_type(Path(path))
    return f"{kind}; charset=utf-8" if kind.startswith(TEXT) else kind


def cache_control(path: str) -> str:
    """How long to keep it: what the build says about its headers."""
    matching = [headers for pattern, headers in HEADERS.items() if fnmatch(f"/{path}", pattern)]
    return {**HEADERS["default"], **(matching[0] if matching else {})}["Cache-Control"]
