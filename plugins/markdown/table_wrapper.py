"""A scrolling wrapper around each table, with keyboard focus and a name."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from plugins.markdown import citations


class TableWrapper(Extension):
    """The extension that wraps each table, so that it scrolls on a narrow screen."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # After inline patterns (20): the heading row's text is the name of the table.
        md.treeprocessors.register(_Wrapping(md), "table-wrapper", 15)


class _Wrapping(Treeprocessor):
    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for place, child in enumerate(parent):
                if child.tag == "table":
                    parent[place] = _wrapped(child)


def _align_by_class(cell: Element) -> None:
    # Markdown writes a style attribute, which the content-security policy forbids.
    match = re.fullmatch(r"text-align: (left|right|center);", cell.attrib.get("style", ""))
    if match:
        del cell.attrib["style"]
        if match[1] != "left":  # as all cells are
            cell.set("class", match[1])


def _wrapped(table: Element) -> Element:
    headings = list(table.iterfind("thead/tr/th"))
    for heading in headings:
        heading.set("scope", "col")
    for cell in table.iter():
        _align_by_class(cell)
    names = [citations.without("".join(heading.itertext())).strip() for heading in headings]
    label = "Table: " + ", ".join(filter(None, names))
    wrapper = Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": label})
    wrapper.append(table)
    wrapper.tail, table.tail = table.tail, "\n"
    return wrapper
