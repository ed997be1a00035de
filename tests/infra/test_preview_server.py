"""Tests of the server that answers as CloudFront does."""

from __future__ import annotations

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from werkzeug.test import Client, TestResponse

from infra import preview_server
from infra.local.builds import Build
from infra.preview_server import PreviewApp


def fetched(build: Build, path: str, encodings: str = "gzip, br") -> TestResponse:
    return Client(PreviewApp(build)).get(path, headers={"accept-encoding": encodings})


@pytest.mark.parametrize(("path", "words"), [("/", b"home"), ("/guide/", b"guide"), ("/assets/icon.svg", b"<svg/>")])
def test_a_file_is_compressed(build: Build, path: str, words: bytes) -> None:
    response = fetched(build, path)
    assert response.headers["content-encoding"] == "br"
    assert words in brotli.decompress(response.data)


def test_a_browser_without_brotli_gets_the_file_itself(build: Build) -> None:
    response = fetched(build, "/guide/", "gzip")
    assert (response.data, response.headers.get("content-encoding")) == (b"<body>guide</body>", None)


def test_a_picture_is_not_compressed_again(build: Build) -> None:
    (build.output / "bed.png").write_bytes(b"bed")
    assert fetched(build, "/bed.png").data == b"bed"


def test_no_live_reload_is_on_a_page(build: Build) -> None:
    assert b"script" not in fetched(build, "/", "").data


@pytest.mark.parametrize("path", ["/nothing/", "/../secret.txt"])
def test_anything_else_is_the_sites_own_404(build: Build, path: str) -> None:
    response = fetched(build, path, "")
    assert (response.status_code, response.data) == (404, b"<body>nothing here</body>")


def test_the_builds_headers_are_on_each_response(build: Build) -> None:
    assert fetched(build, "/assets/icon.svg").headers["cache-control"] == "immutable"


def test_every_page_that_is_seen_has_its_address(build: Build) -> None:
    assert preview_server.addresses(build.output) == ["/", "/404.html", "/closed/", "/guide/"]


def test_articles_are_known_by_their_type(build: Build) -> None:
    page = build.output / "guide" / "index.html"
    page.write_text('<meta property="og:type" content="article">', encoding="utf-8")
    assert preview_server.articles(build.output) == ["/guide/"]


@pytest.mark.parametrize(("address", "file"), [("/guide/", "guide/index.html"), ("/404.html", "404.html")])
def test_an_address_has_its_file(build: Build, address: str, file: str) -> None:
    assert preview_server.file_of(build.output, address) == build.output / file


@pytest.mark.usefixtures("loopback")
def test_it_serves_as_long_as_the_block_lasts(build: Build) -> None:
    with preview_server.serving(build) as address:
        assert address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("path", "location"), [("/old/", "/guide/"), ("/old/?utm_source=pinterest&a=1", "/guide/?utm_source=pinterest&a=1")]
)
def test_an_old_address_leads_to_the_new_one(path: str, location: str, build: Build) -> None:
    response = fetched(build, path, "")
    assert (response.status_code, response.headers["location"]) == (301, location)


def test_an_address_that_was_taken_away_is_gone(build: Build) -> None:
    response = fetched(build, "/closed/", "")
    assert (response.status_code, "taken away" in response.get_data(as_text=True)) == (410, True)
