"""Tables in Markdown."""

from __future__ import annotations

from markdown import Markdown

from plugins.markdown.table_wrapper import TableWrapper


def test_a_table_can_be_scrolled_by_keyboard_and_has_a_name() -> None:
    html = Markdown(extensions=["tables", TableWrapper()]).convert(
        "before\n\n| A & b | C |\n|---|---|\n| 1 | 2 |\n\nafter"
    )
    assert 'role="region"' in html
    assert 'tabindex="0"' in html
    assert 'aria-label="Table: A &amp; b, C"' in html
    assert html.count('<th scope="col">') == 2
    assert html.endswith("</div>\n<p>after</p>")


def test_a_column_is_aligned_by_a_class() -> None:
    html = Markdown(extensions=["tables", TableWrapper()]).convert("| A | B |\n|---|--:|\n| 1 | 2 |")
    assert '<td class="right">2</td>' in html


def test_no_table_has_a_style_of_its_own() -> None:
    html = Markdown(extensions=["tables", TableWrapper()]).convert("| A | B | C |\n|:--|--:|:-:|\n| 1 | 2 | 3 |")
    assert "style=" not in html


def test_tables_are_wrapped_wherever_they_are() -> None:
    text = '!!! aside "x"\n\n    | a |\n    |---|\n    | 1 |\n\n- item\n\n    | b |\n    |---|\n    | 1 |\n'
    html = Markdown(extensions=["tables", "admonition", TableWrapper()]).convert(text)
    assert html.count('class="table-scroll"') == html.count("<table>") == 2
