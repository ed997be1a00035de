"""Pictures of people: a photo in AVIF, WebP and JPEG, or a drawing, which stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import resvg_py
from markupsafe import Markup

from plugins.media import assets, images
from plugins.media.cache import cached

WIDTH = images.WIDTHS[0]
"""The width of a photo in pixels: portraits are shown small."""

DRAWING = ".svg"

SUFFIXES = (*images.SUFFIXES, DRAWING)
"""Formats that editors may use."""


@dataclass(frozen=True)
class Portrait:
    """A portrait as templates print it."""

    image: str
    """The address of the picture that every browser and network reads, beginning with /assets/."""
    shown: str
    """The address in the page's <img>."""
    width: int
    height: int
    sources: Markup
    """The <source> elements, empty for a drawing."""
    files: tuple[tuple[str, bytes], ...]
    """Name and content of each file to publish."""

    def html(self, alt: str, loading: str = "lazy") -> Markup:
        """Return the picture as HTML. `loading` is lazy, or eager for a picture on the first screen."""
        img = Markup('<img src="{}" alt="{}" width="{}" height="{}" loading="{}">').format(
            self.shown, alt, self.width, self.height, loading
        )
        return Markup("<picture>{}{}</picture>").format(self.sources, img) if self.sources else img


def find(src: str, content: Path) -> Path | None:
    """Return the file under content/images that `src` names, or None."""
    return images.find(src, content, SUFFIXES)


def portrait(file: Path, cache: Path) -> Portrait:
    """Return the portrait of this photo or drawing."""
    return _drawing(file, cache) if file.suffix.lower() == DRAWING else _photo(file, cache)


def _drawing(file: Path, cache: Path) -> Portrait:
    svg = file.read_bytes()
    # Networks show no SVG.
    png = cached(cache / "portraits", (svg, WIDTH, version("resvg-py")), lambda: _png(svg))
    files = ((file.name, svg), (f"{file.stem}.png", png))
    shown, image = (assets.address(name, content) for name, content in files)
    return Portrait(image, shown, WIDTH, WIDTH, Markup(), files)


def _png(svg: bytes) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), width=WIDTH, skip_system_fonts=True))


def _photo(file: Path, cache: Path) -> Portrait:
    photo = images.Photo(file)
    width = min(WIDTH, photo.size[0])
    fallback, options = images.ALPHA_FALLBACK if photo.has_alpha else images.OPAQUE_FALLBACK
    kinds = {**images.FORMATS, fallback: options}
    files = tuple(
        (f"{file.stem}.{kind}", images.encoded(photo, width, kind, choices, cache)) for kind, choices in kinds.items()
    )
    addresses = {kind: assets.address(*each) for kind, each in zip(kinds, files, strict=True)}
    sources = Markup().join(
        Markup('<source type="image/{}" srcset="{}">').format(kind, addresses[kind]) for kind in images.FORMATS
    )
    image = addresses[fallback]
    return Portrait(image, image, width, round(photo.size[1] * width / photo.size[0]), sources, files)
