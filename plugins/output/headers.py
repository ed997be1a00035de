"""Response headers as data, and the content-security policy inside each page.

The CDN, the local server and publishing read the headers. They are the same for every release, so that a header and a
page never disagree during a publish or after a rollback. The hash of the page's style, which changes, is in the page.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from pelican import Pelican, signals

from plugins.media import assets
from plugins.output import lambda_assets

Headers = Mapping[str, str]

CONTENT_SECURITY_POLICY = {
    "base-uri": "'none'",
    "child-src": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "frame-src": "'none'",
    "img-src": "'self'",
    "manifest-src": "'none'",
    "media-src": "'none'",
    "object-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'none'",
}
"""Every directive but those on styles (Content Security Policy Level 3).

A browser enforces this policy and the page's own, so there is no default-src here: it would forbid the page's style.
Structured data needs no hash, because browsers do not run it.
"""

# What no page uses. Sharing (web-share) and copying (clipboard-write) keep their default, which is this site only.
DISABLED_FEATURES = (
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
    # A browser may store a page, but asks whether it has changed.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in CONTENT_SECURITY_POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DISABLED_FEATURES),
    # Other sites do not learn that a reader came from a page about a condition.
    "Referrer-Policy": "no-referrer",
    # Two years. Without includeSubDomains, because the practice may run other services on its domain.
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}

ASSETS: Headers = {
    # The name has a hash of the content, so new content has a new name.
    "Cache-Control": "public, max-age=31536000, immutable",
    # A network may show the page's picture beside a shared link.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


HEADERS: Mapping[str, Headers] = {"default": DEFAULT, f"/{assets.FOLDER}/*": ASSETS}
"""Headers by path pattern; "default" applies to all paths, the others add to it."""


def page_policy(style: str) -> str:
    """Return the policy inside a page, which allows this one inlined style.

    All other directives are in the header, so that each page is shorter.
    """
    return f"style-src {source(style)}"


def source(text: str) -> str:
    """Return the hash source of an inlined text (Content Security Policy Level 3)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _write(pelican: Pelican) -> None:
    lambda_assets.write(Path(pelican.settings["COMPILED_PATH"], "headers.json"), json.dumps(HEADERS, indent=2) + "\n")


def register() -> None:
    signals.finalized.connect(_write)
