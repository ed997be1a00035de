"""The theme in a browser: widths, sizes of controls, and paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Site
from tests.support import chromium, site_pages
from tests.support.local_system import LocalSystem

pytestmark = pytest.mark.long

ARTICLE = "/ketamine-treatment-resistant-depression/"
PHONE, TABLET, LAPTOP = (375, 812), (768, 1024), (1440, 900)
SMALLEST = (320, 568)
"""1280 pixels at a zoom of 400 %."""


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("size", [SMALLEST, PHONE, TABLET, LAPTOP], ids=str)
def test_nothing_is_wider_than_the_screen(
    page: Page, local_system: LocalSystem, site: Site, size: tuple[int, int]
) -> None:
    resize(page, size)
    wide = []
    for address in site_pages.built(site):
        page.goto(local_system.url + address)
        wide += [address] if scrolls_sideways(page) else []
    assert wide == []


def test_a_screen_too_narrow_would_be_noticed(page: Page) -> None:
    page.set_content("<p style='width: 9999px'>x")
    assert scrolls_sideways(page)


SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""
ADOPT = "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }"


@pytest.fixture(scope="module")
def large_text(browser: Browser) -> Iterator[Page]:
    """Open a small phone whose owner has set the browser's own font to twice its size."""
    own = browser.browser_type
    flags = [*chromium.FLAGS, "--blink-settings=defaultFontSize=32"]
    large = own.launch(executable_path=chromium.program(own.executable_path), args=flags)
    yield large.new_context(viewport={"width": 320, "height": 640}).new_page()
    large.close()


def test_text_of_twice_the_size_is_no_wider_than_a_small_phone(
    large_text: Page, local_system: LocalSystem, site: Site
) -> None:
    wide = []
    for address in site_pages.built(site):
        large_text.goto(local_system.url + address)
        wide += [address] if scrolls_sideways(large_text) else []
    assert wide == []


@pytest.mark.parametrize("state", site_pages.STATES, ids=lambda state: str(state.__name__))
def test_text_of_twice_the_size_fits_in_every_state(
    large_text: Page, local_system: LocalSystem, state: site_pages.State
) -> None:
    state(large_text, local_system, ARTICLE)
    assert not scrolls_sideways(large_text)


def test_the_reader_s_own_size_of_text_is_used(large_text: Page, local_system: LocalSystem) -> None:
    large_text.goto(local_system.url + ARTICLE)
    assert large_text.locator("body").evaluate("element => getComputedStyle(element).fontSize") == "34px"


def test_everything_begins_at_one_left_edge(page: Page, local_system: LocalSystem) -> None:
    resize(page, LAPTOP)
    page.goto(local_system.url + ARTICLE)
    left = page.locator(
        "h1, .site-name, .prose > p, .prose > h2, #call-back > div > h2, .site-footer > div:first-child"
    )
    edges = left.evaluate_all("all => [...new Set(all.map(each => Math.round(each.getBoundingClientRect().left)))]")
    assert len(edges) == 1


def test_text_can_be_spaced_out(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    page.evaluate(ADOPT, SPACED)
    resize(page, SMALLEST)
    assert not scrolls_sideways(page)


def test_icons_are_drawn_under_the_policy(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    mark = page.locator(".site-name use")
    page.wait_for_function("element => element.getBBox().width > 0", arg=mark.element_handle())


CONTROLS = ".button, .share-link, .crisis-call, .site-header a, .site-footer li a, .call-bar a, .choice, summary"


@pytest.mark.parametrize("width", [375, 1280])
def test_what_is_tapped_is_large_enough(page: Page, local_system: LocalSystem, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(local_system.url + ARTICLE)
    heights = page.locator(f":is({CONTROLS}):visible").evaluate_all(
        "all => all.map(element => [element.getBoundingClientRect().height, element.textContent])"
    )
    assert not [entry for entry in heights if entry[0] < 44]


# On a phone


@pytest.fixture
def on_a_phone(page: Page, local_system: LocalSystem) -> Page:
    resize(page, PHONE)
    page.goto(local_system.url + ARTICLE)
    return page


TOP = "element => element.getBoundingClientRect().top + scrollY"


def test_the_form_comes_within_twelve_screens(page: Page, local_system: LocalSystem) -> None:
    resize(page, (375, 740))
    page.goto(local_system.url + ARTICLE)
    assert page.locator("#call-back").evaluate(TOP) / 740 <= 12


def test_the_bar_with_the_way_to_a_person_stays_at_the_bottom_edge(on_a_phone: Page) -> None:
    on_a_phone.locator("#how").scroll_into_view_if_needed()
    bar = on_a_phone.locator(".call-bar").first.bounding_box()
    assert bar
    assert bar["y"] + bar["height"] == PHONE[1]


def test_the_bar_goes_when_the_form_fills_the_screen(on_a_phone: Page) -> None:
    on_a_phone.locator("#call-back").evaluate("element => element.scrollIntoView()")
    for bar in on_a_phone.locator(".call-bar").all():
        expect(bar).not_to_be_in_viewport()


def test_nothing_but_the_bar_stays_on_the_screen(on_a_phone: Page) -> None:
    stuck = "all => all.filter(each => ['fixed', 'sticky'].includes(getComputedStyle(each).position)).length"
    assert on_a_phone.locator("body *:not(.call-bar)").evaluate_all(stuck) == 0


def test_a_citation_is_wide_enough_for_a_thumb(on_a_phone: Page) -> None:
    widths = on_a_phone.locator("sup a:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().width)"
    )
    assert min(widths) >= 24


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=str)
def test_the_text_of_a_table_is_not_small(page: Page, local_system: LocalSystem, size: tuple[int, int]) -> None:
    resize(page, size)
    page.goto(local_system.url + ARTICLE)
    sizes = page.locator("td, th").evaluate_all("all => all.map(each => parseFloat(getComputedStyle(each).fontSize))")
    assert min(sizes) >= 16


def test_a_citation_opens_the_folded_references(on_a_phone: Page) -> None:
    on_a_phone.locator("sup a:visible").first.click()
    expect(on_a_phone.locator("#r1")).to_be_in_viewport()


def test_tables_need_no_scrolling(on_a_phone: Page) -> None:
    wide = "all => all.filter(table => table.scrollWidth > table.clientWidth).length"
    assert on_a_phone.locator(".table-scroll").evaluate_all(wide) == 0


WIDE_PICTURE = "prose => prose.append(Object.assign(new Image(2000, 1000), {id: 'wide', src: '/assets/x.png'}))"


def test_a_picture_is_as_wide_as_the_text_and_keeps_its_shape(on_a_phone: Page) -> None:
    text = on_a_phone.locator(".prose").last
    text.evaluate(WIDE_PICTURE)
    picture, column = on_a_phone.locator("#wide").bounding_box(), text.bounding_box()
    assert picture
    assert column
    assert picture["width"] == column["width"] == pytest.approx(2 * picture["height"])


def test_staff_see_the_number_in_one_line(page: Page, local_system: LocalSystem) -> None:
    resize(page, PHONE)
    site_pages.staff_open(page, local_system, ARTICLE)
    number = page.locator("dd .button").bounding_box()
    assert number
    assert number["height"] < 50


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
