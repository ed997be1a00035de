"""An article's own pictures: the drawn hero, and with the title the social picture and the pin.

Drawing takes longer than the rest of a build, so each picture is kept in .cache/ under a hash of all that it is
drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import resvg_py
from markupsafe import Markup
from pelican import signals
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from plugins import assets
from plugins.cache import kept

PAPER, INK, QUIET, ACCENT = "#fbf7f0", "#20312e", "#55655f", "#1f6f64"
"""The theme's light colours: networks show these pictures on pages of their own."""

STYLE_SHEET = f"svg {{ color: {ACCENT}; }}"
"""What the theme's style sheet says of the hero, without custom properties: the renderer has none."""


LEADING = 1.2


@dataclass(frozen=True)
class Layout:
    """A picture's measures in pixels: boxes are left, top, width, height."""

    width: int
    height: int
    hero: tuple[int, int, int, int]
    title: tuple[int, int, int, int]
    largest: int
    """Size of the title's letters, if they fit."""


SOCIAL = Layout(1200, 630, hero=(620, 0, 580, 630), title=(72, 84, 620, 380), largest=68)
PIN = Layout(1000, 1500, hero=(0, 0, 1000, 760), title=(80, 800, 840, 500), largest=84)


@dataclass(frozen=True)
class Picture:
    """A picture as templates print it; its address is absolute."""

    url: str
    width: int
    height: int
    alt: str


def hero(seed: str) -> Markup:
    """The drawing above an article: its own for every seed."""
    if not find_spec("plugins.hero"):
        return Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>')
    from plugins.hero import hero_svg

    return hero_svg(seed)


def draw(layout: Layout, title: str, name: str, drawing: str, font: Path | None) -> bytes:
    """A PNG of the drawing, the title and the practice's name."""
    canvas = Image.new("RGB", (layout.width, layout.height), PAPER)
    _paste(canvas, drawing, layout.hero)
    pen = ImageDraw.Draw(canvas)
    _write_title(pen, title, layout, font)
    left, bottom = layout.title[0], layout.height - 72
    pen.rectangle((left, bottom - 58, left + 72, bottom - 53), fill=ACCENT)
    pen.text((left, bottom), name, fill=QUIET, font=_letters(font, 32), anchor="ls")
    return _png(canvas)


def _paste(canvas: Image.Image, drawing: str, box: tuple[int, int, int, int]) -> None:
    left, top, width, height = box
    # It fills the box and is cut off at its edges, as with CSS's object-fit: cover.
    place = f'width="{width}" height="{height}" preserveAspectRatio="xMidYMid slice"'
    framed = f'<svg xmlns="http://www.w3.org/2000/svg" {place}>{drawing.replace("<svg ", f"<svg {place} ", 1)}</svg>'
    png = resvg_py.svg_to_bytes(svg_string=framed, skip_system_fonts=True, style_sheet=STYLE_SHEET)
    layer = Image.open(BytesIO(png)).convert("RGBA")
    canvas.paste(layer, (left, top), layer)


def _write_title(pen: ImageDraw.ImageDraw, title: str, layout: Layout, font: Path | None) -> None:
    left, top, width, height = layout.title
    for size in range(layout.largest, 20, -2):
        letters, leading = _letters(font, size), size * LEADING
        lines = _balanced(title, letters, width)
        if len(lines) * leading <= height:
            break
    for number, line in enumerate(lines):
        pen.text((left, top + number * leading), line, fill=INK, font=letters)


def _balanced(text: str, letters: FreeTypeFont, width: int) -> list[str]:
    """As few lines as the width allows, all about equally long."""
    lines = _wrapped(text, letters, width)
    narrower = (_wrapped(text, letters, less) for less in range(width // 2, width, 10))
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
def _letters(font: Path | None, size: int) -> FreeTypeFont:
    """The theme's own font, or the one that comes with Pillow."""
    letters = ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
    assert isinstance(letters, FreeTypeFont)  # noqa: S101 -- always so where Pillow has FreeType, as its wheels have
    return letters


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.quantize(192, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _picture(article: Article, layout: Layout, kind: str) -> Picture:
    settings = article.settings
    title, name, drawing = article.title, settings["SITENAME"], str(article.hero)
    font = next(iter(sorted(Path(settings["THEME"], "static", "fonts").glob("*.woff2"))), None)
    # Whatever the picture is made from, this module and its libraries too.
    versions = (version("pillow"), version("resvg-py"), Path(__file__).read_bytes(), font and font.read_bytes())
    made_from = (layout, title, name, drawing, versions)
    folder = Path(settings["CACHE_PATH"], "pictures")
    content = kept(folder, made_from, lambda: draw(layout, title, name, drawing, font))
    url = assets.publish(f"{article.slug}-{kind}.png", content, Path(settings["OUTPUT_PATH"]))
    return Picture(f"{settings['SITEURL']}{url}", layout.width, layout.height, f"{title}. {name}")


def _draw(generator: ArticlesGenerator) -> None:
    for article in generator.articles:
        article.hero = hero(article.slug)
        article.social = _picture(article, SOCIAL, "social")
        article.pin = _picture(article, PIN, "pin")


def register() -> None:
    signals.article_generator_finalized.connect(_draw)
