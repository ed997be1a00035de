"""Tests of the built site's files, which are sent as S3 sends what was published."""

from __future__ import annotations

import pytest
from werkzeug import Response

from infra.local import static
from infra.local.builds import Build
from tests.support.local_requests import request


def fetched(path: str, build: Build) -> Response:
    return static.answer(request(path), build.output)


def test_a_file_is_sent_byte_for_byte(build: Build) -> None:
    assert fetched("/guide/index.html", build).data == b"<body>guide</body>"


@pytest.mark.parametrize("path", ["/nothing/", "/guide/", "/guide", "/"])
def test_what_is_no_file_is_forbidden(path: str, build: Build) -> None:
    assert fetched(path, build).status_code == 403


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/%00"])
def test_no_path_leads_out_of_the_site(path: str, build: Build) -> None:
    assert fetched(path, build).status_code == 403


def test_a_file_has_its_published_type(build: Build) -> None:
    assert fetched("/assets/icon.svg", build).content_type == "image/svg+xml; charset=utf-8"


@pytest.mark.parametrize(("path", "words"), [("/index.html", "no-cache"), ("/assets/icon.svg", "immutable")])
def test_a_file_says_how_long_to_keep_it(path: str, words: str, build: Build) -> None:
    assert words in fetched(path, build).headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [("/old/index.html", "x-amz-meta-moved-to", "/guide/"), ("/closed/index.html", "x-amz-meta-gone", "1")],
)
def test_a_file_at_an_old_address_has_its_metadata(path: str, name: str, value: str, build: Build) -> None:
    assert fetched(path, build).headers[name] == value
