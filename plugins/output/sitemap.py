"""sitemap.xml and robots.txt, which tell search engines what to list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pelican import signals
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

Entry = tuple[str, dt.datetime]
"""An absolute address and the time of its last change."""


def sitemap(entries: Iterable[Entry]) -> str:
    """Return the sitemap of these addresses as XML."""
    root = Element("urlset", xmlns=NAMESPACE)
    for address, modified in entries:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = address
        SubElement(url, "lastmod").text = modified.isoformat()
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def robots(site_url: str) -> str:
    """Return a robots.txt that allows everything.

    Pages that must not be listed have a `robots` meta element.
    """
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}/sitemap.xml\n"


def _entries(generators: Iterable[Generator], site_url: str) -> Iterator[Entry]:
    articles = [article for each in generators if isinstance(each, ArticlesGenerator) for article in each.articles]
    pages = [page for each in generators if isinstance(each, PagesGenerator) for page in each.pages]
    for content in sorted([*articles, *pages], key=lambda content: content.url):
        # The home page shows every article and every person.
        shown = [*articles, *(page for page in pages if page.template == "person")] if content.url == "" else []
        yield f"{site_url}/{content.url}", max(each.modified for each in (content, *shown))


def _write(generators: list[Generator]) -> None:
    settings = generators[0].settings
    output = Path(settings["OUTPUT_PATH"])
    output.mkdir(parents=True, exist_ok=True)
    (output / "sitemap.xml").write_text(sitemap(_entries(generators, settings["SITEURL"])), encoding="utf-8")
    (output / "robots.txt").write_text(robots(settings["SITEURL"]), encoding="utf-8")


def register() -> None:
    signals.all_generators_finalized.connect(_write)
