"""The policy of each built page."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from tests.conftest import Site


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
    """Return every page of the site, and the shell that the functions fill in."""
    files = [*site.output.rglob("*.html"), site.compiled / "shell.html"]
    return {file.parent.name + file.name: file.read_text(encoding="utf-8") for file in files}


def test_each_page_allows_its_own_style_by_its_hash_and_no_other(pages: dict[str, str]) -> None:
    found = {name: directives(policy_of(page)) for name, page in pages.items()}
    assert found == {name: {"style-src": [source(style_of(page))]} for name, page in pages.items()}


def test_the_policy_comes_before_everything_that_it_is_about(pages: dict[str, str]) -> None:
    late = {name for name, page in pages.items() if re.search(r"<(link|style|script).*http-equiv", page, re.DOTALL)}
    assert late == set()


def test_no_page_has_a_second_style(pages: dict[str, str]) -> None:
    assert {name for name, page in pages.items() if page.count("<style") != 1} == set()
