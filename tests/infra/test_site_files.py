"""Tests of the built site as files to publish: each has its content type and its cache header."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from infra.publish.site_files import BuiltSite
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
        ("contact-card.vcf", "text/vcard; charset=utf-8"),
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


def test_a_build_is_read_with_the_files_of_its_folders(tmp_path: Path) -> None:
    (tmp_path / "sleep").mkdir()
    (tmp_path / "sleep" / "index.html").write_bytes(b"Sleep")
    (tmp_path / "feed.xml").write_bytes(b"<feed/>")
    assert BuiltSite.read(tmp_path).content == {"feed.xml": b"<feed/>", "sleep/index.html": b"Sleep"}


def test_a_file_is_described_by_its_content() -> None:
    (described,) = BuiltSite({"feed.xml": b"<feed/>"}).files.values()
    assert (described.size, described.sha256) == (7, sha256(b"<feed/>").hexdigest())


@pytest.mark.parametrize(
    ("mark", "metadata"), [('moved-to="/new/"', {"moved-to": "/new/"}), ('gone="1"', {"gone": "1"})]
)
def test_a_page_at_an_old_address_carries_what_the_edge_answers(
    stack: PublishedStack, mark: str, metadata: dict[str, str]
) -> None:
    stack.publish({"old/index.html": f'<!doctype html><html lang="en-US" data-{mark}>'.encode()})
    assert stack.object("old/index.html")["Metadata"] == metadata


def test_any_other_page_carries_nothing(stack: PublishedStack) -> None:
    stack.publish({"index.html": b'<!doctype html><html lang="en-US"><p data-gone="1">'})
    assert stack.object("index.html")["Metadata"] == {}
