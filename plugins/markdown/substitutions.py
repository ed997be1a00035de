"""{{ practice.phone_display }} in Markdown -> the practice's own fact, so that no page repeats it."""

from __future__ import annotations

import re
from functools import reduce

from leads.domain.practice import Practice
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markupsafe import escape

# Not Jinja: Markdown's {#id} and {: .class} would read as Jinja's own signs.
PLACEHOLDER = re.compile(r"\{\{\s*practice\.([\w.]+)\s*}}")


def value_of(practice: Practice, name: str) -> str | None:
    """The fact of this dotted name, None if there is none."""
    try:
        value = reduce(getattr, name.split("."), practice)
    except AttributeError:
        return None
    return str(value) if isinstance(value, str | int) else None


class Substitutions(Extension):
    """Fills facts in before Markdown reads the text."""

    def __init__(self, practice: Practice) -> None:
        super().__init__()
        self.practice = practice

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # After the front matter (27), before raw HTML is put aside (20).
        md.preprocessors.register(_Substituting(md, self.practice), "substitutions", 26)


class _Substituting(Preprocessor):
    def __init__(self, md: Markdown, practice: Practice) -> None:
        super().__init__(md)
        self.practice = practice

    def run(self, lines: list[str]) -> list[str]:
        return [PLACEHOLDER.sub(lambda match: escape(value_of(self.practice, match[1]) or ""), line) for line in lines]
