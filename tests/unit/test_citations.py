"""[@key] in Markdown, and the bibliography behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from plugins.markdown.bibliography import BibliographyEntry, BibliographyError, read
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
def test_citations_side_by_side_are_told_apart(text: str) -> None:
    html, _ = rendered(text)
    assert re.sub(r"<[^>]+>", "", html) == "x1,&nbsp;2"


def test_an_unknown_key_prints_nothing() -> None:
    html, md = rendered("It helped [@nobody].")
    assert html == "<p>It helped.</p>"
    assert references(md) == []


def test_one_document_does_not_number_the_next() -> None:
    citations = Citations(BIBLIOGRAPHY)
    for _ in range(2):
        md = Markdown(extensions=[citations])
        assert 'href="#r1"' in md.convert("x [@bob]")
        assert [each.key for each in references(md)] == ["bob"]


@given(st.lists(st.sampled_from([*BIBLIOGRAPHY, "nobody"]), max_size=12))
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


BIBTEX = r"""
% comment
@article{rush2006,
  author  = {Rush, A. John and van der Berg, Jan and O'Neil, "Pat" and others},
  title   = {Outcomes {\&} steps: a {STAR*D} report},
  journal = {American Journal of Psychiatry},
  year    = {2006}, volume = {163}, number = {11}, pages = {1905--1917},
  doi     = {10.1176/ajp.2006},
}

@misc{fda,
  author = {{U.S. Food and Drug Administration}},
  title  = {A <warning>},
  year   = {2023},
  url    = {https://example.com/a},
}
"""


def test_a_journal_article_reads_as_in_a_medical_journal(tmp_path: Path) -> None:
    path = tmp_path / "references.bib"
    path.write_text(BIBTEX, encoding="utf-8")
    sources = read(path)
    assert sources["rush2006"].html == (
        "Rush AJ, van der Berg J, O&#39;Neil &#34;, et al. Outcomes &amp; steps: a STAR*D report. "
        "<cite>American Journal of Psychiatry</cite>. 2006."
    )
    assert sources["rush2006"].url == "https://doi.org/10.1176/ajp.2006"
    assert sources["rush2006"].line == 3


def test_one_without_a_doi_says_in_which_issue_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "references.bib"
    path.write_text(BIBTEX.replace("doi     = {10.1176/ajp.2006}", "url = {https://example.com/b}"), encoding="utf-8")
    issue = "2006;163(11):1905–1917."  # noqa: RUF001 -- pages have an en dash
    assert read(path)["rush2006"].html.endswith(f"<cite>American Journal of Psychiatry</cite>. {issue}")


def test_a_web_page_reads_as_such_and_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "references.bib"
    path.write_text(BIBTEX, encoding="utf-8")
    source = read(path)["fda"]
    assert source.html == "U.S. Food and Drug Administration. A &lt;warning&gt;. 2023."
    assert source.url == "https://example.com/a"


@pytest.mark.parametrize(
    ("bibtex", "complaint"),
    [
        ("@article{a,\n title = {A},\n}\n@article{b,\n title = A B,\n}\n", ":5: "),
        ("@misc{a,\n title = {A},\n}\n@misc{a,\n title = {B},\n}\n", ":4: repeated bibliography entry: a"),
    ],
)
def test_a_mistake_names_its_line(tmp_path: Path, bibtex: str, complaint: str) -> None:
    path = tmp_path / "references.bib"
    path.write_text(bibtex, encoding="utf-8")
    with pytest.raises(BibliographyError, match=re.escape(f"{path}{complaint}")):
        read(path)
