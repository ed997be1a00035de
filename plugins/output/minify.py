"""HTML without line breaks around blocks and without optional end tags.

A browser parses it to the same page; an article is 150 compressed bytes shorter.
"""

from __future__ import annotations

import re

from markupsafe import Markup

BLOCK = (
    r"</?(?:address|article|aside|body|d[dlt]|details|div|fieldset|fig(?:caption|ure)|footer|form|h[1-6]|head(?:er)?|html"
    r"|legend|li|link|main|meta|nav|[ou]l|p|section|style|summary|t(?:able|body|d|emplate|h|head|itle|r)|!doctype)\b[^>]*>"
)
BREAK_AT_BLOCK = re.compile(rf"\n+(?={BLOCK})|({BLOCK})\n+")

NEXT_TAGS = {
    "p": "p|[ou]l|dl|div|h[1-6]|table|section|form|details|fieldset|figure|/(?:article|dd|details|div|form|li|section)",
    "li": "li|/[ou]l",
    "d[dt]": "d[dt]|/dl",
    "t[dh]": "t[dh]|/tr",
    "tr": "tr|/tbody|/thead",
}
"""Next tags before which an end tag may be left out (HTML standard, section "Optional tags")."""
OPTIONAL_END_TAG = re.compile("|".join(rf"</{tag}>(?=<(?:{following})\b)" for tag, following in NEXT_TAGS.items()))


def minify_html(html: str) -> Markup:
    """Return shorter HTML that browsers parse to the same page.

    It must not contain `pre`, whose line breaks matter.
    """
    # As str, because Markup would escape what re.sub puts together.
    return Markup(OPTIONAL_END_TAG.sub("", BREAK_AT_BLOCK.sub(r"\1", str(html))))  # noqa: S704 -- escaped already
