"""Tests of the built site as files to publish: each has its content type and its cache header."""

from __future__ import annotations

import pytest

from tests.support.cdn import (
    PublishedStack,
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("feed.xml", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("assets/form.1.js", "text/javascript; charset=utf-8"),
        ("assets/icon.1.svg", "image/svg+xml; charset=utf-8"),
        ("assets/bed.1.avif", "image/avif"),
        ("assets/bed.1.png", "image/png"),
        ("assets/letters.1.woff2", "font/woff2"),
    ],
)
def test_each_file_says_what_it_is(stack: PublishedStack, path: str, kind: str) -> None:
    stack.publish({path: b"x"})
    assert stack.object(path)["ContentType"] == kind


@pytest.mark.parametrize(
    ("path", "how_long"),
    [
        ("index.html", "no-cache"),
        ("feed.xml", "no-cache"),
        ("assets/form.1.js", "public, max-age=31536000, immutable"),
    ],
)
def test_each_file_says_how_long_to_keep_it(stack: PublishedStack, path: str, how_long: str) -> None:
    stack.publish({path: b"x"})
    assert stack.object(path)["CacheControl"] == how_long
