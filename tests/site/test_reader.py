"""Markdown files as templates get them."""

from __future__ import annotations

import pytest

from tests.support.small_site import ARTICLE, FRONT_MATTER, SmallSite


def test_titles_are_escaped_and_content_is_not(small: SmallSite) -> None:
    small.build()
    page = small.page("sleep/index.html")
    assert "<h1>Sleep &amp; low mood</h1>" in page
    assert '<h2 id="why">Why</h2>' in page
    assert '<a href="#why">2 Why</a>' in page


@pytest.mark.parametrize(
    "front_matter",
    [
        FRONT_MATTER + "Status: draft\n",
        FRONT_MATTER + "Status: skip\n",
        FRONT_MATTER.replace("Date: 2026-11-16 09:00", "Date: 2099-01-01 09:00"),  # Pelican goes by the real clock
    ],
)
def test_drafts_skipped_and_future_articles_reach_no_file(small: SmallSite, front_matter: str) -> None:
    text = (
        ARTICLE.replace(FRONT_MATTER, front_matter)
        .replace("Sleep & low mood", "Unheard-of")
        .replace("sleep", "unheard")
    )
    small.write("content/articles/unheard.md", text)
    small.build()
    assert not [name for name, content in small.files().items() if b"Unheard-of" in content or "unheard" in name]
    assert "draft" not in "".join(small.files())


def test_a_value_of_two_lines_is_one_sentence_on_the_page(small: SmallSite) -> None:
    text = ARTICLE.replace("your mood, and what", "your mood,\n    and what")
    assert text != ARTICLE
    small.write("content/articles/sleep.md", text)
    small.build()
    assert "does to your mood, and what you can do about it.<" in small.page("feed.xml")
