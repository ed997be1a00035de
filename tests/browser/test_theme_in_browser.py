"""The theme in a browser: widths, sizes of controls, and paper."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Site
from tests.support import site_pages
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


def test_text_can_be_spaced_out(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    page.evaluate(ADOPT, SPACED)
    resize(page, SMALLEST)
    assert not scrolls_sideways(page)


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


# On a phone


@pytest.fixture
def on_a_phone(page: Page, local_system: LocalSystem) -> Page:
    resize(page, PHONE)
    page.goto(local_system.url + ARTICLE)
    return page


def test_the_way_to_the_form_is_never_far_and_never_in_the_way(on_a_phone: Page) -> None:
    ways = on_a_phone.locator(".site-header [href='#call-back'], .article [href='#call-back']:visible, #call-back")
    tops = ways.evaluate_all("all => all.map(way => way.getBoundingClientRect().top)")
    assert max((below - above) / PHONE[1] for above, below in pairwise(tops)) <= 3
    stuck = "all => all.filter(each => ['fixed', 'sticky'].includes(getComputedStyle(each).position)).length"
    assert on_a_phone.locator("body *:not(.contents > div)").evaluate_all(stuck) == 0


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
