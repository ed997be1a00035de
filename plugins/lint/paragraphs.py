"""A Markdown source as paragraphs in the editor's sense, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plugins.lint import front_matter

PARAGRAPH = re.compile(
    r"""
      ^```.*?^```[ \t]*$                      # a chart
    | <!--.*?-->                              # a comment
    | ^[ \t]*(?:\#{1,6}[ ]|!!!|\?\?\?|\|)[^\n]*   # a heading, the title of a box, a table row
    | (?:^|(?<=-->))[^\S\n]*\S[^\n]*         # a paragraph or a list item, to the next of these or an empty line
      (?:\n(?![ \t]*(?:$|\#{1,6}[ ]|!!!|\?\?\?|\||[-*+][ ]|\d+[.)][ ]|:[ ]|<!--|```))[^\n]+)*
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
ALLOWANCE = re.compile(r"<!--\s*allow:\s*(?P<words>.*?)\s*(?:--\s*(?P<reason>.*?)\s*)?-->", re.DOTALL)
RULE = re.compile(r"\n[ \t]*\|[\s:|-]+$", re.MULTILINE)


@dataclass(frozen=True)
class Allowance:
    """An exception for words of the paragraph below: <!-- allow: cure -- why -->."""

    line: int
    words: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, list item, table row, heading or chart."""

    line: int
    text: str
    is_title: bool = False
    """Whether it is a heading, a title of a box or the head of a table, which make no claim."""
    allowance: Allowance | None = None

    def line_of(self, position: int) -> int:
        """Return the line in the file of a position in the text."""
        return self.line + self.text.count("\n", 0, position)


def split_paragraphs(source: str) -> Iterator[Paragraph]:
    """Yield the paragraphs below the front matter, without comments."""
    allowance = None
    lines_above = source.split("\n")[: front_matter.line_count(source)]
    for match in PARAGRAPH.finditer(source, sum(len(line) + 1 for line in lines_above)):
        line = source.count("\n", 0, match.start()) + 1
        if match[0].startswith("<!--"):
            allowance = _allowance(match[0], line)
        else:
            yield Paragraph(line, match[0], _is_title(match), allowance)
            allowance = None


def _allowance(comment: str, line: int) -> Allowance | None:
    match = ALLOWANCE.fullmatch(comment)
    if not match:
        return None
    return Allowance(line, tuple(word.strip() for word in match["words"].split(",")), match["reason"] or "")


def _is_title(match: re.Match[str]) -> bool:
    is_head = match[0].lstrip().startswith("|") and RULE.match(match.string, match.end()) is not None
    return is_head or re.match(r"\s*(#{1,6} |!!!|\?\?\?)", match[0]) is not None
