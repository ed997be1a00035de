"""axe finds nothing on any page in any state: light, dark, forced colours, wide and narrow, with scripts or without.

axe is a script itself, so "without scripts" is a page whose own scripts do not arrive: the same document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from infra import preview_server
from tests.conftest import Site
from tests.support import site_pages
from tests.support.local_system import LocalSystem
from tests.support.site_pages import State

AXE = Axe()

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

IN_FORCED_COLORS = {**RULES, "rules": {"color-contrast": {"enabled": False}}}
"""The reader's system chooses the colours. axe would compare the page's own: it reads `-webkit-text-fill-color`, for
which Chromium does not report the forced colour."""

LIGHT, DARK = ("light", "dark")
NARROW, WIDE = ({"width": 320, "height": 640}, {"width": 1280, "height": 800})

LOOKS = {
    True: ((LIGHT, WIDE), (DARK, NARROW)),
    False: ((LIGHT, NARROW), (DARK, WIDE)),
}
"""Looks with and without scripts: each pair of the three is seen, at half the time of seeing all eight."""


@pytest.fixture(scope="module")
def article(site: Site) -> str:
    return preview_server.articles(site.output)[0]


WITHOUT_SCRIPTS = pytest.param(False, marks=pytest.mark.long, id="without scripts")


@pytest.fixture(scope="module", params=[pytest.param(True, id="with scripts"), WITHOUT_SCRIPTS])
def with_scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def reader(browser: Browser, with_scripts: bool) -> Iterator[Page]:
    """One tab for all pages: a tab of its own for each would cost more than looking at the page."""
    with browser.new_context() as context:
        if not with_scripts:
            context.route("**/*.js", lambda route: route.abort())
        yield context.new_page()


def _findings(page: Page, with_scripts: bool) -> list[str]:
    found = [told for look in LOOKS[with_scripts] for told in _findings_in(page, *look)]
    page.emulate_media(forced_colors="active")
    found += _findings_in(page, LIGHT, NARROW, IN_FORCED_COLORS)
    page.emulate_media(forced_colors="none")
    return found


def _findings_in(page: Page, scheme: Any, size: Any, rules: dict[str, Any] = RULES) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    found = AXE.run(page, options=rules).response["violations"]
    return [f"{scheme}, {size['width']} px: {rule['id']}: {_where(rule)}" for rule in found]


def _where(rule: dict[str, Any]) -> str:
    return "; ".join(
        f"{node['html'][:120]} ({node['failureSummary'].splitlines()[-1].strip()})" for node in rule["nodes"]
    )


def test_axe_finds_nothing_on_any_built_page(
    reader: Page, with_scripts: bool, local_system: LocalSystem, site: Site
) -> None:
    found = {}
    for address in site_pages.built(site):
        reader.goto(local_system.url + address)
        found[address] = _findings(reader, with_scripts)
    assert {address: findings for address, findings in found.items() if findings} == {}


@pytest.mark.parametrize("state", site_pages.STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_in_any_state(
    state: State, reader: Page, with_scripts: bool, local_system: LocalSystem, article: str
) -> None:
    state(reader, local_system, article)
    assert _findings(reader, with_scripts) == []


def test_axe_would_find_something(reader: Page, with_scripts: bool) -> None:
    reader.set_content("<img src=x>")
    assert any("image-alt" in finding for finding in _findings(reader, with_scripts))
