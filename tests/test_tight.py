"""HTML without the line breaks around its blocks."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from plugins.tight import tight


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<!doctype html>\n<p>a</p>\n\n<p>b</p>\n", "<!doctype html><p>a</p><p>b</p>"),
        ('<ul class="x">\n<li>a\n</li>\n</ul>', '<ul class="x"><li>a</li></ul>'),
        ("<p>\n<a>a</a>\n<a>b</a>\n</p>", "<p><a>a</a>\n<a>b</a></p>"),
        ("<p>one\ntwo\n<em>three</em></p>", "<p>one\ntwo\n<em>three</em></p>"),
        ("<time>a</time>\n<tt>b</tt>", "<time>a</time>\n<tt>b</tt>"),
    ],
)
def test_breaks_go_around_blocks_and_stay_between_words(html: str, expected: str) -> None:
    assert tight(html) == expected


WORDS = st.lists(st.sampled_from(["a", "<b>c</b>", "<i>d</i>", "e"]), min_size=1, max_size=4).map("\n".join)
PARTS = st.lists(WORDS.map("<p>{}</p>".format) | WORDS.map("<ul>\n<li>\n{}\n</li>\n</ul>".format), max_size=4)


@given(PARTS)
def test_every_block_still_says_the_same(parts: list[str]) -> None:
    def said(html: str) -> list[list[str]]:
        root = html5lib.parse(html, namespaceHTMLElements=False)
        return ["".join(block.itertext()).split() for block in root.iter() if block.tag in {"p", "li"}]

    assert said(tight("\n".join(parts))) == said("\n".join(parts))


def test_what_came_escaped_is_not_escaped_again() -> None:
    assert tight(Markup("<p>\n&amp;</p>\n")) == "<p>&amp;</p>"
