"""Substitutions in Markdown: {{ practice.name }} becomes the practice's name, {{ crisis.lifeline }} a number."""

from __future__ import annotations

import re
from functools import reduce

from leads.domain.practice import Practice
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markupsafe import escape

# Not Jinja, which would read Markdown's {#id} as the start of a comment.
PLACEHOLDER = re.compile(r"\{\{\s*((?:practice|crisis)\.[\w.]+)\s*}}")


def value_of(practice: Practice, name: str) -> str | None:
    """Return the text or number of a dotted name, such as "crisis.lifeline", or None if there is none."""
    subject, *parts = name.split(".")
    try:
        value = reduce(getattr, parts, practice.crisis_lines if subject == "crisis" else practice)
    except AttributeError:
        return None
    return str(value) if isinstance(value, str | int) else None


class Substitutions(Extension):
    """The extension that substitutes values before Markdown reads the text."""

    def __init__(self, practice: Practice) -> None:
        super().__init__()
        self.practice = practice

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # After the front matter (27), before Markdown stores raw HTML (20).
        md.preprocessors.register(_Substituting(md, self.practice), "substitutions", 26)


class _Substituting(Preprocessor):
    def __init__(self, md: Markdown, practice: Practice) -> None:
        super().__init__(md)
        self.practice = practice

    def run(self, lines: list[str]) -> list[str]:
        return [PLACEHOLDER.sub(lambda match: escape(value_of(self.practice, match[1]) or ""), line) for line in lines]
