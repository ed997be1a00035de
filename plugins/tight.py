"""HTML without the line breaks around its blocks: no browser shows them, and together they cost seventy bytes."""

from __future__ import annotations

import re

from markupsafe import Markup

BLOCK = (
    r"</?(?:address|article|aside|body|d[dlt]|details|div|fieldset|fig(?:caption|ure)|footer|form|h[1-6]|head(?:er)?|html"
    r"|legend|li|link|main|meta|nav|[ou]l|p|section|style|summary|t(?:able|body|d|emplate|h|head|itle|r)|!doctype)\b[^>]*>"
)
AROUND = re.compile(rf"\n+(?={BLOCK})|({BLOCK})\n+")


def tight(html: str) -> Markup:
    """The page as browsers show it all the same. What keeps its line breaks, `pre`, must not be in it."""
    # As plain text: Markup would escape what is put together again.
    return Markup(AROUND.sub(r"\1", str(html)))  # noqa: S704 -- it came escaped
