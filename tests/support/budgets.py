"""How many bytes a visitor may have to load. The measure is a reader with an old phone and a slow connection."""

from __future__ import annotations

KB = 1000

PAGE = 16 * KB
"""The HTML of a page with its styles, as a CDN compresses it."""

FIRST_SCREEN = 6 * KB
"""Up to the list of contents: it comes with the first flight, ten packets of 1,460 bytes less TLS and headers."""

FUNCTION_PAGE = 25 * KB
"""The HTML of a page that a function answers with: nothing compresses it."""

SCRIPTS = 3 * KB

WHOLE_PAGE = 100 * KB
"""Everything that is transferred when a page is read to its end, headers included."""
