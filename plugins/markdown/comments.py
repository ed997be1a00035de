"""HTML comments in Markdown, which editors use for notes, are not published."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Comments(Extension):
    """The extension that removes HTML comments before Markdown reads the text."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # Before Markdown stores raw HTML (20), which would publish them.
        md.preprocessors.register(_Removal(md), "comments", 24)


class _Removal(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return COMMENT.sub("", "\n".join(lines)).split("\n")
