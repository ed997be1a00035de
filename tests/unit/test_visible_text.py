"""The text that a reader gets from HTML."""

from __future__ import annotations

import pytest

from plugins.lint.visible_text import texts


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One <em>two</em></p><p>three</p>", ["One two", "three"]),
        ("<p>mir<b>a</b>cle<wbr>s</p>", ["miracles"]),
        ("<p>one<br>two</p>", ["one\ntwo"]),
        ("<ul><li>a<li>b</ul>", ["a", "b"]),
        ("<p>caf&eacute; &amp; <unknown>bar</unknown></p>", ["café & bar"]),
        ('<p>said<sup><a href="#r1" id="c1-1" aria-label="Reference 1">1</a></sup>.</p>', ["said."]),
    ],
)
def test_a_block_is_one_text_whatever_is_inside_it(html: str, expected: list[str]) -> None:
    assert list(texts(html)) == expected


def test_attributes_that_are_shown_or_read_aloud_are_texts_too() -> None:
    html = '<img src="x.png" alt="A path" title="Walk"><p class="hidden" aria-label="Note">x</p>'
    assert list(texts(html)) == ["x", "A path", "Walk", "Note"]


def test_what_the_build_puts_before_a_label_is_left_out() -> None:
    assert list(texts('<div aria-label="Table: Treatment, Share"></div>')) == ["Treatment, Share"]


def test_an_empty_page_has_no_texts() -> None:
    assert list(texts("")) == list(texts("<p> </p>")) == []
