"""Quotes and dashes."""

from __future__ import annotations

from markdown import Markdown

from plugins.markdown.typography import typography


def test_quotes_and_dashes_are_characters() -> None:
    html = Markdown(extensions=[typography()]).convert("\"It's\" -- so --- 'yes'...")
    assert html == "<p>\u201cIt\u2019s\u201d \u2013 so \u2014 \u2018yes\u2019\u2026</p>"
