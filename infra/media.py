"""What to call a file's content."""

from __future__ import annotations

import mimetypes
from pathlib import Path

# What Python 3.11 does not know.
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("font/woff2", ".woff2")


def content_type(file: Path) -> str:
    """The media type, without a charset."""
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"
