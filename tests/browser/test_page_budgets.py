"""Every page keeps to its budget of bytes, asks nothing of another host, keeps nothing, and does not move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from infra import preview_server
from infra.cloudfront import brotli_of
from tests.conftest import Site
from tests.support import function_answers
from tests.support.budgets import FIRST_SCREEN, FUNCTION_PAGE, KB, PAGE, SCRIPTS, WHOLE_PAGE

WIDTHS = (375, 1440)

WATCH_SHIFTS = """
    window.shifts = [];
    const note = (list) => shifts.push(...list.getEntries().map((shift) => [
      shift.value, ...shift.sources.map(({node}) => node?.outerHTML?.slice(0, 80))]));
    new PerformanceObserver(note).observe({type: "layout-shift", buffered: true});
"""

SCROLL_TO_THE_END = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
      scrollTo(0, top);
      await frame();
    }
    await Promise.all([...document.images].map((image) => image.decode()));
    await document.fonts.ready;
    await frame();
    await frame();
}"""

STORED = "() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"

PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length"


@dataclass(frozen=True)
class Visit:
    """What one reading of a page from top to end left behind."""

    transferred: int
    hosts: frozenset[str]
    stored: list[Any]
    shifts: list[Any]


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with preview_server.serving(site.output) as url:
        yield url


@pytest.fixture(scope="module")
def visits(browser: Browser, site: Site, address: str) -> dict[str, Visit]:
    """Every built page at every width, each read by a browser that has never been here."""
    pages = preview_server.addresses(site.output)
    return {f"{path} at {width} px": _visit(browser, address + path, width) for path in pages for width in WIDTHS}


def _visit(browser: Browser, url: str, width: int) -> Visit:
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        context.add_init_script(WATCH_SHIFTS)
        page = context.new_page()
        finished = []
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108 -- Playwright takes functions only
        page.goto(url)
        page.evaluate(SCROLL_TO_THE_END)
        sizes = [request.sizes() for request in finished]
        return Visit(
            transferred=sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes),
            hosts=frozenset(urlsplit(asked_for).netloc for asked_for in asked) - {urlsplit(url).netloc},
            stored=[*context.cookies(), *page.evaluate(STORED)],
            shifts=page.evaluate("shifts"),
        )


def test_each_page_with_its_style_is_small_as_a_cdn_compresses_it(site: Site) -> None:
    sizes = {file.relative_to(site.output): len(brotli_of(file.read_bytes())) for file in site.output.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size > PAGE} == {}


def test_each_page_of_a_function_is_small_as_it_is(site: Site, tmp_path: Path) -> None:
    pages = function_answers.pages(function_answers.all_of_them(site, tmp_path))
    sizes = {name: len(html.encode()) for name, html in pages.items()}
    assert {name: size for name, size in sizes.items() if size > FUNCTION_PAGE} == {}


def test_an_article_s_first_screen_is_small(site: Site) -> None:
    files = {address: preview_server.file_of(site.output, address) for address in preview_server.articles(site.output)}
    above = {address: file.read_bytes().partition(b'<nav class="contents"') for address, file in files.items()}
    assert all(contents for _, contents, _ in above.values()), "an article has no list of contents"
    sizes = {address: len(brotli_of(before)) for address, (before, _, _) in above.items()}
    assert {address: size for address, size in sizes.items() if size > FIRST_SCREEN} == {}


def test_the_script_is_small(site: Site) -> None:
    assert sum(len(brotli_of(file.read_bytes())) for file in site.output.rglob("*.js")) <= SCRIPTS


def test_no_page_carries_a_script_of_its_own(site: Site) -> None:
    files = [file for file in site.output.rglob("*.html") if "<script>" in file.read_text(encoding="utf-8")]
    assert files == []


def test_each_whole_page_is_small(visits: dict[str, Visit]) -> None:
    assert {name: visit.transferred for name, visit in visits.items() if visit.transferred > WHOLE_PAGE} == {}


def test_what_was_transferred_was_measured(visits: dict[str, Visit]) -> None:
    assert [name for name, visit in visits.items() if visit.transferred < KB] == []


def test_nothing_is_asked_of_another_host(visits: dict[str, Visit]) -> None:
    assert {name: visit.hosts for name, visit in visits.items() if visit.hosts} == {}


def test_nothing_is_kept_in_the_browser(visits: dict[str, Visit]) -> None:
    assert {name: visit.stored for name, visit in visits.items() if visit.stored} == {}


def test_nothing_moves_while_a_page_is_read(visits: dict[str, Visit]) -> None:
    assert {name: visit.shifts for name, visit in visits.items() if visit.shifts} == {}


# A font that comes late


def _with_late_font(page: Page, url: str) -> list[Any]:
    """Return what moved when the font came only after the text had been painted."""
    held: list[Route] = []
    page.add_init_script(WATCH_SHIFTS)
    page.route("**/*.woff2", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright takes functions only
    page.goto(url, wait_until="commit")
    page.wait_for_function(PAINTED)
    for route in held:
        route.continue_()
    page.unroute_all(behavior="ignoreErrors")
    page.wait_for_load_state()
    page.evaluate(SCROLL_TO_THE_END)
    assert held, "the page has no font: this test is not needed any more"
    shifts: list[Any] = page.evaluate("shifts")
    return shifts


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_when_the_font_comes_late(page: Page, site: Site, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert _with_late_font(page, address + preview_server.articles(site.output)[0]) == []


def test_a_move_would_be_noticed(page: Page, address: str) -> None:
    page.add_init_script(WATCH_SHIFTS)
    page.goto(address)
    page.wait_for_function(PAINTED)  # what moves before it is seen does not count as a move
    page.evaluate("document.querySelector('main').style.marginTop = '200px'")
    page.wait_for_function("() => shifts.length")
