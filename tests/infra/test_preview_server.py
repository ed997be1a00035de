"""Tests of the server of a built site, and of the list of its pages."""

from __future__ import annotations

from urllib.request import urlopen

import pytest

from infra import preview_server
from infra.local.builds import Build


def test_every_page_that_is_seen_has_its_address(build: Build) -> None:
    assert preview_server.addresses(build.output) == ["/", "/404.html", "/closed/", "/guide/", "/sorry.html"]


def test_articles_are_known_by_their_type(build: Build) -> None:
    page = build.output / "guide" / "index.html"
    page.write_text('<meta property="og:type" content="article">', encoding="utf-8")
    assert preview_server.articles(build.output) == ["/guide/"]


@pytest.mark.parametrize(("address", "file"), [("/guide/", "guide/index.html"), ("/404.html", "404.html")])
def test_an_address_has_its_file(build: Build, address: str, file: str) -> None:
    assert preview_server.file_of(build.output, address) == build.output / file


@pytest.mark.usefixtures("loopback")
def test_a_page_is_served_as_it_was_built(build: Build) -> None:
    with preview_server.serving(build.output) as address, urlopen(f"{address}/guide/", timeout=10) as response:
        assert response.read() == b"<body>guide</body>"
