"""The form without a mouse, without scripts, without style: Tab, Space and Enter are enough to be called back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from infra import preview_server
from tests.conftest import Site
from tests.support.local_system import LocalSystem
from tests.support.site_pages import fill_in, send

pytestmark = pytest.mark.long

MOST_STOPS = 300
"""More than any page has: who has not arrived by then never will."""

LOOK = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const {left, top, right, bottom} = element.getClientRects()[0] ?? element.getBoundingClientRect();
    // What is larger than the window, less the page's scroll padding, cannot be all in it: a part must do.
    const padding = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const fits = bottom - top <= innerHeight - 2 * padding;
    const inside = left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
    const middle = (start, end, size) => (Math.max(start, 0) + Math.min(end, size)) / 2;
    const there = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
    const free = there && (element.contains(there) || there.contains(element) || there.control === element);
    const outlined = style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2;
    return {
      words: (element.textContent.trim() || element.name || element.localName).slice(0, 60),
      id: element.id,
      visible: outlined || style.boxShadow != "none",
      uncovered: Boolean(free) && (inside || !fits),
    };
}"""


@dataclass(frozen=True)
class Stop:
    """The focused element, as a sighted reader finds it."""

    words: str
    id: str
    visible: bool
    uncovered: bool


@pytest.fixture(scope="module")
def article(site: Site) -> str:
    return preview_server.articles(site.output)[0]


@pytest.fixture
def reading(page: Page, local_system: LocalSystem, article: str) -> Page:
    page.goto(local_system.url + article)
    return page


def _focus(page: Page) -> Stop | None:
    found = page.evaluate(LOOK)
    return Stop(**found) if found else None


def _tab_through(page: Page) -> Iterator[Stop]:
    """Every place that Tab leads to, until the page ends."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = _focus(page)
        if stop is None:
            return
        yield stop
    raise AssertionError("Tab never leaves the page")


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on the control of this id or these words."""
    assert any(name in {stop.id, stop.words} for stop in _tab_through(page)), f"Tab does not lead to {name}"


# Focus


@pytest.fixture(scope="module", params=[("dark", 320), ("light", 1280)], ids=str)
def stops(
    request: pytest.FixtureRequest, browser: Browser, local_system: LocalSystem, article: str
) -> Iterator[list[Stop]]:
    """Every place that Tab leads to on the article, on a small screen at night and on a wide one by day."""
    scheme, width = request.param
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 640}) as context:
        page = context.new_page()
        page.goto(local_system.url + article)
        yield list(_tab_through(page))


def test_focus_is_seen_wherever_tab_leads(stops: list[Stop]) -> None:
    assert [stop.words for stop in stops if not stop.visible] == []


def test_nothing_covers_what_has_the_focus(stops: list[Stop]) -> None:
    assert [stop.words for stop in stops if not stop.uncovered] == []


def test_tab_leads_to_more_than_the_form(stops: list[Stop]) -> None:
    assert len(stops) > 100


def test_a_focus_that_cannot_be_seen_would_be_noticed(reading: Page) -> None:
    reading.evaluate("document.querySelector('h1').innerHTML = '<a href=/ style=outline:0>Unseen</a>'")
    reading.locator("h1 a").evaluate("link => link.style.setProperty('outline', '0', 'important')")
    assert "Unseen" in [stop.words for stop in _tab_through(reading) if not stop.visible]


def test_the_first_stop_skips_to_the_text(reading: Page) -> None:
    reading.keyboard.press("Tab")
    reading.keyboard.press("Enter")
    reading.keyboard.press("Tab")
    assert reading.evaluate("document.activeElement.closest('main') !== null")


# The whole form by Tab, Space and Enter


@pytest.fixture
def failed(reading: Page) -> Page:
    """Reach the form and send it empty; the focus is where the page put it."""
    _tab_to(reading, "field-name")
    reading.keyboard.press("Enter")
    expect(reading.get_by_role("alert")).to_be_visible()
    return reading


def test_after_a_mistake_the_focus_is_on_the_explanation(failed: Page) -> None:
    expect(failed.locator(".error-summary")).to_be_focused()


def test_an_explanation_leads_to_its_field(failed: Page) -> None:
    failed.keyboard.press("Tab")
    failed.keyboard.press("Enter")
    expect(failed.get_by_label("Full name")).to_be_focused()


def _correct_and_send(page: Page) -> None:
    expect(page.locator(".error-summary")).to_be_focused()
    _tab_to(page, "Enter your full name")  # a key that comes before the page is drawn is lost
    page.keyboard.press("Enter")
    page.keyboard.type("Grace Hopper")
    page.keyboard.press("Tab")
    page.keyboard.type("312 555 0199")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    _tab_to(page, "Ask for a call")
    page.keyboard.press("Enter")


def test_the_corrected_form_is_taken(failed: Page) -> None:
    _correct_and_send(failed)
    expect(failed.get_by_role("heading", name=re.compile("^Thank you. We will call you by"))).to_be_visible()


def test_the_focus_goes_to_the_thanks(failed: Page) -> None:
    _correct_and_send(failed)
    expect(failed.locator(".confirmation")).to_be_focused()


@pytest.fixture
def failed_without_scripts(page_without_scripts: Page, local_system: LocalSystem, article: str) -> Page:
    page = page_without_scripts
    page.goto(local_system.url + article)
    _tab_to(page, "field-name")
    page.keyboard.press("Enter")
    page.wait_for_url("**/api/leads")
    return page


def test_without_scripts_the_focus_is_on_the_explanation_too(failed_without_scripts: Page) -> None:
    expect(failed_without_scripts.locator(".error-summary")).to_be_focused()


def test_without_scripts_the_corrected_form_is_taken_too(failed_without_scripts: Page) -> None:
    _correct_and_send(failed_without_scripts)
    expect(failed_without_scripts).to_have_url(re.compile("/api/leads/[^/]+$"))


# When the script fails, when the style fails, when both fail


def _without_style(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r"(?s)<style>.*?</style>", "", answer.text()))


@pytest.fixture(params=["without style", "without scripts", "without either"])
def bare(request: pytest.FixtureRequest, browser: Browser, local_system: LocalSystem, article: str) -> Iterator[Page]:
    """Open the article in a browser to which not everything came through."""
    with browser.new_context(java_script_enabled=request.param == "without style") as context:
        page = context.new_page()
        if request.param != "without scripts":
            page.route(f"**{article}", _without_style)
        page.goto(local_system.url + article)
        yield page


def test_the_form_can_be_sent(bare: Page) -> None:
    fill_in(bare)
    send(bare)
    expect(bare.get_by_role("heading", name=re.compile("^Thank you. We will call you"))).to_be_visible()


def test_the_crisis_lines_can_be_called(bare: Page) -> None:
    expect(bare.locator("a[href='tel:988']").first).to_be_visible()


@pytest.mark.parametrize("hidden", ["[data-share]", ".error-summary"])
def test_what_needs_the_script_stays_out_of_sight(
    page_without_scripts: Page, local_system: LocalSystem, article: str, hidden: str
) -> None:
    page_without_scripts.goto(local_system.url + article)
    expect(page_without_scripts.locator(hidden).first).to_be_hidden()
