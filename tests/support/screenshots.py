"""Pictures of the pages as their readers see them: phone, tablet, laptop, light, dark, on paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support import site_pages
from tests.support.local_system import LocalSystem

Size = tuple[int, int]
Scheme = Literal["light", "dark"]

HEIGHTS = {375: 812, 768: 1024, 1440: 900}
"""A phone, a tablet, a laptop: CSS pixels."""

SHEET: Size = (816, 1056)
"""US letter at 96 dots an inch."""

MARGIN = 58
"""Of the sheet, in dots."""

BOTH_SCREENS: Size = (1600, 830)

COLORS = 128
"""Enough for a page of text and flat drawings: a file has a quarter of the bytes and looks the same."""

FRAME = """<!doctype html><meta charset=utf-8><style>
  body {{ margin: 0; height: 830px; position: relative; overflow: hidden; background: #e3dccd; }}
  img {{ display: block; width: 100%; }}
  .laptop, .phone {{ position: absolute; box-shadow: 0 24px 48px #172b3640; background: #080f13; overflow: hidden; }}
  .laptop {{ left: 109px; top: 70px; width: 1028px; padding: 16px 16px 0; border-radius: 20px 20px 0 0; }}
  .base {{ position: absolute; left: 59px; top: 728px; width: 1160px; height: 22px; border-radius: 3px 3px 18px 18px;
    background: linear-gradient(#b9bcb8, #84898a); box-shadow: 0 24px 32px #172b3640; }}
  .phone {{ right: 60px; top: 148px; width: 262px; padding: 10px; border-radius: 40px; }}
  .phone img {{ border-radius: 31px; }}
</style>
<div class=laptop><img src="{laptop}"></div><div class=base></div><div class=phone><img src="{phone}"></div>"""


@dataclass(frozen=True)
class Place:
    """Where the pictures are taken: the site as it is published, and the system that takes a form."""

    site: str
    """The published site's address."""
    article: str
    """The article's address on it."""
    system: LocalSystem


def _article(page: Page, place: Place) -> None:
    _open(page, place.article)


def _home(page: Page, place: Place) -> None:
    _open(page, f"{place.site}/")


def _person(page: Page, place: Place) -> None:
    _open(page, f"{place.site}/people/max-sample/")


def _form(page: Page, place: Place) -> None:
    _open(page, place.article)
    page.locator("#call-back").evaluate("element => element.scrollIntoView()")


def _confirmation(page: Page, place: Place) -> None:
    _open(page, place.article.replace(place.site, place.system.url))
    site_pages.fill_in(page)
    site_pages.send(page)
    page.wait_for_url("**/api/leads/*")


def _urgent_confirmation(page: Page, place: Place) -> None:
    _open(page, place.article.replace(place.site, place.system.url))
    site_pages.fill_in(page)
    page.locator("[data-priority]").check()
    site_pages.send(page)
    page.locator(".confirmation").evaluate("element => element.scrollIntoView()")


VIEWS: Mapping[str, Callable[[Page, Place], None]] = {
    "article": _article,
    "home": _home,
    "person": _person,
    "form": _form,
    "confirmation": _confirmation,
    "confirmation-urgent": _urgent_confirmation,
}
"""What brings a page to each view."""

WITHOUT_SCRIPT = {"confirmation"}
"""Views of a browser that runs no script."""


def sizes() -> dict[str, Size]:
    """Return the width and height in pixels of each picture, by its name."""
    screens: dict[str, Size] = {
        f"{view}-{width}-{scheme}": (width, height)
        for view in VIEWS
        for width, height in HEIGHTS.items()
        for scheme in ("light", "dark")
    }
    return {**screens, "article-print": SHEET, "article": BOTH_SCREENS}


def take(browser: Browser, place: Place, folder: Path) -> None:
    """Write a PNG file for each of `sizes()` to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in VIEWS:
        for width in HEIGHTS:
            for scheme in ("light", "dark"):
                _write(folder / f"{view}-{width}-{scheme}.png", _screen(browser, place, view, width, scheme))
    _write(folder / "article-print.png", _paper(browser, place.article))
    laptop = _screen(browser, place, "article", 1440, "light")
    phone = _screen(browser, place, "article", 375, "dark", sharpness=2)
    _write(folder / "article.png", _both_screens(browser, laptop, phone))


def _screen(browser: Browser, place: Place, view: str, width: int, scheme: Scheme, sharpness: float = 1) -> bytes:
    viewport: ViewportSize = {"width": width, "height": HEIGHTS[width]}
    with browser.new_context(
        viewport=viewport,
        color_scheme=scheme,
        device_scale_factor=sharpness,
        java_script_enabled=view not in WITHOUT_SCRIPT,
    ) as context:
        page = context.new_page()
        VIEWS[view](page, place)
        return page.screenshot()


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate("document.fonts.ready")
    page.reload()  # a font that came late is used from the second page on
    page.evaluate("document.fonts.ready")


def _paper(browser: Browser, url: str) -> bytes:
    """Return the first sheet."""
    paper: ViewportSize = {"width": SHEET[0] - 2 * MARGIN, "height": SHEET[1] - 2 * MARGIN}
    with browser.new_context(viewport=paper) as context:
        page = context.new_page()
        _open(page, url)
        page.emulate_media(media="print")
        return _framed(page.screenshot(), MARGIN)


def _framed(picture: bytes, margin: int) -> bytes:
    framed = BytesIO()
    with Image.open(BytesIO(picture)) as taken:
        ImageOps.expand(taken.convert("RGB"), margin, "white").save(framed, "PNG")
    return framed.getvalue()


def _both_screens(browser: Browser, laptop: bytes, phone: bytes) -> bytes:
    """Return both screens side by side."""
    width, height = BOTH_SCREENS
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.set_content(FRAME.format(laptop=_inline(laptop), phone=_inline(phone)), wait_until="load")
        return page.screenshot()


def _inline(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _write(file: Path, picture: bytes) -> None:
    with Image.open(BytesIO(picture)) as taken:
        taken.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)
