"""An article's HTML as its introduction and what comes before and after the form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from plugins.markdown.reader import split_at_form


def test_the_introduction_ends_at_the_first_heading() -> None:
    introduction, before, _ = split_at_form(Markup('<p>a</p><h2 id="x">X</h2><h3>b</h3>'))
    assert (introduction, before) == ("<p>a</p>", '<h2 id="x">X</h2><h3>b</h3>')


def test_the_form_follows_the_section_that_links_to_it() -> None:
    _, before, after = split_at_form(Markup('<h2>X</h2><a href="#call-back">Ask</a><h2>Y</h2>c'))
    assert (before, after) == ('<h2>X</h2><a href="#call-back">Ask</a>', "<h2>Y</h2>c")


def test_the_form_follows_all_sections_where_none_links_to_it() -> None:
    assert split_at_form(Markup("<p>a</p><h2>X</h2>b<h2>Y</h2>c")) == ("<p>a</p>", "<h2>X</h2>b<h2>Y</h2>c", "")


def test_an_article_without_headings_is_all_introduction() -> None:
    assert split_at_form(Markup("<p>a</p>")) == ("<p>a</p>", "", "")


PARTS = st.lists(st.sampled_from(["<p>a</p>", "<h2>b</h2>", "<h3>c</h3>", "d & e", '<a href="#call-back">f</a>']))


@given(PARTS.map("".join))
def test_nothing_is_lost_or_escaped(html: str) -> None:
    assert "".join(split_at_form(Markup(html))) == html


@given(PARTS.map("".join))
def test_each_part_is_printed_as_it_is(html: str) -> None:
    assert all(isinstance(part, Markup) for part in split_at_form(Markup(html)))
