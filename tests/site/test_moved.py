"""Tests of old addresses in the built site: what each page says."""

from __future__ import annotations

import pytest

from plugins.output import moved
from plugins.output.moved import OldAddress
from tests.support.small_site import ARTICLE, PAGE, SmallSite

RENAMED = ARTICLE.replace("Slug: sleep", "Slug: sleep-and-mood\nWas: /sleep/\nWas: /2019/05/sleep-tips/")


def old(small: SmallSite, path: str) -> OldAddress | None:
    return moved.read((small.output / path).read_bytes())


@pytest.mark.parametrize("path", ["sleep/index.html", "2019/05/sleep-tips/index.html"])
def test_every_old_address_says_where_the_article_is_now(small: SmallSite, path: str) -> None:
    small.write("content/articles/sleep.md", RENAMED)
    small.build()
    assert old(small, path) == OldAddress("/sleep-and-mood/")


def test_a_page_has_old_addresses_too(small: SmallSite) -> None:
    small.write("content/pages/privacy.md", PAGE.replace("Slug: privacy", "Slug: privacy\nWas: /our-privacy.html"))
    small.build()
    assert old(small, "our-privacy.html") == OldAddress("/privacy/")


def test_an_address_that_was_taken_away_says_so(small: SmallSite) -> None:
    small.write("content/gone.txt", "# taken away\n\nGone: /mood/   # merged into the article on sleep\n")
    small.build()
    assert old(small, "mood/index.html") == OldAddress()


@pytest.mark.parametrize("status", ["Status: draft", "Date: 2027-11-16 09:00"])
def test_an_article_that_is_not_public_is_no_destination(small: SmallSite, status: str) -> None:
    key = status.partition(":")[0]
    lines = [line for line in RENAMED.splitlines() if not line.startswith(f"{key}:")]
    small.write("content/articles/later.md", "\n".join([status, *lines]).replace("sleep-and-mood", "later"))
    small.write("content/articles/sleep.md", ARTICLE.replace("Slug: sleep", "Slug: night"))
    small.build()
    assert not (small.output / "sleep").exists()


@pytest.mark.parametrize("file", ["sitemap.xml", "feed.xml"])
def test_no_list_for_machines_has_an_old_address(small: SmallSite, file: str) -> None:
    small.write("content/articles/sleep.md", RENAMED)
    small.write("content/gone.txt", "Gone: /mood/\n")
    small.build()
    assert not [address for address in ("/sleep/", "/mood/", "sleep-tips") if address in small.page(file)]


def test_a_page_that_readers_have_is_not_replaced(small: SmallSite) -> None:
    small.write("content/gone.txt", "Gone: /privacy/\nGone: /sleep/\n")
    with pytest.raises(SystemExit):
        small.build()
    assert (old(small, "privacy/index.html"), old(small, "sleep/index.html")) == (None, None)
