"""```chart in Markdown."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from plugins.markdown.bibliography import BibliographyEntry
from plugins.markdown.chart import ChartError, Charts, draw, parse
from plugins.markdown.citations import Citations
from plugins.markdown.typography import typography

BLOCK = """\
title: Who felt better
unit: %
study: A review of 73 people [@ada]
| Treatment | Share | Could be |
|---|---|---|
| Walk | 46 | 26 to 68 |
| Rest | 13.0 | |
caption: Compare only these two. It's early [@bob].
note: A later trial found nothing.
"""

PLAIN = """\
title: Who felt better
unit: %
study: A trial
| Treatment | Share |
|---|---|
| Walk | 100 |
| Rest | 0 |
caption: Early.
"""
"""A study that gives no intervals."""


def figure(block: str) -> ET.Element:
    return ET.fromstring(draw(parse(block), "chart-1"))


def rows(block: str) -> list[list[str]]:
    """Return the text of the table's cells, row by row."""
    return [["".join(cell.itertext()) for cell in row] for row in figure(block).iterfind(".//tr")]


def test_the_table_has_every_number_under_its_heading() -> None:
    assert rows(BLOCK) == [
        ["Treatment", "Share", "Could be"],
        ["Walk", "46%", "26% to 68%"],
        ["Rest", "13.0%", "not given"],
    ]


def test_a_study_without_intervals_has_no_column_for_them() -> None:
    assert rows(PLAIN) == [["Treatment", "Share"], ["Walk", "100%"], ["Rest", "0%"]]


def test_the_table_says_what_heads_its_rows_and_columns() -> None:
    table = figure(BLOCK).find(".//table")
    assert table is not None
    assert [cell.get("scope") for cell in table.iterfind("thead/tr/*")] == ["col"] * 3
    assert [[row[0].tag, row[0].get("scope")] for row in table.iterfind("tbody/tr")] == [["th", "row"]] * 2


def test_bars_are_as_long_as_their_numbers_and_say_them() -> None:
    found = figure(BLOCK)
    assert [bar.get("width") for bar in found.iterfind(".//svg[@class='bar']/rect")] == ["46%", "13.0%"]
    assert [text.text for text in found.iterfind(".//svg[@class='bar']/text")] == ["46%", "13.0%"]


def test_an_interval_is_drawn_from_its_lowest_to_its_highest_number() -> None:
    first, second = figure(BLOCK).iterfind(".//svg[@class='bar']")
    assert [(line.get("x1"), line.get("x2")) for line in first.iterfind("line")] == [
        ("26%", "68%"),
        ("26%", "26%"),
        ("68%", "68%"),
    ]
    assert second.find("line") is None


def test_an_interval_is_said_beside_its_bar() -> None:
    names = [" ".join("".join(each.itertext()).split()) for each in figure(BLOCK).iterfind("div[@role='img']/p")]
    assert names == ["Walk (could be 26% to 68%)", "Rest"]


def test_the_axis_goes_from_0_to_100() -> None:
    axis = figure(BLOCK).findall("div[@role='img']/svg")[-1]
    assert [(tick.get("x"), tick.text) for tick in axis] == [(f"{at}%", f"{at}%") for at in (0, 25, 50, 75, 100)]


def test_each_bar_has_a_pattern_of_its_own() -> None:
    bars = figure(BLOCK).iterfind(".//svg[@class='bar']/rect")
    assert [bar.get("fill") for bar in bars] == [None, "url(#chart-1-2)"]


def test_there_is_no_style_attribute() -> None:
    assert all(element.get("style") is None for element in figure(BLOCK).iter())


def test_in_an_article_its_citations_count_once_and_only_outside_the_picture() -> None:
    sources = {key: BibliographyEntry(key=key, title=key) for key in ("ada", "bob")}
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
        ("study: A review of 73 people [@ada]\n", "", 1, "the chart has no study. Write a line “study: ...” in it."),
        ("unit: %", "unit: mg", 1, "a chart shows shares of 100, not mg. Write “unit: %”, or use a table."),
        ("| 13.0 |", "| 13% |", 7, "“13%” is no share. Write a number from 0 to 100, without the % sign."),
        ("| 13.0 |", "| 146 |", 7, "“146” is no share. Write a number from 0 to 100, without the % sign."),
        ("| 13.0 | |", "|", 7, "this row has 1 column. Write 3, as in the table's first line."),
        ("| Could be |", "|", 6, "this row has 3 columns. Write 2, as in the table's first line."),
        (
            "| Could be |",
            "| Could be | From |",
            4,
            "this table has 4 columns. Write two or three: name, share, interval.",
        ),
        ("26 to 68", "26-68", 6, "“26-68” is no interval. Write its lowest and highest number, as in 26 to 68."),
        ("26 to 68", "26 to 168", 6, "“26 to 168” is no interval. Write its lowest and highest number"),
        ("26 to 68", "50 to 68", 6, "46 is not within 50 to 68. Write the interval of this very share."),
        (BLOCK[BLOCK.index("|") : BLOCK.rindex("|") + 2], "", 1, "the chart has no numbers. Write a table"),
        (
            "| Rest |",
            "| a | 1 | |\n| b | 1 | |\n| Rest |",
            1,
            "more than 3 bars cannot be told apart. Draw two charts.",
        ),
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
def test_any_words_are_escaped(study: str, name: str, share: object) -> None:
    block = f"title: x\nunit: %\nstudy: {study}\n| a | b |\n|---|---|\n| {name} | {share} |\ncaption: x\n"
    html = draw(parse(block), "chart-1")
    assert f'width="{share}%"' in html
    assert "<script" not in html.lower() or "<script" not in f"{study}{name}".lower()
