"""Files of theme/static and pictures: published under a name with their hash, so browsers may keep them a year."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import count, product
from pathlib import Path, PurePosixPath
from posixpath import normpath
from string import ascii_lowercase

import rcssmin
from markupsafe import Markup
from pelican import Pelican, signals

FOLDER = "assets"

CUSTOM_PROPERTY = re.compile(r"(?<![\w-])--[a-z][\w-]*")


class MissingAssetError(Exception):
    """A template or a style sheet asks for a file that is not there."""


def hashed_name(name: str, content: bytes) -> str:
    """The name under which this content is published: page.js -> page.1a2b3c4d5e.js."""
    path = PurePosixPath(name)
    return f"{path.stem}.{sha256(content).hexdigest()[:10]}{path.suffix}"


def minify_css(css: str) -> str:
    """The style with short names for its custom properties: nothing outside of the sheets knows them."""
    names = dict.fromkeys(CUSTOM_PROPERTY.findall(css))
    letters = (f"--{''.join(each)}" for size in count(1) for each in product(ascii_lowercase, repeat=size))
    short = dict(zip(names, letters, strict=False))
    return CUSTOM_PROPERTY.sub(lambda match: short[match[0]], rcssmin.cssmin(css))


class Assets:
    """The static files of a theme."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, path: str) -> str:
        """The address under which a file is published; `asset(path)` in templates."""
        file = self.folder / path
        if not file.is_file():
            raise MissingAssetError(f"{file}: there is no such file. Correct the name, or add the file.")
        return f"/{FOLDER}/{hashed_name(file.name, file.read_bytes())}"

    def css(self) -> Markup:
        """Every style sheet in the order of their names, minified, to be inlined."""
        sheets = sorted((self.folder / "css").glob("*.css"))
        css = "\n".join(self._with_urls(sheet.read_text(encoding="utf-8")) for sheet in sheets)
        return Markup(minify_css(css))  # noqa: S704 -- the theme's own

    def _with_urls(self, css: str) -> str:
        # Addresses in a sheet are relative to it, as everywhere; inlined, they would be relative to the page.
        return re.sub(r"""url\(["']?(\.\.?/[^"')]+)["']?\)""", lambda match: f"url({self._relative(match[1])})", css)

    def _relative(self, path: str) -> str:
        return self.url(normpath(f"css/{path}"))

    def publish(self, output: Path) -> None:
        """Copy every file but the style sheets, which are inlined."""
        for file in self.folder.rglob("*"):
            if file.is_file() and file.suffix != ".css":
                publish(file.name, file.read_bytes(), output)


def publish(name: str, content: bytes, output: Path) -> str:
    """Write one file under its hashed name; its address."""
    target = output / FOLDER / hashed_name(name, content)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return f"/{FOLDER}/{target.name}"


def _publish(pelican: Pelican) -> None:
    Assets(Path(pelican.theme, "static")).publish(Path(pelican.output_path))


def register() -> None:
    signals.finalized.connect(_publish)
