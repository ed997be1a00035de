"""The Atom feed."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.support.small_site import SmallSite


def test_the_feed_has_an_article_but_not_its_text(small: SmallSite) -> None:
    small.build()
    feed = small.page("feed.xml")
    entry = ET.fromstring(feed).find("{*}entry")
    assert entry is not None
    assert entry.findtext("{*}title") == "Sleep & low mood"
    assert entry.findtext("{*}updated") == "2026-11-17T10:30:00-06:00"
    assert "What a night without sleep" in (entry.findtext("{*}summary") or "")
    assert "Sleep matters" not in feed
