"""Text that stands on a built page until the next build: its dates, its times and its names stay true until then."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from plugins.lint import visible_text
from tests.conftest import Site
from tests.support import zones
from tests.support.small_site import SmallSite

FOOTER = "theme/templates/components/site-footer.html"
ROOT = Path(__file__).parents[2]

UNREAD = re.compile(r"<(style|script|template)\b.*?</\1>", re.DOTALL)
"""Elements whose content a reader of the built page does not get."""

RELATIVE = re.compile(r"\b(today|tomorrow|now)\b", re.IGNORECASE)

HOURS = re.compile(r"<h2>Opening hours \(Central Time\)</h2>.*?</dl>", re.DOTALL)
"""The footer's hours, whose heading gives the zone of all of them."""


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the name and the HTML of each built page, and of the shell that the functions fill."""
    for file in (*sorted(site.output.rglob("*.html")), site.compiled / "shell.html"):
        yield f"{file.parent.name}/{file.name}", file.read_text(encoding="utf-8")


def texts(html: str) -> Iterator[str]:
    """Yield each text that a reader gets, with descriptions and labels."""
    yield from visible_text.texts(UNREAD.sub("", html))


def test_no_page_says_today_tomorrow_or_now(site: Site) -> None:
    found = {text: name for name, html in pages(site) for text in texts(html) if RELATIVE.search(text)}
    assert found == {}


def test_each_time_on_a_page_has_its_zone(site: Site) -> None:
    found = [
        (name, text)
        for name, html in pages(site)
        for text in texts(HOURS.sub("", html))
        if zones.times_without_zone(text)
    ]
    assert not found


def test_each_page_gives_the_opening_hours_with_their_zone(site: Site) -> None:
    assert not [name for name, html in pages(site) if not HOURS.search(html)]


def closed_in_footer(small: SmallSite, **environment: str) -> list[str]:
    """Build the small site with the footer of the real one, and return the days that it says are closed."""
    small.write(FOOTER, (ROOT / FOOTER).read_text(encoding="utf-8"))
    small.write("theme/templates/shell.html", '<!--title--><!--main-->{% include "components/site-footer.html" %}')
    small.build(**environment)
    shell = (small.compiled / "shell.html").read_text(encoding="utf-8")
    return re.findall(r"<li>(.*): closed</li>", shell)


def test_the_footer_names_the_closures_of_the_next_two_weeks(small: SmallSite) -> None:
    thanksgiving = str(dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC).timestamp())
    assert closed_in_footer(small, SOURCE_DATE_EPOCH=thanksgiving) == ["Thursday, November 26", "Friday, November 27"]


def test_the_footer_of_weeks_without_a_closure_names_none(small: SmallSite) -> None:
    december = str(dt.datetime(2026, 12, 2, 10, tzinfo=dt.UTC).timestamp())
    assert closed_in_footer(small, SOURCE_DATE_EPOCH=december) == []
