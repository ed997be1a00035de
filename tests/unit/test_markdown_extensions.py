"""Our small extensions of Markdown: facts, tables, comments, typography."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from plugins.markdown.comments import Comments
from plugins.markdown.substitutions import Substitutions, value_of
from plugins.markdown.table_wrapper import TableWrapper
from plugins.markdown.typography import typography
from tests.support.factories import practice

PRACTICE = practice(name="Ada & <Sons>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("{{ practice.name }}", "<p>Ada &amp; &lt;Sons&gt;</p>"),
        ("{{practice.phone_display}}", "<p>(312) 555-0100</p>"),
        ("{{ practice.privacy.keep_days }} days", "<p>365 days</p>"),
        ("a {{ practice.nope }}b {{ other }}", "<p>a b {{ other }}</p>"),
    ],
)
def test_facts_come_from_the_practice_file(text: str, html: str) -> None:
    assert Markdown(extensions=[Substitutions(PRACTICE)]).convert(text) == html


@given(
    st.lists(st.sampled_from(["name", "__class__", "model_dump", "hours", "notify", "to", "x"]), min_size=1, max_size=4)
)
def test_only_words_and_numbers_are_facts(names: list[str]) -> None:
    assert value_of(PRACTICE, ".".join(names)) in {None, PRACTICE.name} or "__" in "".join(names)


def test_a_table_can_be_scrolled_by_keyboard_and_has_a_name() -> None:
    html = Markdown(extensions=["tables", TableWrapper()]).convert(
        "before\n\n| A & b | C |\n|---|---|\n| 1 | 2 |\n\nafter"
    )
    assert 'role="region"' in html
    assert 'tabindex="0"' in html
    assert 'aria-label="Table: A &amp; b, C"' in html
    assert html.count('<th scope="col">') == 2
    assert html.endswith("</div>\n<p>after</p>")


def test_tables_are_wrapped_wherever_they_are() -> None:
    text = '!!! aside "x"\n\n    | a |\n    |---|\n    | 1 |\n\n- item\n\n    | b |\n    |---|\n    | 1 |\n'
    html = Markdown(extensions=["tables", "admonition", TableWrapper()]).convert(text)
    assert html.count('class="table-scroll"') == html.count("<table>") == 2


@pytest.mark.parametrize("note", ["<!-- a -->", "<!--\na\n\nb\n-->", "<!-- allow: cure -- no -->"])
def test_notes_between_editors_are_not_published(note: str) -> None:
    html = Markdown(extensions=[Comments(), "md_in_html"]).convert(f"One.\n\n{note}\nTwo {note} three.")
    assert html.replace("  ", " ") == "<p>One.</p>\n<p>Two three.</p>"


def test_quotes_and_dashes_are_characters() -> None:
    html = Markdown(extensions=[typography()]).convert("\"It's\" -- so --- 'yes'...")
    assert html == "<p>\u201cIt\u2019s\u201d \u2013 so \u2014 \u2018yes\u2019\u2026</p>"
