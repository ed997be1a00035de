"""Tests of the findings about old addresses, each on its line."""

from __future__ import annotations

import pytest

from tests.support.small_site import ARTICLE, PAGE, SmallSite


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("Was: old/", "content/articles/sleep.md:3: Was: “old/” cannot be an old address"),
        ("Was: /Old/", "content/articles/sleep.md:3: Was: “/Old/” cannot be an old address"),
        ("Was: /a/../b/", "content/articles/sleep.md:3: Was: “/a/../b/” cannot be an old address"),
        ("Was: /privacy/", "content/articles/sleep.md:3: Was: “/privacy/” is a page of the site"),
        ("Was: /staff/x/", "content/articles/sleep.md:3: Was: “/staff/x/” belongs to the site itself"),
        ("Was: /a/\nWas: /a/", "content/articles/sleep.md:4: Was: “/a/” is in sleep.md already"),
    ],
)
def test_an_old_address_that_cannot_work_is_a_finding(small: SmallSite, line: str, finding: str) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Slug: sleep", f"Slug: sleep\n{line}"))
    with pytest.raises(SystemExit) as stopped:
        small.build()
    assert finding in str(stopped.value)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("/old/\n", "content/gone.txt:1: /old/: there is no such key here"),
        ("# note\nGone: old\n", "content/gone.txt:2: Gone: “old” cannot be an old address"),
        ("Gone: /sleep/\n", "content/gone.txt:1: Gone: “/sleep/” is a page of the site"),
        ("Gone: /old/\nGone: /old/\n", "content/gone.txt:2: Gone: “/old/” is in gone.txt already"),
    ],
)
def test_a_line_that_takes_nothing_away_is_a_finding(small: SmallSite, text: str, finding: str) -> None:
    small.write("content/gone.txt", text)
    with pytest.raises(SystemExit) as stopped:
        small.build()
    assert finding in str(stopped.value)


def test_an_address_cannot_lead_to_two_texts(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Slug: sleep", "Slug: night\nWas: /sleep/"))
    small.write("content/pages/privacy.md", PAGE.replace("Slug: privacy", "Slug: privacy\nWas: /sleep/"))
    with pytest.raises(SystemExit, match=r"Was: “/sleep/” is in sleep\.md already"):
        small.build()
