"""sitemap.xml and robots.txt."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

from plugins.output.sitemap import robots, sitemap
from tests.support.small_site import SmallSite


def test_the_sitemap_lists_each_page_with_the_day_of_its_content(small: SmallSite) -> None:
    small.build()
    urls = ET.fromstring(small.page("sitemap.xml"))
    listed = {url.findtext("{*}loc"): url.findtext("{*}lastmod") for url in urls}
    home = "https://www.lakeside.example"
    assert listed == {
        f"{home}/": "2026-11-17T10:30:00-06:00",
        f"{home}/sleep/": "2026-11-17T10:30:00-06:00",
        f"{home}/privacy/": "2026-11-01T09:00:00-06:00",
        f"{home}/people/ada-example/": "2026-11-03T09:00:00-06:00",
        f"{home}/people/max-example/": "2026-11-03T09:00:00-06:00",
    }


def test_the_home_page_changes_with_the_people_whom_it_shows(small: SmallSite) -> None:
    (small.folder / "content/articles/sleep.md").unlink()
    (small.folder / "content/references.bib").write_text("", encoding="utf-8")
    small.build()
    urls = ET.fromstring(small.page("sitemap.xml"))
    assert urls[0].findtext("{*}lastmod") == "2026-11-03T09:00:00-06:00"


def test_an_address_is_escaped() -> None:
    text = sitemap([("https://a.example/?a=1&b=2", dt.datetime(2026, 11, 26, tzinfo=dt.UTC))])
    assert ET.fromstring(text).findtext("{*}url/{*}loc") == "https://a.example/?a=1&b=2"


def test_search_engines_may_read_everything_and_find_the_sitemap() -> None:
    assert robots("https://a.example").splitlines() == [
        "User-agent: *",
        "Allow: /",
        "",
        "Sitemap: https://a.example/sitemap.xml",
    ]
