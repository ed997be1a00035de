"""A real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.requirement import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
"""Containers have no sandbox and no graphics card; and nothing is to ask the network for an update."""


def program(playwright: Playwright) -> str:
    """Return the browser to start: the one that CHROMIUM names, one on the path, or Playwright's own."""
    on_path = (shutil.which(name) for name in NAMES)
    candidates = [os.environ.get("CHROMIUM"), *on_path, playwright.chromium.executable_path]
    found = next((candidate for candidate in candidates if candidate and Path(candidate).exists()), None)
    if found is None:
        missing("Chromium", "install it with your system's package manager, or set CHROMIUM to its path")
    return found


@contextmanager
def running() -> Iterator[Browser]:
    """Start a browser for the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(playwright), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
