"""[@key] in Markdown, and the bibliography behind it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from plugins.markdown.bibliography import BibliographyEntry
from plugins.markdown.citations import Citations, keys, references, without

BIBLIOGRAPHY = {key: BibliographyEntry(key=key, title=f"On {key}") for key in ("ada", "bob", "cyd", "d_e.f-1")}


def rendered(text: str) -> tuple[str, Markdown]:
    md = Markdown(extensions=["tables", "admonition", Citations(BIBLIOGRAPHY)])
    return md.convert(text), md


def test_a_citation_is_a_numbered_link_with_a_name() -> None:
    html, _ = rendered("It helped [@ada].")
    assert html == ('<p>It helped<sup><a href="#r1" id="c1-1" aria-label="Reference 1">1</a></sup>.</p>')


def test_numbers_follow_the_order_of_reading_also_in_lists_boxes_and_tables() -> None:
    _, md = rendered('!!! note "x"\n\n    - first [@cyd]\n\nthen [@ada]\n\n| a | b |\n|---|---|\n| [@bob] | [@cyd] |\n')
    assert [(each.number, each.key) for each in references(md)] == [(1, "cyd"), (2, "ada"), (3, "bob")]
    assert references(md)[0].backlinks == ["c1-1", "c1-2"]


@pytest.mark.parametrize("text", ["x [@ada] [@bob]", "x [@ada][@bob]", "x [@ada; @bob]", "x [@ada;@bob]"])
def test_citations_side_by_side_have_a_link_each(text: str) -> None:
    html, _ = rendered(text)
    assert re.sub(r"<[^>]+>", "", html) == "x1,&nbsp;2"


def test_an_unknown_key_prints_nothing() -> None:
    html, md = rendered("It helped [@unknown].")
    assert html == "<p>It helped.</p>"
    assert references(md) == []


def test_one_document_does_not_number_the_next() -> None:
    citations = Citations(BIBLIOGRAPHY)
    for _ in range(2):
        md = Markdown(extensions=[citations])
        assert 'href="#r1"' in md.convert("x [@bob]")
        assert [each.key for each in references(md)] == ["bob"]


@given(st.lists(st.sampled_from([*BIBLIOGRAPHY, "unknown"]), max_size=12))
def test_every_link_has_its_reference_and_every_back_link_its_place(cited: list[str]) -> None:
    html, md = rendered("\n\n".join(f"word [@{key}] word" for key in cited))
    found = references(md)
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    assert [each.key for each in found] == list(dict.fromkeys(key for key in cited if key in BIBLIOGRAPHY))
    assert set(re.findall(r'href="#r(\d+)"', html)) == {str(each.number) for each in found}
    places = re.findall(r'id="([^"]+)"', html)
    assert sorted(places) == sorted(place for each in found for place in each.backlinks)
    assert len(places) == len(set(places))


def test_keys_and_text_without_them() -> None:
    assert keys("a [@ada; @bob], b [@ada]") == ["ada", "bob", "ada"]
    assert without("a [@ada; @bob] [@cyd], b") == "a, b"
    assert keys("mail me@example.com, see [@] and [ada]") == []
