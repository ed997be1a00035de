"""Files published with a hash in their name, which browsers may keep a year."""

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
    """A template or a style sheet names a file that does not exist."""


def hashed_name(name: str, content: bytes) -> str:
    """Return the file's name with a hash of its content: page.1a2b3c4d5e.js."""
    path = PurePosixPath(name)
    return f"{path.stem}.{sha256(content).hexdigest()[:10]}{path.suffix}"


def minify_css(css: str) -> str:
    """Return the style sheet minified, with short names for its custom properties.

    Nothing but the style sheets uses these names.
    """
    minified = rcssmin.cssmin(css)
    names = dict.fromkeys(CUSTOM_PROPERTY.findall(minified))
    letters = (f"--{''.join(each)}" for size in count(1) for each in product(ascii_lowercase, repeat=size))
    short = dict(zip(names, letters, strict=False))
    return CUSTOM_PROPERTY.sub(lambda match: short[match[0]], minified)


class Assets:
    """The static files of a theme."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, path: str) -> str:
        """Return the address under which a file is published. Raise MissingAssetError.

        Templates call it as `asset(path)`.
        """
        file = self.folder / path
        if not file.is_file():
            raise MissingAssetError(f"{file}: there is no such file. Correct the name, or add the file.")
        return address(file.name, file.read_bytes())

    def css(self, *parts: str) -> Markup:
        """Return the style sheets of a page in the order of their names, minified for <style>.

        A sheet called *.PART.css is only for pages that name this part: each page carries its styles.
        """
        sheets = sorted((self.folder / "css").glob("*.css"))
        sheets = [sheet for sheet in sheets if not set(sheet.suffixes[:-1]) - {f".{part}" for part in parts}]
        css = "\n".join(self._with_urls(sheet.read_text(encoding="utf-8")) for sheet in sheets)
        return Markup(minify_css(css))  # noqa: S704 -- the theme's own

    def _with_urls(self, css: str) -> str:
        # An address in a style sheet is relative to the sheet; inlined, it would be relative to the page.
        return re.sub(r"""url\(["']?(\.\.?/[^"')]+)["']?\)""", lambda match: f"url({self._relative(match[1])})", css)

    def _relative(self, path: str) -> str:
        return self.url(normpath(f"css/{path}"))

    def publish(self, output: Path) -> None:
        """Copy each file but the style sheets, which are inlined."""
        for file in self.folder.rglob("*"):
            if file.is_file() and file.suffix != ".css":
                publish(file.name, file.read_bytes(), output)


def publish(name: str, content: bytes, output: Path) -> str:
    """Write a file under its hashed name and return its address."""
    target = output / FOLDER / hashed_name(name, content)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return address(name, content)


def address(name: str, content: bytes) -> str:
    """Return the address at which a file of this name and content is published."""
    return f"/{FOLDER}/{hashed_name(name, content)}"


def _publish(pelican: Pelican) -> None:
    Assets(Path(pelican.theme, "static")).publish(Path(pelican.output_path))


def register() -> None:
    signals.finalized.connect(_publish)
