"""The site's icon where browsers and phones look for it without a link: /favicon.ico and /apple-touch-icon.png."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import resvg_py
from pelican import Pelican, signals
from PIL import Image

HOME_SCREEN = 180
"""Pixels of the icon on a phone's home screen; Apple's largest."""

FAVICON = 48
"""Pixels of the largest picture in favicon.ico; it has those of 16 and 32 too."""


def home_screen_icon(svg: str, background: str) -> bytes:
    """Return the drawing as a PNG without transparency, which phones would show as black."""
    drawing = _drawn(svg, HOME_SCREEN)
    icon = Image.new("RGB", drawing.size, background)
    icon.paste(drawing, (0, 0), drawing)
    return _saved(icon, "PNG")


def favicon(svg: str) -> bytes:
    """Return the drawing as an ICO of 16, 32 and 48 pixels."""
    return _saved(_drawn(svg, FAVICON), "ICO", sizes=[(16, 16), (32, 32), (FAVICON, FAVICON)])


def _drawn(svg: str, size: int) -> Image.Image:
    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    return Image.open(BytesIO(png)).convert("RGBA")


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _write(pelican: Pelican) -> None:
    svg = Path(pelican.theme, "static", "icon.svg").read_text(encoding="utf-8")
    output = Path(pelican.output_path)
    (output / "apple-touch-icon.png").write_bytes(home_screen_icon(svg, pelican.settings["ICON_BACKGROUND"]))
    (output / "favicon.ico").write_bytes(favicon(svg))


def register() -> None:
    signals.finalized.connect(_write)
