"""Typographic quotes, dashes and ellipses as characters instead of entities."""

from __future__ import annotations

from markdown.extensions.smarty import SmartyExtension

CHARACTERS = {
    "left-single-quote": "\u2018",
    "right-single-quote": "\u2019",
    "left-double-quote": "\u201c",
    "right-double-quote": "\u201d",
    "left-angle-quote": "\u00ab",
    "right-angle-quote": "\u00bb",
    "ellipsis": "\u2026",
    "ndash": "\u2013",
    "mdash": "\u2014",
}


def typography() -> SmartyExtension:
    """Return Markdown's own extension, which by default writes longer entities."""
    return SmartyExtension(substitutions=CHARACTERS)
