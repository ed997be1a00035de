"""The page of the report in a browser: accessible, and no wider than its window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.reports import A_FEW, page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(page_of(*A_FEW, weeks=12), encoding="utf-8")
    with browser.new_context(color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_sticks_out_however_narrow_the_window(browser: Browser, tmp_path: Path, width: int) -> None:
    file = tmp_path / "report.html"
    file.write_text(page_of(*A_FEW, weeks=26), encoding="utf-8")
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
