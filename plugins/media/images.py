"""Responsive images: content/images in AVIF and WebP and several widths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pelican import signals
from pelican.contents import Content
from PIL import ExifTags, Image, ImageOps
from PIL import __version__ as pillow_version

from plugins.media import assets
from plugins.media.cache import cached

WIDTHS = (480, 960, 1440)
SIZES = "(min-width: 42em) 37em, 90vw"
"""The width of the text column, by which browsers choose among the widths."""

FORMATS: Mapping[str, Mapping[str, Any]] = {"avif": {"quality": 60, "speed": 6}, "webp": {"quality": 78, "method": 6}}
# Every browser reads these two. JPEG has no transparency.
OPAQUE_FALLBACK: tuple[str, Mapping[str, Any]] = ("jpeg", {"quality": 80, "optimize": True, "progressive": True})
ALPHA_FALLBACK: tuple[str, Mapping[str, Any]] = ("png", {"optimize": True})

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".avif")
"""Formats that editors may use."""

IMG = re.compile(r"<img [^>]*>")


def find(src: str, content: Path, suffixes: Sequence[str] = SUFFIXES) -> Path | None:
    """Return the file under content/images that `src` names, or None."""
    name = re.sub(r"^(?:\.\./|/|\{static\}/?)*images/", "", unescape(src))
    file = content / "images" / name
    return file if file.suffix.lower() in suffixes and file.is_file() else None


class Photo:
    """A picture file, decoded only if a variant of it is not in the cache."""

    def __init__(self, file: Path) -> None:
        with Image.open(file) as opened:
            is_rotated = opened.getexif().get(ExifTags.Base.Orientation, 1) >= 5
            self.size = opened.size[::-1] if is_rotated else opened.size
            self.has_alpha = opened.has_transparency_data
        self.file = file
        self.hash = sha256(file.read_bytes()).hexdigest()

    @cached_property
    def pixels(self) -> Image.Image:
        """Return the picture upright and without EXIF, which may hold a location."""
        with Image.open(self.file) as opened:
            return ImageOps.exif_transpose(opened).convert("RGBA" if self.has_alpha else "RGB")

    def widths(self) -> list[int]:
        """Return the widths to encode, in pixels, none wider than the picture."""
        return sorted({min(width, self.size[0]) for width in WIDTHS})

    def encoded(self, width: int, kind: str, options: Mapping[str, Any]) -> bytes:
        """Return the picture in this width (pixels) and format."""
        height = round(self.size[1] * width / self.size[0])
        file = BytesIO()
        self.pixels.resize((width, height), Image.Resampling.LANCZOS).save(file, kind, **options)
        return file.getvalue()


def _responsive(img: str, settings: Mapping[str, Any]) -> str:
    attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', img))
    file = find(attributes.get("src", ""), Path(settings["PATH"]))
    if file is None:
        return img  # the editorial checks report it
    photo = Photo(file)
    sources = Markup().join(_source(photo, kind, options, settings) for kind, options in FORMATS.items())
    kind, options = ALPHA_FALLBACK if photo.has_alpha else OPAQUE_FALLBACK
    url = _published(photo, min(WIDTHS[1], photo.size[0]), kind, options, settings)
    # A browser takes the first format that it supports, in the width that it needs.
    return Markup('<picture>{}<img src="{}" alt="{}" width="{}" height="{}" {} decoding="async"></picture>').format(
        sources, url, unescape(attributes.get("alt", "")), *photo.size, _loading(attributes)
    )


def _loading(attributes: Mapping[str, str]) -> Markup:
    """Return eager loading for `fetchpriority=high`, else lazy.

    A picture in an article is below the drawing, so it can wait unless its editor says otherwise.
    """
    is_eager = attributes.get("fetchpriority") == "high"
    return Markup('loading="eager" fetchpriority="high"') if is_eager else Markup('loading="lazy"')


def _source(photo: Photo, kind: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> Markup:
    urls = [f"{_published(photo, width, kind, options, settings)} {width}w" for width in photo.widths()]
    return Markup('<source type="image/{}" srcset="{}" sizes="{}">').format(kind, ", ".join(urls), SIZES)


def _published(photo: Photo, width: int, kind: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    content = encoded(photo, width, kind, options, Path(settings["CACHE_PATH"]))
    return assets.publish(f"{photo.file.stem}-{width}.{kind}", content, Path(settings["OUTPUT_PATH"]))


def encoded(photo: Photo, width: int, kind: str, options: Mapping[str, Any], cache: Path) -> bytes:
    """Return the photo in this width (pixels) and format, from the cache where it has been encoded before."""
    key = (photo.hash, width, kind, options, pillow_version)
    return cached(cache / "images", key, lambda: photo.encoded(width, kind, options))


def _make_responsive(content: Content) -> None:
    if content._content:  # noqa: SLF001 -- Pelican's plugins change it here, before anything reads it
        content._content = IMG.sub(lambda match: _responsive(match[0], content.settings), content._content)  # noqa: SLF001


def register() -> None:
    signals.content_object_init.connect(_make_responsive)
