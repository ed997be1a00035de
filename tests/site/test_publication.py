"""Drafts and scheduled articles: seen in `make serve`, checked there, and in no file that is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_site import ARTICLE, PAGE, SmallSite

THEME = Path(__file__).parents[2] / "theme"
"""The site's own."""

DRAFT = ARTICLE.replace("Slug: sleep", "Slug: worry\nStatus: draft").replace("Sleep & low mood", "Worry at night")
SCHEDULED = (
    ARTICLE.replace("Slug: sleep", "Slug: worry")
    .replace("Sleep & low mood", "Worry at night")
    .replace("Date: 2026-11-16 09:00", "Date: 2026-11-30 09:00")
)
NOT_PUBLIC = {
    "a draft": ("articles", DRAFT),
    "a scheduled article": ("articles", SCHEDULED),
    "a draft of a page": (
        "pages",
        PAGE.replace("privacy", "worry\nStatus: draft").replace("Privacy", "Worry at night"),
    ),
}
LISTS = ("output/feed.xml", "output/sitemap.xml", "output/index.html", "functions/leads/compiled/shell.html")


@pytest.fixture
def ribboned(small: SmallSite) -> SmallSite:
    """Return the small site with the ribbon of the site's own theme."""
    ribbon = (THEME / "templates" / "components" / "ribbon.html").read_text(encoding="utf-8")
    small.write("theme/templates/components/ribbon.html", ribbon)
    base = (small.folder / "theme/templates/base.html").read_text(encoding="utf-8")
    include = '{% if local %}{% include "components/ribbon.html" %}{% endif %}'
    small.write("theme/templates/base.html", base.replace("{% block main %}", include + "{% block main %}"))
    return small


@pytest.fixture(params=NOT_PUBLIC)
def unpublished(request: pytest.FixtureRequest, ribboned: SmallSite) -> SmallSite:
    """Return a site with one text that is not public."""
    folder, text = NOT_PUBLIC[request.param]
    ribboned.write(f"content/{folder}/worry.md", text)
    return ribboned


def test_it_is_seen_at_its_own_address_in_make_serve(unpublished: SmallSite) -> None:
    unpublished.build(LOCAL="1")
    assert "not public" in unpublished.page("worry/index.html")


def test_it_is_in_no_published_file(unpublished: SmallSite) -> None:
    unpublished.build()
    files = unpublished.files()
    assert not [name for name, content in files.items() if "worry" in name or b"worry" in content.lower()]


@pytest.mark.parametrize("name", LISTS)
def test_it_is_in_no_list_of_make_serve(unpublished: SmallSite, name: str) -> None:
    unpublished.build(LOCAL="1")
    assert "worry" not in unpublished.files()[name].decode().lower()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DRAFT, "Draft: not public."),
        (SCHEDULED, "Scheduled for November 30, 2026, 9:00 AM Central Time: not public until then."),
    ],
    ids=["a draft", "a scheduled article"],
)
def test_the_ribbon_says_which(ribboned: SmallSite, text: str, words: str) -> None:
    ribboned.write("content/articles/worry.md", text)
    ribboned.build(LOCAL="1")
    assert f'<aside class="ribbon" aria-label="Not public">{words}' in ribboned.page("worry/index.html")


@pytest.mark.parametrize("name", ["sleep/index.html", "privacy/index.html", "index.html"])
def test_a_public_page_has_no_ribbon(unpublished: SmallSite, name: str) -> None:
    unpublished.build(LOCAL="1")
    assert "ribbon" not in unpublished.page(name)


@pytest.mark.parametrize(("local", "is_there"), [("", False), ("1", True)], ids=["make publish", "make serve"])
def test_readers_do_not_load_the_ribbons_style(small: SmallSite, local: str, is_there: bool) -> None:
    sheet = "35-ribbon.local.css"
    small.write(f"theme/static/css/{sheet}", (THEME / "static" / "css" / sheet).read_text(encoding="utf-8"))
    small.build(LOCAL=local)
    assert (".ribbon" in small.page("index.html")) is is_there


def test_on_its_day_a_scheduled_article_is_published_like_any_other(small: SmallSite) -> None:
    small.write("content/articles/worry.md", SCHEDULED)
    small.build(SOURCE_DATE_EPOCH="1796050800")  # November 30, 9:00 AM Central Time
    assert all("worry" in small.page(name) for name in ("worry/index.html", "feed.xml", "sitemap.xml", "index.html"))


def test_a_minute_before_it_is_not(small: SmallSite) -> None:
    small.write("content/articles/worry.md", SCHEDULED)
    small.build(SOURCE_DATE_EPOCH="1796050740")
    assert "output/worry/index.html" not in small.files()


# Checks

MISTAKES = {
    "a word": ("\nIt is a cure.\n", "“cure” is refused"),
    "a source": ("\nIt helps [@nothing].\n", "“@nothing” is not in references.bib"),
    "a link": ("\n[x](/nope/)\n", "“/nope/” leads nowhere"),
    "a picture": ("\n![a lamp](images/none.jpg)\n", "has no picture “images/none.jpg”"),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_draft_is_checked_where_it_is_shown(small: SmallSite, kind: str) -> None:
    text, found = MISTAKES[kind]
    small.write("content/articles/worry.md", DRAFT + text)
    assert f"content/articles/worry.md:{DRAFT.count(chr(10)) + 2}: warning: " in (lines := small.build(LOCAL="1"))
    assert found in lines


def test_a_draft_with_mistakes_is_shown_all_the_same(small: SmallSite) -> None:
    small.write("content/articles/worry.md", f"{DRAFT}\nIt is a cure.\n")
    small.build(LOCAL="1")
    assert "It is a cure." in small.page("worry/index.html")


def test_a_mistake_in_a_draft_keeps_no_publish_back(small: SmallSite) -> None:
    small.write("content/articles/worry.md", f"{DRAFT}\nIt is a cure.\n")
    assert small.build() == ""


@pytest.mark.parametrize("local", ["", "1"], ids=["make publish", "make serve"])
def test_a_mistake_in_a_scheduled_article_stops_the_build(small: SmallSite, local: str) -> None:
    small.write("content/articles/worry.md", f"{SCHEDULED}\nIt is a cure.\n")
    with pytest.raises(SystemExit, match="“cure” is refused"):
        small.build(LOCAL=local)


def test_a_source_that_only_a_draft_cites_is_not_called_unused(
    small: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("content/articles/worry.md", DRAFT)
    small.write("content/articles/sleep.md", ARTICLE.replace("@bob", "@ada"))
    small.build()
    assert "nothing cites" not in capsys.readouterr().err


def test_a_draft_awaits_no_review(small: SmallSite) -> None:
    small.write("content/articles/worry.md", DRAFT.replace("Modified: 2026-11-17", "Modified: 2026-11-20"))
    assert small.build(LOCAL="1") == ""


# Links to it


@pytest.mark.parametrize("local", ["", "1"], ids=["make publish", "make serve"])
@pytest.mark.parametrize("target", ["/worry/", "{filename}worry.md"])
@pytest.mark.parametrize("text", [DRAFT, SCHEDULED], ids=["a draft", "a scheduled article"])
def test_a_public_page_cannot_link_to_it(small: SmallSite, text: str, target: str, local: str) -> None:
    small.write("content/articles/worry.md", text)
    small.write("content/articles/sleep.md", f"{ARTICLE}\n[x]({target})\n")
    line = ARTICLE.count("\n") + 2
    with pytest.raises(
        SystemExit, match=rf"^content/articles/sleep\.md:{line}: “.*/worry/” leads to a page that is not"
    ):
        small.build(LOCAL=local)


@pytest.mark.parametrize("target", ["/sleep/", "{filename}sleep.md", "/worry/"])
@pytest.mark.parametrize("text", [DRAFT, SCHEDULED], ids=["a draft", "a scheduled article"])
def test_it_may_link_to_what_is_public_before_it(small: SmallSite, text: str, target: str) -> None:
    small.write("content/articles/worry.md", f"{text}\n[x]({target})\n")
    assert small.build(LOCAL="1") == ""
