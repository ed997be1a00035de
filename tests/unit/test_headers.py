"""Response headers that the build writes down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.output.headers import HEADERS, page_policy

HEADER = HEADERS["default"]["Content-Security-Policy"]


FETCHED = {"child", "connect", "font", "frame", "img", "manifest", "media", "object", "script", "worker"}
"""All kinds of things that a page may ask for (Content Security Policy Level 3, section 6.1), but styles."""


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (directive.split() for directive in policy.split(";"))}


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
