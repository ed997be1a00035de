"""HTML without the line breaks around its blocks."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from plugins.output.minify import minify_html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<!doctype html>\n<p>a</p>\n\n<p>b</p>\n", "<!doctype html><p>a<p>b</p>"),
        ('<ul class="x">\n<li>a\n</li>\n</ul>', '<ul class="x"><li>a</ul>'),
        ("<p>\n<a>a</a>\n<a>b</a>\n</p>", "<p><a>a</a>\n<a>b</a></p>"),
        ("<p>a</p><svg></svg><p>b</p><a>c</a>", "<p>a</p><svg></svg><p>b</p><a>c</a>"),
        ("<dl><dt>a</dt><dd><p>b</p></dd></dl>", "<dl><dt>a<dd><p>b</dl>"),
        ("<tr><th>a</th><td>b</td></tr></tbody>", "<tr><th>a<td>b</tbody>"),
        ("<p>one\ntwo\n<em>three</em></p>", "<p>one\ntwo\n<em>three</em></p>"),
        ("<time>a</time>\n<tt>b</tt>", "<time>a</time>\n<tt>b</tt>"),
    ],
)
def test_breaks_go_around_blocks_and_stay_between_words(html: str, expected: str) -> None:
    assert minify_html(html) == expected


WORDS = st.lists(st.sampled_from(["a", "<b>c</b>", "<i>d</i>", "e"]), min_size=1, max_size=4).map("\n".join)
BLOCKS = st.recursive(
    WORDS.map("<p>{}</p>".format) | st.just("<svg></svg>") | st.just("<a>x</a>"),
    lambda inner: st.tuples(
        st.sampled_from(
            [
                "<div>\n{}\n</div>",
                "<ul>\n<li>{}</li>\n<li>\ny\n</li>\n</ul>",
                "<dl>\n<dt>t</dt>\n<dd>{}</dd>\n</dl>",
                "<table>\n<tbody>\n<tr>\n<td>{}</td>\n<td>z</td>\n</tr>\n</tbody>\n</table>",
                "<section>{}</section>",
                "<a>{}</a>",
            ]
        ),
        st.lists(inner, min_size=1, max_size=3).map("\n".join),
    ).map(lambda pair: pair[0].format(pair[1])),
    max_leaves=8,
)


def tree(element: Element) -> list[object]:
    """Return what a browser parses, but for the number of spaces."""
    inner = [part for child in element for part in (tree(child), (child.tail or "").split())]
    return [element.tag, (element.text or "").split(), *inner]


@given(BLOCKS)
@example("<p>a</p>\n<table>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>")
def test_browsers_make_the_same_page_of_it(html: str) -> None:
    # As every page of ours is: without a doctype, a table does not end the paragraph before it.
    page = f"<!doctype html>\n{html}"
    one, other = (html5lib.parse(each, namespaceHTMLElements=False) for each in (page, minify_html(page)))
    assert tree(other) == tree(one)


def test_what_came_escaped_is_not_escaped_again() -> None:
    assert minify_html(Markup("<p>\n&amp;</p>\n")) == "<p>&amp;</p>"
