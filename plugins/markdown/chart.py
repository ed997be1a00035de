"""Bar charts in Markdown: a ```chart block becomes a figure and a table.

One chart shows one study, because readers compare bars that share an axis.

Lengths are in em and per cent, so that bars follow the width of the page and text keeps the reader's size. There is no
style attribute, because the content-security policy forbids them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from jinja2 import Environment, StrictUndefined
from markdown import Markdown, markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markupsafe import Markup

from plugins.markdown import citations
from plugins.markdown.typography import typography

FENCE = re.compile(r"^```chart[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)

TEMPLATE = """\
<figure class="chart">
<p class="chart-title">{{ chart.title | inline }}</p>
<p class="chart-study">{{ chart.study | inline }}</p>
<div role="img" aria-label="Bar chart of the numbers in the table below, from 0 to 100%.">
<svg width="0" height="0">
<pattern id="{{ prefix }}-2" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect width="4" height="8"/></pattern>
<pattern id="{{ prefix }}-3" width="8" height="8" patternUnits="userSpaceOnUse">\
<circle cx="4" cy="4" r="2.2"/></pattern>
</svg>
{% for bar in chart.bars %}
<p>{{ bar.name | without_citations }}\
{% if bar.interval %} (could be {{ bar.interval.text(chart.unit) }}){% endif %}</p>
<svg class="bar" width="100%" height="{{ "2em" if bar.interval else "1.3em" }}">\
<rect width="{{ bar.value }}%" height="1.3em"\
{% if loop.first %} class="first"{% else %} fill="url(#{{ prefix }}-{{ loop.index }})"{% endif %}/>\
<text x="{{ bar.value }}%" y="1em"\
{% if bar.share > 80 %} dx="-.4em" text-anchor="end"{% else %} dx=".4em"{% endif %}>\
{{ bar.value }}{{ chart.unit }}</text>
{% if bar.interval %}
{% for x1, x2, y1, y2 in bar.interval.lines %}
<line x1="{{ x1 }}%" x2="{{ x2 }}%" y1="{{ y1 }}em" y2="{{ y2 }}em"/>
{% endfor %}
{% endif %}
</svg>
{% endfor %}
<svg width="100%" height="1.6em">
{% for tick in ticks %}
<text x="{{ tick }}%" y="1.3em"{% if not loop.first %} text-anchor="{{ "end" if loop.last else "middle" }}"{% endif %}>\
{{ tick }}{{ chart.unit }}</text>
{% endfor %}
</svg>
</div>
<div aria-label="Table: {{ chart.title | without_citations }}" class="table-scroll" role="region" tabindex="0">
<table>
<thead>
<tr>{% for heading in chart.headings %}<th scope="col">{{ heading | inline }}</th>{% endfor %}</tr>
</thead>
<tbody>
{% for bar in chart.bars %}
<tr><th scope="row">{{ bar.name | inline }}</th><td>{{ bar.value }}{{ chart.unit }}</td>
{% if chart.has_intervals %}
<td>{{ bar.interval.text(chart.unit) if bar.interval else "not given" }}</td>
{% endif %}
</tr>
{% endfor %}
</tbody>
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
MAX_BARS = 3
"""Bars that can be distinguished without colour: solid, striped, dotted."""

COLUMNS = ("name", "share", "interval")
INTERVAL = re.compile(r"(\d{1,3}(?:\.\d+)?) to (\d{1,3}(?:\.\d+)?)")


class ChartError(ValueError):
    """The block cannot be drawn. `line` is the line in the block; the first is 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Interval:
    """The interval of an estimate, from the lowest number to the highest, as typed."""

    low: str
    high: str

    @property
    def lines(self) -> tuple[tuple[str, str, float, float], ...]:
        """Return a line below the bar and its two caps as x1, x2 (%), y1, y2 (em)."""
        return (self.low, self.high, 1.7, 1.7), (self.low, self.low, 1.5, 1.9), (self.high, self.high, 1.5, 1.9)

    def text(self, unit: str) -> str:
        return f"{self.low}{unit} to {self.high}{unit}"

    def contains(self, share: float) -> bool:
        return float(self.low) <= share <= float(self.high)


@dataclass(frozen=True)
class Bar:
    """One row of the block's table."""

    name: str
    value: str
    """As typed, because 13.0 is more precise than 13."""
    interval: Interval | None = None

    @property
    def share(self) -> float:
        return float(self.value)


@dataclass(frozen=True)
class Chart:
    """The numbers of one study, from 0 to 100 per cent."""

    title: str
    study: str
    unit: str
    caption: str
    note: str
    headings: Sequence[str]
    bars: Sequence[Bar]

    @property
    def has_intervals(self) -> bool:
        return len(self.headings) == len(COLUMNS)


Row = tuple[int, list[str]]
"""Line in the block and cells of a row of the table."""


def parse(block: str) -> Chart:
    """Return the chart that a block describes. Raise ChartError."""
    fields, rows = _fields(block), list(_rows(block))
    _check_fields(fields)
    _check_table(rows)
    bars = [_bar(row) for row in rows[2:]]
    return Chart(
        fields["title"], fields["study"], fields["unit"], fields["caption"], fields.get("note", ""), rows[0][1], bars
    )


def _fields(block: str) -> Mapping[str, str]:
    return dict(re.findall(r"^(title|study|unit|caption|note): *(.+?) *$", block, re.MULTILINE))


def _rows(block: str) -> Iterator[Row]:
    for number, line in enumerate(block.split("\n"), 1):
        if line.startswith("|"):
            cells = line.strip().removeprefix("|").removesuffix("|").split("|")
            yield number, [cell.strip() for cell in cells]


def _check_fields(fields: Mapping[str, str]) -> None:
    for name in ("title", "unit", "study", "caption"):
        if name not in fields:
            raise ChartError(1, f"the chart has no {name}. Write a line “{name}: ...” in it.")
    if fields["unit"] != "%":
        raise ChartError(1, f"a chart shows shares of 100, not {fields['unit']}. Write “unit: %”, or use a table.")


def _check_table(rows: Sequence[Row]) -> None:
    if len(rows) < 3:
        raise ChartError(1, "the chart has no numbers. Write a table: name, share and, if it has one, interval.")
    first, headings = rows[0]
    if len(headings) not in {2, 3}:
        raise ChartError(first, f"this table has {_columns(headings)}. Write two or three: {', '.join(COLUMNS)}.")
    for number, cells in rows[2:]:
        if len(cells) != len(headings):
            remedy = f"Write {len(headings)}, as in the table's first line."
            raise ChartError(number, f"this row has {_columns(cells)}. {remedy}")
    if len(rows) - 2 > MAX_BARS:
        raise ChartError(1, f"more than {MAX_BARS} bars cannot be told apart. Draw two charts.")


def _columns(cells: Sequence[str]) -> str:
    return f"{len(cells)} column{'' if len(cells) == 1 else 's'}"


def _bar(row: Row) -> Bar:
    number, (name, value, *interval) = row
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", value) or float(value) > 100:
        raise ChartError(number, f"“{value}” is no share. Write a number from 0 to 100, without the % sign.")
    return Bar(name, value, _interval(number, interval[0], float(value)) if any(interval) else None)


def _interval(number: int, text: str, share: float) -> Interval:
    match = INTERVAL.fullmatch(text)
    if not match or float(match[2]) > 100:
        remedy = "Write its lowest and highest number, as in 26 to 68."
        raise ChartError(number, f"“{text}” is no interval. {remedy}")
    interval = Interval(match[1], match[2])
    if not interval.contains(share):
        raise ChartError(number, f"{share:g} is not within {text}. Write the interval of this very share.")
    return interval


def _inline(text: str) -> Markup:
    """Return one line of Markdown as HTML, without <p>."""
    html = markdown(text, extensions=[typography()])
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))  # noqa: S704 -- our own Markdown


_environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_environment.filters |= {"inline": _inline, "without_citations": citations.without}
_template = _environment.from_string(TEMPLATE)


def draw(chart: Chart, prefix: str) -> str:
    """Return the figure as HTML.

    `prefix` begins the ids of its patterns, which must be unique on the page.
    """
    return _template.render(chart=chart, prefix=prefix, ticks=TICKS)


class Charts(Extension):
    """The extension that draws chart blocks.

    A block that cannot be drawn is left out; the editorial checks report it.
    """

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's name
        # After substitutions (26), before Markdown stores raw HTML (20).
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
