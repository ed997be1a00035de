"""A Markdown source as paragraphs with their lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugins.lint.paragraphs import Allowance, split_paragraphs

FRONT_MATTER = "Title: Sleep\nSlug: sleep\n"

PIECES = [
    "A paragraph\nof two lines",
    "## Heading",
    "- item\n- item",
    "| a |\n|---|\n| b |",
    "```chart\nx\n\ny\n```",
    "<!-- x\ny -->",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.integers(1, 3))
def test_every_word_is_in_a_paragraph_with_its_own_line(pieces: list[str], gap: int) -> None:
    source = f"{FRONT_MATTER}\n" + ("\n" * (gap + 1)).join(pieces)
    lines = source.split("\n")
    for paragraph in split_paragraphs(source):
        for offset, line in enumerate(paragraph.text.split("\n")):
            assert lines[paragraph.line - 1 + offset] == line
    kept = sum(paragraph.text.count("\n") + 1 for paragraph in split_paragraphs(source))
    assert kept == sum(piece.count("\n") + 1 for piece in pieces if not piece.startswith("<!--"))


def texts(body: str) -> list[str]:
    return [paragraph.text for paragraph in split_paragraphs(f"{FRONT_MATTER}\n{body}")]


def test_items_rows_and_headings_are_paragraphs_of_their_own() -> None:
    assert texts("## Why\nIt helps\na bit.\n- one\n- two\n\n| a |\n|---|\n| b |") == [
        "## Why",
        "It helps\na bit.",
        "- one",
        "- two",
        "| a |",
        "|---|",
        "| b |",
    ]


def test_a_chart_is_one_paragraph_whatever_is_in_it() -> None:
    assert texts("```chart\ntitle: x\n\n- y\n```\nAfter.") == ["```chart\ntitle: x\n\n- y\n```", "After."]


def test_a_title_names_things_and_makes_no_claim() -> None:
    paragraphs = split_paragraphs(f'{FRONT_MATTER}\n## A\n\n!!! note "b"\n\n| c |\n|---|\n| d |\n\ne')
    assert [paragraph.text for paragraph in paragraphs if paragraph.is_title] == ["## A", '!!! note "b"', "| c |"]


def test_an_exception_is_for_the_paragraph_below_it_only() -> None:
    first, second = split_paragraphs(f"{FRONT_MATTER}\n<!-- allow: cure, cured -- no claim -->\nA.\n\nB.")
    assert first.allowance == Allowance(line=4, words=("cure", "cured"), reason="no claim")
    assert second.allowance is None


def test_an_exception_without_a_reason_is_read_all_the_same() -> None:
    (only,) = split_paragraphs(f"{FRONT_MATTER}\n<!-- allow: cure -->\nA.")
    assert only.allowance == Allowance(line=4, words=("cure",), reason="")


def test_the_line_of_a_position_is_counted_from_the_paragraph_s_own() -> None:
    (only,) = split_paragraphs(f"{FRONT_MATTER}\none\ntwo")
    assert [only.line_of(only.text.index(word)) for word in ("one", "two")] == [4, 5]
