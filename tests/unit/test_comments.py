"""Comments in Markdown."""

from __future__ import annotations

import pytest
from markdown import Markdown

from plugins.markdown.comments import Comments


@pytest.mark.parametrize("note", ["<!-- a -->", "<!--\na\n\nb\n-->", "<!-- allow: cure -- no -->"])
def test_notes_between_editors_are_not_published(note: str) -> None:
    html = Markdown(extensions=[Comments(), "md_in_html"]).convert(f"One.\n\n{note}\nTwo {note} three.")
    assert html.replace("  ", " ") == "<p>One.</p>\n<p>Two three.</p>"
