"""What the functions know about the practice and draw their pages with. `make publish` publishes it."""

from __future__ import annotations

from dataclasses import dataclass

from leads.domain.practice import Practice

TITLE, MAIN = PLACES = ("<!--title-->", "<!--main-->")
"""Places of the shell that each page fills in, in their order."""


@dataclass(frozen=True)
class Facts:
    """The published practice, and the shell of the functions' pages: a page of the site with places to fill in."""

    practice: Practice
    shell: str
