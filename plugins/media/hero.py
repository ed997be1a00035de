"""The drawing above an article: random nerve cells, fixed by a seed.

A branch is drawn once and then repeated inside itself, smaller, turned and mirrored: hundreds of twigs cost three
hundred bytes. Lines have the colour of the text (`currentColor`), the dots at the tips the theme's accent. There is no
style attribute, because the content-security policy forbids them.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from random import Random

from markupsafe import Markup

ACCENT = "#f2b134"

LEVELS = 6
"""Number of times the longest dendrite divides."""

SVG = Markup(
    '<svg viewBox="0 0 600 640" fill="none" stroke="currentColor" stroke-width="8" stroke-linecap="round"'
    ' aria-hidden="true">'
    "<defs>{branches}{cell}</defs>"
    '<use href="#cell" transform="translate({far} 470)scale(-.65 .65)" opacity=".25"/>'
    '<use href="#cell" transform="translate({near} 520)rotate({turn})scale(1.32)"/></svg>'
)

TWIG = Markup(
    '<path id="d" d="M0 0c{left} -40 {right} -60 {lean} -99"/>'
    '<g id="d0"><use href="#d"/><circle cx="{lean}" cy="-104" r="15" fill="{accent}" stroke="none"/></g>'
)
"""One twig, and one with a dot at its tip."""

FORK = Markup(
    '<g id="d{level}"><use href="#d"/>'
    '<use href="#d{below}" transform="translate({lean} -99)rotate({on})scale(.8)"/>'
    '<use href="#{mirrored}" transform="translate({lean} -99)rotate({off})scale(-.74 .74)"/></g>'
)

CELL = Markup(
    '<g id="cell"><path fill="currentColor" stroke-linejoin="round" d="M-15 9Q-3 -8 0 -36Q3 -8 15 9Q0 20 -15 9"/>'
    '<path stroke-width="3" d="M0 9q9 80 -6 170"/>{dendrites}</g>'
)

DENDRITE = Markup('<use href="#d{level}" transform="rotate({turn})scale({size})"/>')


def hero_svg(seed: str) -> Markup:
    """Return the drawing of this seed as SVG, for a page or for a picture."""
    random = Random(sha256(seed.encode()).digest())  # noqa: S311 -- a drawing, not a secret
    return SVG.format(
        branches=Markup().join(_branches(random)),
        cell=_cell(random),
        far=random.randint(90, 130),
        near=random.randint(330, 370),
        turn=random.randint(-8, 8),
    )


def _branches(random: Random) -> Iterator[Markup]:
    lean, bow = random.randint(4, 16), random.randint(8, 20)
    yield TWIG.format(left=-bow, right=lean + bow, lean=lean, accent=ACCENT)
    for level in range(1, LEVELS + 1):
        # At the end of each branch one twig has a dot and one does not.
        yield FORK.format(
            level=level,
            below=level - 1,
            mirrored=f"d{level - 1}" if level > 1 else "d",
            lean=lean,
            on=random.randint(8, 26),
            off=-random.randint(24, 42),
        )


def _cell(random: Random) -> Markup:
    """Return a cell with one long dendrite upwards and four short ones around."""
    around = ((0, LEVELS, ".99"), (-68, 4, "-.5 .5"), (70, 4, ".46"), (138, 3, "-.48 .48"), (-140, 3, ".44"))
    return CELL.format(
        dendrites=Markup().join(
            DENDRITE.format(level=level, turn=turn + random.randint(-9, 9), size=size) for turn, level, size in around
        )
    )
