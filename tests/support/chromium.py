"""A real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.requirement import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # containers have none
    "--disable-gpu",  # nor a graphics card
    "--disable-background-networking",  # nothing is to ask the network for an update
    # With this feature, closing a page that is just loading anew sometimes never ends. The flag replaces Playwright's
    # list of such features, none of which a test here needs. https://github.com/microsoft/playwright/issues/42068
    "--disable-features=RenderDocument",
]


def program(*others: str) -> str:
    """Return the browser to start: the one that CHROMIUM names, one on the path, or another that there is."""
    on_path = (shutil.which(name) for name in NAMES)
    candidates = [os.environ.get("CHROMIUM"), *on_path, *others]
    found = next((candidate for candidate in candidates if candidate and Path(candidate).exists()), None)
    if found is None:
        missing("Chromium", "install it with your system's package manager, or set CHROMIUM to its path")
    return found


@contextmanager
def running() -> Iterator[Browser]:
    """Start a browser for the block."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=program(own), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
