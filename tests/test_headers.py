"""Response headers that the build writes down."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from plugins.headers import headers


def policy(*pages: str) -> dict[str, list[str]]:
    directives = headers(pages)["default"]["Content-Security-Policy"].split("; ")
    return {name: sources for name, *sources in (directive.split() for directive in directives)}


def source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<"), min_size=1), min_size=1))
def test_every_inlined_style_is_allowed_by_its_hash_and_nothing_else(styles: list[str]) -> None:
    pages = [f"<!doctype html><style>{style}</style><p>x</p>" for style in styles]
    assert set(policy(*pages)["style-src"]) == {source(style) for style in styles}


def test_the_policy_starts_from_nothing_and_allows_nothing_inline_or_foreign() -> None:
    found = policy("<style>a{}</style>")
    assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    sources = {each for name, sources in found.items() if name != "style-src" for each in sources}
    assert sources == {"'none'", "'self'"}


def test_no_page_tells_another_site_that_a_reader_came_from_here() -> None:
    assert headers([])["default"]["Referrer-Policy"] == "no-referrer"


def test_files_with_a_hash_are_kept_a_year_and_pages_are_asked_for_again() -> None:
    found = headers([])
    assert found["default"]["Cache-Control"] == "no-cache"
    assert found["/assets/*"]["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_network_may_show_our_picture_but_not_our_page() -> None:
    found = headers([])
    assert found["default"]["Cross-Origin-Resource-Policy"] == "same-origin"
    assert found["/assets/*"]["Cross-Origin-Resource-Policy"] == "cross-origin"
