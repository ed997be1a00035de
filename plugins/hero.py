"""The drawing above an article: dendrites, grown from a seed, so that every article has its own.

A branch is drawn once and then repeated inside itself, smaller and turned, as real dendrites do: a few hundred
twigs cost a few hundred bytes. The colour is the text's own (`currentColor`); only the lights at the tips have
one, the theme's lamp. There is no style in it: the content-security policy forbids it.
"""

from __future__ import annotations

from hashlib import sha256
from random import Random

from markupsafe import Markup

LAMP = "#f2b134"

WIDTH, HEIGHT = 600, 640


def hero_svg(seed: str) -> Markup:
    """The drawing that grows from this seed, for a page or for a picture."""
    chance = Random(sha256(seed.encode()).digest())  # noqa: S311 -- a drawing, not a secret
    lo, hi = 0, 7
    v = "ab"
    out = []
    tip = {}
    for kind in v:
        sway = chance.randint(8, 22) * (1 if kind == "a" else -1)
        lean = chance.randint(-14, 14)
        tip[kind] = (lean, -100)
        out.append(f'<path id="t{kind}" d="M0 0C{sway} -34 {lean - sway} -66 {lean} -100"/>')
    out.append(f'<g id="a0"><use href="#ta"/><circle cx="{tip["a"][0]}" cy="-100" r="13" fill="{LAMP}" stroke="none"/></g><use id="b0" href="#tb"/>')
    for level in range(1, hi):
        for kind in v:
            x, y = tip[kind]
            other = "b" if kind == "a" else "a"
            spread = chance.randint(16, 30)
            a = chance.randint(12, 34)
            b = -chance.randint(16, 40)
            if kind == "b":
                a, b = -a, -b
            s1 = chance.randint(78, 88)
            s2 = chance.randint(60, 80)
            out.append(
                f'<g id="{kind}{level}"><use href="#t{kind}"/>'
                f'<use href="#{kind}{level - 1}" transform="translate({x} {y})rotate({a})scale(.{s1})"/>'
                f'<use href="#{other}{level - 1}" transform="translate({x} {y})rotate({b})scale(.{s2})"/></g>'
            )
    top = hi - 1
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="currentColor" stroke-width="9" stroke-linecap="round" aria-hidden="true">'
        "<defs>{}</defs>"
        f'<use href="#a{top}" transform="translate(330 640)scale(1.15)"/>'
        f'<use href="#b{top-1}" transform="translate(330 640)rotate(-38)scale(.9)"/>'
        f'<use href="#b{top-1}" transform="translate(330 640)rotate(40)scale(.9)"/>'
        "</svg>"
    ).format(Markup("".join(out)))
