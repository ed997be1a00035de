"""Media types of files."""

from __future__ import annotations

import mimetypes
from pathlib import Path

# Types that Python 3.11 does not know, or calls otherwise on some systems.
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/vcard", ".vcf")


def content_type(file: Path) -> str:
    """Return the media type that the file's name suggests, without a charset."""
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"
