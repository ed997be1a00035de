"""`make screenshots`: the article in docs/, as its readers see it: phone, tablet, laptop, light, dark, on paper."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, ViewportSize

from infra import preview_server, site
from infra.local.builds import Build
from tests.support import chromium

DOCS = site.ROOT / "docs"
HEIGHTS = {375: 812, 768: 1024, 1440: 900}
"""A phone, a tablet, a laptop."""

COLORS = 128
"""As many as a page of text and flat drawings needs: a quarter of the bytes, and no eye finds the difference."""

MARGIN = 58

Scheme = Literal["light", "dark"]

DESK = """<!doctype html><meta charset=utf-8><style>
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


def main() -> None:
    """Write docs/*.png."""
    DOCS.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="screenshots-") as folder, chromium.running() as browser:
        edition = Build(Path(folder))
        with preview_server.serving(edition) as url:
            os.environ["SITE_URL"] = url
            try:
                site.build(OUTPUT_PATH=edition.output, COMPILED_PATH=edition.compiled)
            except site.BuildError as error:
                sys.exit(str(error) or 1)
            _take_all(browser, url + preview_server.articles(edition.output)[0])


def _take_all(browser: Browser, url: str) -> None:
    for width in HEIGHTS:
        for scheme in ("light", "dark"):
            _write(f"article-{width}-{scheme}", _screen(browser, url, width, scheme))
    _write("article-print", _paper(browser, url))
    laptop, phone = _screen(browser, url, 1440, "light"), _screen(browser, url, 375, "dark", sharpness=2)
    _write("article", _desk(browser, laptop, phone))


def _screen(browser: Browser, url: str, width: int, scheme: Scheme, sharpness: float = 1) -> bytes:
    viewport: ViewportSize = {"width": width, "height": HEIGHTS[width]}
    with browser.new_context(viewport=viewport, color_scheme=scheme, device_scale_factor=sharpness) as context:
        page = context.new_page()
        _open(page, url)
        return page.screenshot()


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate("document.fonts.ready")
    page.reload()  # a font that came late is used from the second page on
    page.evaluate("document.fonts.ready")


def _paper(browser: Browser, url: str) -> bytes:
    """The first sheet, US letter at 96 dots an inch."""
    paper: ViewportSize = {"width": 816 - 2 * MARGIN, "height": 1056 - 2 * MARGIN}
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


def _desk(browser: Browser, laptop: bytes, phone: bytes) -> bytes:
    """Both screens side by side."""
    with browser.new_context(viewport={"width": 1600, "height": 830}) as context:
        page = context.new_page()
        page.set_content(DESK.format(laptop=_inline(laptop), phone=_inline(phone)), wait_until="load")
        return page.screenshot()


def _inline(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _write(name: str, picture: bytes) -> None:
    with Image.open(BytesIO(picture)) as taken:
        few = taken.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    file = DOCS / f"{name}.png"
    few.save(file, optimize=True)
    print(f"{file.relative_to(site.ROOT)}: {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
