"""content/references.bib."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugins.markdown.bibliography import BibliographyError, read

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


def test_one_without_a_doi_names_its_issue(tmp_path: Path) -> None:
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
