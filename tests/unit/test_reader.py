"""An article's HTML as its introduction and its sections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from plugins.markdown.reader import split_sections


def test_a_section_goes_from_its_heading_to_the_next() -> None:
    introduction, sections = split_sections(Markup('<p>a</p><h2 id="x">X</h2><h3>b</h3><h2>Y</h2>c'))
    assert introduction == "<p>a</p>"
    assert [section.html for section in sections] == ['<h2 id="x">X</h2><h3>b</h3>', "<h2>Y</h2>c"]


def test_a_section_says_whether_its_text_links_to_the_form() -> None:
    _, sections = split_sections(Markup('<h2>X</h2><a href="#call-back">Ask</a><h2>Y</h2>'))
    assert [section.links_to_form for section in sections] == [True, False]


def test_an_article_without_headings_is_all_introduction() -> None:
    assert split_sections(Markup("<p>a</p>")) == ("<p>a</p>", [])


@given(st.lists(st.sampled_from(["<p>a</p>", "<h2>b</h2>", "<h3>c</h3>", "d & e"])).map("".join))
def test_nothing_is_lost_or_escaped(html: str) -> None:
    introduction, sections = split_sections(Markup(html))
    assert "".join([introduction, *(section.html for section in sections)]) == html
    assert all(isinstance(part, Markup) for part in (introduction, *(section.html for section in sections)))
