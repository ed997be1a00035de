"""Response headers of every page, as data that the function, the CDN and the local server all read."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from pelican import Pelican, signals

from plugins import assets, compiled

Headers = Mapping[str, str]

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "script-src": "'self'",
    "style-src": "{styles}",
}
"""Structured data needs no hash: browsers do not run it, so the policy does not look at it."""

# What no page of ours uses. Sharing (web-share) and copying (clipboard-write) stay at their default: this site only.
SWITCHED_OFF = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)

DEFAULT: Headers = {
    # A browser keeps a page but asks whether it has changed.
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in SWITCHED_OFF),
    # No site that a reader goes on to learns that they came from here.
    "Referrer-Policy": "no-referrer",
    # Two years. Without includeSubDomains: the practice may run other things on its domain.
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}

ASSETS: Headers = {
    # The name has the content's hash: a new content has a new name.
    "Cache-Control": "public, max-age=31536000, immutable",
    # A network that shows the page's picture beside a shared link may load it from here.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def headers(pages: Iterable[str]) -> Mapping[str, Headers]:
    """Headers by path: "default" for all, and what differs under the paths that match the other keys."""
    styles = {style for page in pages for style in re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)}
    policy = "; ".join(f"{name} {sources}" for name, sources in CONTENT_SECURITY_POLICY.items())
    return {
        "default": {"Content-Security-Policy": policy.format(styles=" ".join(sorted(map(_hash, styles)))), **DEFAULT},
        f"/{assets.FOLDER}/*": ASSETS,
    }


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _write(pelican: Pelican) -> None:
    folder = Path(pelican.settings["COMPILED_PATH"])
    pages = [*Path(pelican.output_path).rglob("*.html"), folder / "shell.html"]
    found = headers(page.read_text(encoding="utf-8") for page in pages)
    compiled.write(folder / "headers.json", json.dumps(found, indent=2) + "\n")


def register() -> None:
    signals.finalized.connect(_write)
