"""Response headers, as data that the CDN, the local server and publishing all read; and the pages' own policy.

The headers are the same for every release, so that a header and a page never disagree in the middle of a
publish or after a rollback. What depends on the page, its style's hash, stands in the page.
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
"""Every directive but those on styles. What a page wants must pass this and the page's own policy, so there is no
default here: it would forbid the page's style.

Structured data needs no hash: browsers do not run it, so the policy does not look at it."""

# What no page of ours uses. Sharing (web-share) and copying (clipboard-write) stay at their default: this site only.
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
    # A browser keeps a page but asks whether it has changed.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in CONTENT_SECURITY_POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DISABLED_FEATURES),
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


HEADERS: Mapping[str, Headers] = {"default": DEFAULT, f"/{assets.FOLDER}/*": ASSETS}
"""By path: "default" for all, and what differs under the paths that match the other keys."""


def page_policy(style: str) -> str:
    """The policy of a page with this one inlined style: that style by its hash, and no other.

    It travels with each page, so it is short: on everything else, the header has the word.
    """
    return f"style-src {source(style)}"


def source(text: str) -> str:
    """What stands in a policy for an inlined text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _write(pelican: Pelican) -> None:
    lambda_assets.write(Path(pelican.settings["COMPILED_PATH"], "headers.json"), json.dumps(HEADERS, indent=2) + "\n")


def register() -> None:
    signals.finalized.connect(_write)
