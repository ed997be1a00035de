"""Tests of the built site's files as the local system serves them."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug import Response

from infra.local import static
from infra.local.builds import Build
from tests.support.local_requests import request


def fetched(path: str, build: Build, **facts: Any) -> Response:
    response = static.answer(request(path, **facts), build)
    static.add_headers(response, path, build)
    with response:  # reads the file and closes it
        response.direct_passthrough = False
        response.make_sequence()
    return response


def test_a_folder_answers_with_its_index(build: Build) -> None:
    assert "guide" in fetched("/guide/", build).get_data(as_text=True)


def test_a_folder_without_its_slash_is_led_there(build: Build) -> None:
    assert fetched("/guide", build).headers["location"] == "/guide/"


def test_a_page_names_its_build(build: Build) -> None:
    script = '<script src="/local/reload.js" data-build="17" defer></script></body>'
    assert fetched("/", build).get_data(as_text=True).endswith(script)


def test_a_missing_page_answers_404(build: Build) -> None:
    assert fetched("/nothing/", build).status_code == 404


def test_a_missing_page_is_the_sites_own(build: Build) -> None:
    assert "nothing here" in fetched("/nothing/", build).get_data(as_text=True)


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt"])
def test_no_path_leads_out_of_the_site(path: str, build: Build) -> None:
    assert fetched(path, build).status_code == 404


def test_a_picture_has_its_own_type(build: Build) -> None:
    assert fetched("/assets/icon.svg", build).mimetype == "image/svg+xml"


def test_a_files_own_header_wins_over_the_default(build: Build) -> None:
    assert fetched("/assets/icon.svg", build).headers["cache-control"] == "immutable"


def test_the_default_headers_are_on_every_page(build: Build) -> None:
    assert fetched("/guide/", build).headers["x-content-type-options"] == "nosniff"


def test_files_can_only_be_read(build: Build) -> None:
    assert fetched("/", build, method="POST").status_code == 405


@pytest.mark.parametrize(
    ("path", "location"), [("/old/", "/guide/"), ("/old/?utm_source=pinterest&a=1", "/guide/?utm_source=pinterest&a=1")]
)
def test_an_old_address_leads_to_the_new_one(path: str, location: str, build: Build) -> None:
    response = fetched(path, build)
    assert (response.status_code, response.headers["location"]) == (301, location)


def test_an_address_that_was_taken_away_is_gone(build: Build) -> None:
    response = fetched("/closed/", build)
    assert (response.status_code, "taken away" in response.get_data(as_text=True)) == (410, True)
