"""Tests of CloudFront's part in a publish: which cached copies are invalidated."""

from __future__ import annotations

from tests.support.cdn import (
    SITE,
    PublishedStack,
)


def test_the_caches_forget_the_changed_pages_and_no_others(published: PublishedStack) -> None:
    before = published.invalidated()
    published.publish({**SITE, "sleep/index.html": b"words", "assets/new.2.png": b"more"})
    assert sorted([*before, "/sleep/", "/sleep/index.html"]) == published.invalidated()


def test_the_caches_forget_a_page_that_was_removed(published: PublishedStack) -> None:
    published.publish({path: body for path, body in SITE.items() if path != "old/index.html"})
    assert published.invalidated().count("/old/") == 2  # when it came, and when it went
