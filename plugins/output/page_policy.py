"""The content-security policy inside each page, which allows the page's own style.

All other directives are in the header that the template gives to every response. It is the same for every release, so
that header and page never disagree during a publish or after a rollback. The hash of the style, which changes, is in
the page. A browser enforces both policies, so the header has no default-src: it would forbid the page's style.
Structured data needs no hash, because browsers do not run it.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256


def page_policy(style: str) -> str:
    """Return the policy inside a page, which allows this one inlined style."""
    return f"style-src {source(style)}"


def source(text: str) -> str:
    """Return the hash source of an inlined text (Content Security Policy Level 3)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
