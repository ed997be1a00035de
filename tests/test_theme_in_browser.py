"""The pages as a browser shows them: at every width, in every light, without a mouse, and asking nobody else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.ground.local_system import LocalSystem

pytestmark = pytest.mark.long

ARTICLE = "/ketamine-treatment-resistant-depression/"
EVERYTHING = [
    "/",
    ARTICLE,
    "/privacy/",
    "/consumer-health-data/",
    "/accessibility/",
    "/thank-you/",
    "/404.html",
    "/styleguide/",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NOTICE = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.violatedDirective));
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Visit:
    """What a browser noticed while it showed a page, from top to bottom and at every width."""

    hosts: frozenset[str]
    cookies: int
    stored: int
    blocked: tuple[str, ...]
    shift: float
    too_narrow: tuple[int, ...]
    """Widths at which the page scrolls sideways."""


@pytest.fixture(scope="module", params=EVERYTHING)
def visit(request: pytest.FixtureRequest, browser: Browser, local_system: LocalSystem) -> Visit:
    with browser.new_context() as context:
        page = context.new_page()
        hosts: set[str] = set()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.add_init_script(NOTICE)
        page.goto(local_system.url + request.param)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        expect(page.locator("footer")).to_be_in_viewport()
        return Visit(
            hosts=frozenset(hosts),
            cookies=len(context.cookies()),
            stored=page.evaluate("localStorage.length + sessionStorage.length"),
            blocked=tuple(page.evaluate("blocked")),
            shift=page.evaluate("shifts.reduce((sum, shift) => sum + shift, 0)"),
            too_narrow=tuple(width for width in (320, 375, 768, 1440) if scrolls_sideways(page, width)),
        )


def scrolls_sideways(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 800})
    return int(page.evaluate("document.documentElement.scrollWidth")) > width


def test_a_page_asks_nobody_else(visit: Visit, local_system: LocalSystem) -> None:
    assert visit.hosts == {urlsplit(local_system.url).netloc}


def test_a_page_keeps_nothing(visit: Visit) -> None:
    assert (visit.cookies, visit.stored) == (0, 0)


def test_the_policy_blocks_nothing(visit: Visit) -> None:
    assert visit.blocked == ()


def test_nothing_moves(visit: Visit) -> None:
    assert visit.shift == 0


def test_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    assert visit.too_narrow == ()


# Small phones in daylight and wide screens at night: every page in both lights and at both widths.
@pytest.mark.parametrize(("light", "width"), [("light", 320), ("dark", 1280)])
@pytest.mark.parametrize("address", EVERYTHING)
def test_axe_finds_nothing(page: Page, local_system: LocalSystem, address: str, light: Any, width: int) -> None:
    page.emulate_media(color_scheme=light)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(local_system.url + address)
    found = Axe().run(page, options={"runOnly": RULES, "rules": {"target-size": {"enabled": True}}})
    assert found.violations_count == 0, found.generate_report()


SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""
ADOPT = "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }"


def test_text_can_be_spaced_out(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    page.evaluate(ADOPT, SPACED)
    assert not scrolls_sideways(page, 320)


def test_icons_are_drawn_under_the_policy(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    mark = page.locator(".site-name use")
    page.wait_for_function("element => element.getBBox().width > 0", arg=mark.element_handle())


CONTROLS = (
    ".button, .share-link, .crisis-call, .site-header a, .contents a, .site-footer li a, .to-form a, .choice, summary"
)


@pytest.mark.parametrize("width", [375, 1280])
def test_what_is_tapped_is_large_enough(page: Page, local_system: LocalSystem, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(local_system.url + ARTICLE)
    heights = page.locator(f":is({CONTROLS}):visible").evaluate_all(
        "all => all.map(element => [element.getBoundingClientRect().height, element.textContent])"
    )
    assert not [entry for entry in heights if entry[0] < 44]


# Without a mouse


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML"))


def test_the_first_key_press_leads_past_the_crisis_lines(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the text")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


FOCUS = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const on = document.elementsFromPoint(box.x + box.width / 2, Math.min(box.y + box.height / 2, innerHeight - 1));
  return {
    outline: parseFloat(style.outlineWidth) > 2 && style.outlineStyle !== "none",
    uncovered: on.length > 0 && (element.contains(on[0]) || on[0].contains(element)),
    name: element.outerHTML.slice(0, 80),
    end: element === document.body,
  };
}"""


@pytest.mark.parametrize("light", ["light", "dark"])
def test_focus_is_always_visible_and_never_covered(page: Page, local_system: LocalSystem, light: Any) -> None:
    page.emulate_media(color_scheme=light)
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(local_system.url + ARTICLE)
    hidden = []
    for _ in range(300):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["end"]:
            break
        if not (focus["outline"] and focus["uncovered"]):
            hidden.append(focus["name"])
    assert focus["end"]
    assert hidden == []


def test_the_form_can_be_reached_failed_corrected_and_sent_by_keyboard(page: Page, local_system: LocalSystem) -> None:
    page.clock.install()
    page.goto(local_system.url + ARTICLE)
    page.clock.fast_forward("00:30")
    page.get_by_role("banner").get_by_role("link", name="Ask for a call").press("Enter")
    page.keyboard.press("Tab")
    while "field-name" not in focused(page):
        page.keyboard.press("Tab")
    page.keyboard.type("Grace Hopper")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Enter your phone number")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Phone number")).to_be_focused()
    page.keyboard.type("312-555-0177")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("We will call you by"))).to_be_visible()


# On paper


def test_paper_has_the_crisis_lines_and_every_answer_but_no_form(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="In crisis?")).to_be_visible()
    expect(page.locator("#call-back")).to_be_hidden()
    expect(page.get_by_role("heading", name="Share this post")).to_be_hidden()
    expect(page.get_by_role("heading", name="References")).to_be_visible()
    outside = page.locator(".crisis").first
    assert outside.evaluate("element => getComputedStyle(element).color") == "rgb(0, 0, 0)"
