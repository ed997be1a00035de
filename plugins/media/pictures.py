"""The pictures of an article: its drawing, its social picture and its pin.

Rendering takes longer than the rest of a build, so pictures are cached.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import resvg_py
from pelican import signals
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from plugins.media import assets
from plugins.media.cache import cached
from plugins.media.hero import hero_svg

PAPER, INK, QUIET, ACCENT = "#f8f5ef", "#172b36", "#4b5b63", "#f2b134"
"""The theme's light colours, because networks show these pictures on pages of their own."""

STYLE_SHEET = f"svg {{ color: {INK}; }}"
"""Gives the drawing the colour of the text."""


LEADING, WEIGHT = 1.2, 600
"""Line height (em) and weight of the title, as in the theme."""

MIN_FONT_SIZE = 20
"""Smaller text could not be read in a list of links, so a longer title is cut off. In pixels."""


@dataclass(frozen=True)
class Layout:
    """The sizes of a picture in pixels; a box is left, top, width and height."""

    width: int
    height: int
    hero: tuple[int, int, int, int]
    title: tuple[int, int, int, int]
    max_font_size: int
    """The size of the title, reduced until the title fits."""


SOCIAL = Layout(1200, 630, hero=(680, 20, 560, 597), title=(72, 84, 560, 380), max_font_size=68)
PIN = Layout(1000, 1500, hero=(140, 0, 760, 810), title=(80, 850, 840, 460), max_font_size=84)


@dataclass(frozen=True)
class Picture:
    """A picture as templates print it, with an absolute address."""

    url: str
    width: int
    height: int
    alt: str


def draw(layout: Layout, title: str, name: str, drawing: str, font: Path | None) -> bytes:
    """Return a PNG of the drawing, the title and the practice's name."""
    canvas = Image.new("RGB", (layout.width, layout.height), PAPER)
    _paste(canvas, drawing, layout)
    pen = ImageDraw.Draw(canvas)
    _write_title(pen, title, layout, font)
    left, bottom = layout.title[0], layout.height - 72
    pen.rectangle((left, bottom - 58, left + 72, bottom - 53), fill=ACCENT)
    pen.text((left, bottom), name, fill=QUIET, font=_load_font(font, 32), anchor="ls")
    return _png(canvas)


def _paste(canvas: Image.Image, drawing: str, layout: Layout) -> None:
    left, top, width, height = layout.hero
    # Twigs may go beyond their box, as far as the edge of the picture.
    place = f'x="{left}" y="{top}" width="{width}" height="{height}" overflow="visible"'
    framed = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width}" height="{layout.height}">'
        f"{drawing.replace('<svg ', f'<svg {place} ', 1)}</svg>"
    )
    png = resvg_py.svg_to_bytes(svg_string=framed, skip_system_fonts=True, style_sheet=STYLE_SHEET)
    layer = Image.open(BytesIO(png)).convert("RGBA")
    canvas.paste(layer, (0, 0), layer)


def _write_title(pen: ImageDraw.ImageDraw, title: str, layout: Layout, font: Path | None) -> None:
    left, top, _, _ = layout.title
    letters, lines = fit_title(title, layout, font)
    for number, line in enumerate(lines):
        pen.text((left, top + number * letters.size * LEADING), line, fill=INK, font=letters)


def fit_title(title: str, layout: Layout, font: Path | None) -> tuple[FreeTypeFont, list[str]]:
    """Return the largest font with which the title fits its box, and its lines."""
    _, _, width, height = layout.title
    for size in range(layout.max_font_size, MIN_FONT_SIZE, -2):
        letters = _load_font(font, size)
        lines = _wrapped(title, letters, width)
        if len(lines) * size * LEADING <= height and max(map(letters.getlength, lines)) <= width:
            break
    return letters, _balanced(lines, letters, width)


def _balanced(lines: list[str], letters: FreeTypeFont, width: int) -> list[str]:
    """Return the words in as many lines, all about equally long."""
    narrower = (_wrapped(" ".join(lines), letters, less) for less in range(width // 2, width, 10))
    return next((other for other in narrower if len(other) == len(lines)), lines)


def _wrapped(text: str, letters: FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@lru_cache
def _load_font(font: Path | None, size: int) -> FreeTypeFont:
    """Return the theme's font, or Pillow's default, in this size (pixels)."""
    letters = ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
    assert isinstance(letters, FreeTypeFont)  # noqa: S101 -- always so where Pillow has FreeType, as its wheels have
    with suppress(OSError):  # not every font has weights to choose from
        letters.set_variation_by_axes([WEIGHT])
    return letters


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.quantize(192, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def _picture(article: Article, layout: Layout, kind: str) -> Picture:
    settings = article.settings
    title, name, drawing = article.title, settings["SITENAME"], str(article.hero)
    font = next(iter(sorted(Path(settings["THEME"], "static", "fonts").glob("*.woff2"))), None)
    # The key has everything that the picture is made from, this module and its libraries too.
    versions = (version("pillow"), version("resvg-py"), Path(__file__).read_bytes(), font and font.read_bytes())
    key = (layout, title, name, drawing, versions)
    folder = Path(settings["CACHE_PATH"], "pictures")
    content = cached(folder, key, lambda: draw(layout, title, name, drawing, font))
    url = assets.publish(f"{article.slug}-{kind}.png", content, Path(settings["OUTPUT_PATH"]))
    return Picture(f"{settings['SITEURL']}{url}", layout.width, layout.height, f"{title}. {name}")


def _draw(generator: ArticlesGenerator) -> None:
    for article in (*generator.articles, *generator.hidden_articles):
        article.hero = hero_svg(article.slug)
        article.social = _picture(article, SOCIAL, "social")
        article.pin = _picture(article, PIN, "pin")


def register() -> None:
    signals.article_generator_finalized.connect(_draw)
