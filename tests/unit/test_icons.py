"""The icons that browsers and phones look for at fixed addresses."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from plugins.output.icons import favicon, home_screen_icon

SVG = (Path(__file__).parents[2] / "theme/static/icon.svg").read_text(encoding="utf-8")


def test_the_icon_of_the_home_screen_has_the_size_that_phones_ask_for() -> None:
    assert Image.open(BytesIO(home_screen_icon(SVG, "#172b36"))).size == (180, 180)


def test_the_icon_of_the_home_screen_is_filled_to_its_corners() -> None:
    assert Image.open(BytesIO(home_screen_icon(SVG, "#172b36"))).getpixel((0, 0)) == (0x17, 0x2B, 0x36)


def test_the_favicon_has_three_sizes() -> None:
    assert Image.open(BytesIO(favicon(SVG))).info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_two_builds_have_the_same_icons() -> None:
    assert (favicon(SVG), home_screen_icon(SVG, "#fff")) == (favicon(SVG), home_screen_icon(SVG, "#fff"))
