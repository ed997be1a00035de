"""The pictures of the pages: each is taken and shows something. They are left in .cache/screenshots.

`make proofs TESTS=tests/browser/test_screenshots.py SCREENSHOTS=docs/screenshots` writes those of the documents anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.conftest import ServedSite
from tests.support import screenshots
from tests.support.local_system import LocalSystem

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / os.environ.get("SCREENSHOTS", ".cache/screenshots")
SIZES = screenshots.sizes()

ENTROPY = 0.5
"""Bits a pixel: one colour has 0, a sheet of text 1.0, a screen with colours 1.5 or more."""


def entropy(file: Path) -> float:
    """Return how much the pixels differ, in bits a pixel: 0 is one colour."""
    with Image.open(file) as picture:
        return picture.convert("L").entropy()


@pytest.fixture(scope="module")
def folder(browser: Browser, published_site: ServedSite, local_system: LocalSystem) -> Path:
    place = screenshots.Place(published_site.url, published_site.article, local_system)
    screenshots.take(browser, place, FOLDER)
    return FOLDER


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.usefixtures("browser")
def test_a_picture_has_the_size_of_its_screen(folder: Path, name: str) -> None:
    with Image.open(folder / f"{name}.png") as picture:
        assert (picture.format, picture.size) == ("PNG", SIZES[name])


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.usefixtures("browser")
def test_a_picture_is_not_blank(folder: Path, name: str) -> None:
    assert entropy(folder / f"{name}.png") > ENTROPY


def test_a_blank_page_would_be_noticed(tmp_path: Path) -> None:
    Image.new("RGB", (375, 812), "white").save(tmp_path / "blank.png")
    assert entropy(tmp_path / "blank.png") < ENTROPY


def test_every_picture_of_the_documents_is_one_of_these() -> None:
    assert {file.stem for file in (ROOT / "docs").rglob("*.png")} <= SIZES.keys()
