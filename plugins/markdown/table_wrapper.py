"""Tables that scroll on their own on a narrow screen, reachable by keyboard, named by their heading row."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from plugins.markdown import citations


class TableWrapper(Extension):
    """Wraps every table that Markdown makes."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # After inline patterns (20), whose text names the table.
        md.treeprocessors.register(_Wrapping(md), "table-wrapper", 15)


class _Wrapping(Treeprocessor):
    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for place, child in enumerate(parent):
                if child.tag == "table":
                    parent[place] = _wrapped(child)


def _wrapped(table: Element) -> Element:
    headings = list(table.iterfind("thead/tr/th"))
    for heading in headings:
        heading.set("scope", "col")
    names = [citations.without("".join(heading.itertext())).strip() for heading in headings]
    label = "Table: " + ", ".join(filter(None, names))
    wrapper = Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": label})
    wrapper.append(table)
    wrapper.tail, table.tail = table.tail, "\n"
    return wrapper
