"""Response headers that the build writes down."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.output.headers import HEADERS, page_policy
from tests.conftest import Site

HEADER = HEADERS["default"]["Content-Security-Policy"]

FETCHED = {"child", "connect", "font", "frame", "img", "manifest", "media", "object", "script", "worker"}
"""All kinds of things that a page may ask for (Content Security Policy Level 3, section 6.1), but styles."""


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (directive.split() for directive in policy.split(";"))}


def source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def policy_of(page: str) -> str:
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    return found[1] if found else ""


def style_of(page: str) -> str:
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    return str(style)


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    """Every page of the site, and the one that the functions fill in."""
    files = [*site.output.rglob("*.html"), site.compiled / "shell.html"]
    return {file.parent.name + file.name: file.read_text(encoding="utf-8") for file in files}


def test_the_header_is_the_same_whatever_is_built(site: Site) -> None:
    assert json.loads((site.compiled / "headers.json").read_text(encoding="utf-8")) == HEADERS


def test_each_page_allows_its_own_style_by_its_hash_and_no_other(pages: dict[str, str]) -> None:
    found = {name: directives(policy_of(page)) for name, page in pages.items()}
    assert found == {name: {"style-src": [source(style_of(page))]} for name, page in pages.items()}


def test_the_policy_comes_before_everything_that_it_is_about(pages: dict[str, str]) -> None:
    late = {name for name, page in pages.items() if re.search(r"<(link|style|script).*http-equiv", page, re.DOTALL)}
    assert late == set()


def test_no_page_has_a_second_style(pages: dict[str, str]) -> None:
    assert {name for name, page in pages.items() if page.count("<style") != 1} == set()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_policy_fits_into_an_attribute_whatever_the_style(style: str) -> None:
    assert not {'"', "&", "<"}.intersection(page_policy(style))


def test_the_header_speaks_of_everything_but_styles() -> None:
    spoken_of = {name.removesuffix("-src") for name in directives(HEADER) if name.endswith("-src")}
    assert spoken_of == FETCHED


def test_the_header_allows_nothing_inline_or_foreign() -> None:
    assert {each for sources in directives(HEADER).values() for each in sources} == {"'none'", "'self'"}


@pytest.mark.parametrize("name", ["base-uri", "frame-ancestors", "object-src"])
def test_no_page_may_be_rebased_framed_or_embed_a_plugin(name: str) -> None:
    assert directives(HEADER)[name] == ["'none'"]


def test_no_page_tells_another_site_that_a_reader_came_from_here() -> None:
    assert HEADERS["default"]["Referrer-Policy"] == "no-referrer"


def test_files_with_a_hash_are_kept_a_year_and_pages_are_asked_for_again() -> None:
    assert HEADERS["default"]["Cache-Control"] == "no-cache"
    assert HEADERS["/assets/*"]["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_network_may_show_our_picture_but_not_our_page() -> None:
    assert HEADERS["default"]["Cross-Origin-Resource-Policy"] == "same-origin"
    assert HEADERS["/assets/*"]["Cross-Origin-Resource-Policy"] == "cross-origin"
