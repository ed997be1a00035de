"""```chart in Markdown."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from plugins.bibliography import Source
from plugins.chart import ChartError, Charts, draw, parse
from plugins.citations import Citations
from plugins.typography import typography

BLOCK = """\
title: Who felt better
unit: %
| Comparison | Treatment | Share |
|---|---|---|
| After a day (73 people) [@ada] | Walk | 13.0 |
| After a day (73 people) [@ada] | Rest | 46 |
| After a week | Walk | 100 |
caption: Compare only within a pair. It's early [@bob].
note: A later trial found nothing.
"""


def figure(block: str) -> ET.Element:
    return ET.fromstring(draw(parse(block), "chart-1"))


def test_the_table_has_every_number_under_its_heading() -> None:
    table = figure(BLOCK).find(".//table")
    assert table is not None
    assert [heading.text for heading in table.iterfind("thead/tr/th[@scope='col']")] == [
        "Comparison",
        "Treatment",
        "Share",
    ]
    assert [heading.get("rowspan") for heading in table.iterfind(".//th[@scope='rowgroup']")] == ["2", "1"]
    assert [heading.text for heading in table.iterfind(".//th[@scope='row']")] == ["Walk", "Rest", "Walk"]
    assert [cell.text for cell in table.iterfind(".//td")] == ["13.0%", "46%", "100%"]


def test_bars_are_as_long_as_their_numbers_and_say_them() -> None:
    found = figure(BLOCK)
    assert [bar.get("width") for bar in found.iterfind(".//svg[@class='bar']/rect")] == ["13.0%", "46%", "100%"]
    assert [text.text for text in found.iterfind(".//svg[@class='bar']/text")] == ["13.0%", "46%", "100%"]


def test_the_same_treatment_has_the_same_pattern_and_another_has_another() -> None:
    bars = figure(BLOCK).iterfind(".//svg[@class='bar']/rect")
    assert [bar.get("fill") for bar in bars] == [None, "url(#chart-1-2)", None]


def test_there_is_no_style_attribute() -> None:
    assert all(element.get("style") is None for element in figure(BLOCK).iter())


def test_in_an_article_its_citations_count_once_and_only_outside_the_picture() -> None:
    sources = {key: Source(key=key, title=key) for key in ("ada", "bob")}
    md = Markdown(extensions=[Charts(), Citations(sources), typography()])
    html = md.convert(f"Before [@bob].\n\n```chart\n{BLOCK}```\n\nAfter.")
    picture = html[html.index('role="img"') : html.index("<table>")]
    assert "<sup" not in picture
    assert re.findall(r'id="(c\d[^"]+)"', html) == ["c1-1", "c2-1", "c1-2"]
    assert "It\u2019s early" in html
    assert "<p>After.</p>" in html


def test_two_charts_on_a_page_have_patterns_of_their_own() -> None:
    html = Markdown(extensions=[Charts()]).convert(f"```chart\n{BLOCK}```\n\n```chart\n{BLOCK}```")
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers)) == 4


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ("title: Who felt better\n", "", 1, "the chart has no title. Write a line “title: ...” in it."),
        ("unit: %", "unit: mg", 1, "a chart shows shares of 100, not mg. Write “unit: %”, or use a table."),
        ("| 46 |", "| 46% |", 6, "“46%” is no share. Write a number from 0 to 100, without the % sign."),
        ("| 46 |", "| 146 |", 6, "“146” is no share. Write a number from 0 to 100, without the % sign."),
        ("| Rest | 46 |", "| Rest |", 6, "this row has 2 columns. Write three: comparison, name, share."),
        (BLOCK[BLOCK.index("|") : BLOCK.rindex("|") + 2], "", 1, "the chart has no numbers. Write a table"),
        ("| After a week | Walk", "| a | b | 1 |\n| a | c | 1 |\n| After a week | Walk", 1, "more than 3 kinds of bar"),
    ],
)
def test_a_block_that_cannot_be_drawn_says_why(old: str, new: str, line: int, complaint: str) -> None:
    assert old in BLOCK
    with pytest.raises(ChartError, match=re.escape(complaint)) as caught:
        parse(BLOCK.replace(old, new, 1))
    assert caught.value.line == line


def test_a_block_that_cannot_be_drawn_leaves_the_page_whole() -> None:
    html = Markdown(extensions=[Charts()]).convert("Before.\n\n```chart\ntitle: x\n```\n\nAfter.")
    assert html == "<p>Before.</p>\n<p>After.</p>"


WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="|`"), min_size=1).filter(str.strip)


@given(WORDS, WORDS, st.decimals(0, 100, places=1))
def test_any_words_are_escaped(group: str, name: str, share: object) -> None:
    block = f"title: x\nunit: %\n| a | b | c |\n|---|---|---|\n| {group} | {name} | {share} |\ncaption: x\n"
    html = draw(parse(block), "chart-1")
    assert f'width="{share}%"' in html
    assert "<script" not in html.lower() or "<script" not in f"{group}{name}".lower()
