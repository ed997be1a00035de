"""```chart in Markdown -> a bar chart that reflows, prints and can be read aloud, and the same numbers as a table.

Lengths are in em and per cent, so the bars follow the width of the page and the reader's text size, and no text
is ever scaled down with the picture. There is no style attribute: the content-security policy forbids them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from jinja2 import Environment, StrictUndefined
from markdown import Markdown, markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markupsafe import Markup

from plugins import citations
from plugins.typography import typography

FENCE = re.compile(r"^```chart[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)

TEMPLATE = """\
<figure class="chart">
<p class="chart-title">{{ chart.title | inline }}</p>
<div role="img" aria-label="Bar chart of the numbers in the table below, from 0 to 100%.">
<svg width="0" height="0">
<pattern id="{{ prefix }}-2" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect width="4" height="8"/></pattern>
<pattern id="{{ prefix }}-3" width="8" height="8" patternUnits="userSpaceOnUse">\
<circle cx="4" cy="4" r="2.2"/></pattern>
</svg>
{% for group, bars in chart.groups() %}
<p class="chart-group">{{ group | without_citations | inline }}</p>
{% for bar in bars %}
{% set fill = chart.fill(bar) %}
<p>{{ bar.name | without_citations }}</p>
<svg class="bar" width="100%" height="1.3em"><rect width="{{ bar.value }}%" height="1.3em"\
{% if fill > 1 %} fill="url(#{{ prefix }}-{{ fill }})"{% else %} class="first"{% endif %}/>\
<text x="{{ bar.value }}%" y="1em"\
{% if bar.share > 80 %} dx="-.4em" text-anchor="end"{% else %} dx=".4em"{% endif %}>\
{{ bar.value }}{{ chart.unit }}</text></svg>
{% endfor %}
{% endfor %}
<svg width="100%" height="1.6em">
{% for tick in ticks %}
<text x="{{ tick }}%" y="1.3em"{% if not loop.first %} text-anchor="{{ "end" if loop.last else "middle" }}"{% endif %}>\
{{ tick }}{{ chart.unit }}</text>
{% endfor %}
</svg>
</div>
<div class="table-scroll" role="region" tabindex="0" aria-label="Table: {{ chart.title | without_citations }}">
<table>
<thead>
<tr>{% for heading in chart.headings %}<th scope="col">{{ heading | inline }}</th>{% endfor %}</tr>
</thead>
{% for group, bars in chart.groups() %}
<tbody>
{% for bar in bars %}
<tr>{% if loop.first %}<th scope="rowgroup" rowspan="{{ bars | length }}">{{ group | inline }}</th>{% endif %}\
<th scope="row">{{ bar.name | inline }}</th><td>{{ bar.value }}{{ chart.unit }}</td></tr>
{% endfor %}
</tbody>
{% endfor %}
</table>
</div>
<figcaption>
<p>{{ chart.caption | inline }}</p>
{% if chart.note %}
<p>{{ chart.note | inline }}</p>
{% endif %}
</figcaption>
</figure>
"""

TICKS = (0, 25, 50, 75, 100)
FILLS = 3
"""How many kinds of bar can be told apart: solid, striped, dotted."""


class ChartError(ValueError):
    """The block cannot be drawn; `line` counts from its first line, which is 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Bar:
    """One row of the block."""

    group: str
    name: str
    value: str
    """As typed: 13.0 says more than 13."""

    @property
    def share(self) -> float:
        return float(self.value)


@dataclass(frozen=True)
class Chart:
    """A block of numbers between 0 and 100 per cent."""

    title: str
    unit: str
    caption: str
    note: str
    headings: Sequence[str]
    bars: Sequence[Bar]

    def groups(self) -> list[tuple[str, list[Bar]]]:
        """Bars that may be compared with each other."""
        return [(group, list(bars)) for group, bars in groupby(self.bars, lambda bar: bar.group)]

    def fill(self, bar: Bar) -> int:
        """Which pattern a bar has: the same for the same name all over the chart."""
        return list(dict.fromkeys(other.name for other in self.bars)).index(bar.name) + 1


def parse(block: str) -> Chart:
    """The chart that a block describes."""
    facts, rows = _facts(block), list(_rows(block))
    _check(block, facts, rows)
    bars = [Bar(*cells) for _, cells in rows[2:]]
    return Chart(facts["title"], facts["unit"], facts["caption"], facts.get("note", ""), rows[0][1], bars)


def _facts(block: str) -> Mapping[str, str]:
    return dict(re.findall(r"^(title|unit|caption|note): *(.+?) *$", block, re.MULTILINE))


def _rows(block: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(block.split("\n"), 1):
        if line.startswith("|"):
            yield number, [cell.strip() for cell in line.strip().strip("|").split("|")]


def _check(block: str, facts: Mapping[str, str], rows: Sequence[tuple[int, list[str]]]) -> None:
    for name in ("title", "unit", "caption"):
        if name not in facts:
            raise ChartError(1, f"the chart has no {name}. Write a line “{name}: ...” in it.")
    if facts["unit"] != "%":
        raise ChartError(1, f"a chart shows shares of 100, not {facts['unit']}. Write “unit: %”, or use a table.")
    if len(rows) < 3:
        raise ChartError(1, "the chart has no numbers. Write a table with three columns: comparison, name, share.")
    for number, cells in [rows[0], *rows[2:]]:
        if len(cells) != 3:
            raise ChartError(number, f"this row has {len(cells)} columns. Write three: comparison, name, share.")
    for number, cells in rows[2:]:
        if not re.fullmatch(r"\d{1,3}(\.\d+)?", cells[2]) or float(cells[2]) > 100:
            raise ChartError(number, f"“{cells[2]}” is no share. Write a number from 0 to 100, without the % sign.")
    if len({cells[1] for _, cells in rows[2:]}) > FILLS:
        raise ChartError(1, f"more than {FILLS} kinds of bar cannot be told apart. Draw two charts.")


def _inline(text: str) -> Markup:
    """One line of Markdown without its paragraph."""
    html = markdown(text, extensions=[typography()])
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))  # noqa: S704 -- our own Markdown


_environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_environment.filters |= {"inline": _inline, "without_citations": citations.without}
_template = _environment.from_string(TEMPLATE)


def draw(chart: Chart, prefix: str) -> str:
    """The figure; `prefix` keeps the patterns of several charts on one page apart."""
    return _template.render(chart=chart, prefix=prefix, ticks=TICKS)


class Charts(Extension):
    """Draws every chart block. One that cannot be drawn is left out: the editorial checks explain it."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # After facts are filled in (26), before raw HTML is put aside (20).
        md.preprocessors.register(_Drawing(md), "charts", 25)


class _Drawing(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        numbers = count(1)
        return FENCE.sub(lambda match: self._stashed(match[1], next(numbers)), "\n".join(lines)).split("\n")

    def _stashed(self, block: str, number: int) -> str:
        try:
            figure = draw(parse(block), f"chart-{number}")
        except ChartError:
            return ""
        return f"\n{self.md.htmlStash.store(figure)}\n"
