"""A whole build: what reaches output/ and the function's folder, and what must not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from leads.domain.practice import Practice

from tests.support.small_site import ARTICLE, BIBTEX, FRONT_MATTER, NOW, PAGE, SmallSite, small_site

TEMPLATES = Path(__file__).parents[2] / "theme" / "templates"
"""The site's own."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that another test has drawn."""
    return tmp_path_factory.mktemp("drawn")


@pytest.fixture
def small(tmp_path: Path, drawn: Path) -> SmallSite:
    (tmp_path / ".cache").symlink_to(drawn)
    return small_site(tmp_path)


def test_articles_pages_and_the_rest_are_where_readers_look_for_them(small: SmallSite) -> None:
    small.build()
    names = {name for name in small.files() if "/assets/" not in name}
    assert names == {
        "output/index.html",
        "output/sleep/index.html",
        "output/privacy/index.html",
        "output/thank-you/index.html",
        "output/404.html",
        "output/feed.xml",
        "output/sitemap.xml",
        "output/robots.txt",
        "functions/leads/compiled/practice.json",
        "functions/leads/compiled/shell.html",
        "functions/leads/compiled/headers.json",
    }


def test_the_style_guide_is_built_only_on_this_machine(small: SmallSite) -> None:
    small.build(LOCAL="1")
    assert "output/styleguide/index.html" in small.files()
    assert "styleguide" not in small.page("sitemap.xml")


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


def test_two_builds_are_the_same_to_the_byte(small: SmallSite, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = small_site(tmp_path_factory.mktemp("other"))
    for site in (small, other):
        site.write("content/articles/second.md", ARTICLE.replace("Slug: sleep", "Slug: a-second"))
        site.build()
    assert small.files() == other.files()


def test_what_has_gone_from_the_sources_goes_from_the_site(small: SmallSite) -> None:
    small.build()
    (small.folder / "content/articles/sleep.md").unlink()
    small.build()
    assert not [name for name in small.files() if "sleep" in name]


def test_a_second_build_in_the_same_process_knows_only_the_new_sources(small: SmallSite) -> None:
    small.build()
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace("Lakeside Test Clinic", "Hillside"))
    small.write("theme/static/css/a.css", "body { color: blue; }")
    small.build()
    assert "Hillside keeps it." in small.page("privacy/index.html")
    assert "blue" in small.page("privacy/index.html")
    assert not [name for name, content in small.files().items() if b"Lakeside Test Clinic" in content]


def test_titles_are_escaped_and_content_is_not(small: SmallSite) -> None:
    small.build()
    page = small.page("sleep/index.html")
    assert "<h1>Sleep &amp; low mood</h1>" in page
    assert '<h2 id="why">Why</h2>' in page
    assert '<a href="#why">2 Why</a>' in page


def test_the_site_s_address_can_be_another_than_the_practice_file_s(small: SmallSite) -> None:
    small.build(SITE_URL="http://127.0.0.1:8000/")
    assert "<loc>http://127.0.0.1:8000/sleep/</loc>" in small.page("sitemap.xml")
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in small.page("robots.txt")
    assert Practice.load(small.compiled / "practice.json").url == "http://127.0.0.1:8000"


def test_the_function_gets_the_practice_with_its_closed_dates(small: SmallSite) -> None:
    small.build()
    practice = Practice.load(small.compiled / "practice.json")
    assert practice.name == "Lakeside Test Clinic"
    assert "2026-12-25" in {date.isoformat() for date in practice.closed_dates}


def test_the_function_gets_the_shell_with_its_markers(small: SmallSite) -> None:
    small.build()
    shell = (small.compiled / "shell.html").read_text(encoding="utf-8")
    assert shell == "<style>body{color:red}</style><!--title--><!--main-->"


def test_the_feed_tells_of_an_article_but_not_its_text(small: SmallSite) -> None:
    small.build()
    feed = small.page("feed.xml")
    entry = ET.fromstring(feed).find("{*}entry")
    assert entry is not None
    assert entry.findtext("{*}title") == "Sleep & low mood"
    assert entry.findtext("{*}updated") == "2026-11-17T10:30:00-06:00"
    assert "What a night without sleep" in (entry.findtext("{*}summary") or "")
    assert "Sleep matters" not in feed


def test_the_sitemap_lists_each_page_with_the_day_of_its_content(small: SmallSite) -> None:
    small.build()
    urls = ET.fromstring(small.page("sitemap.xml"))
    listed = {url.findtext("{*}loc"): url.findtext("{*}lastmod") for url in urls}
    home = "https://www.lakeside.example"
    assert listed == {
        f"{home}/": "2026-11-17T10:30:00-06:00",
        f"{home}/sleep/": "2026-11-17T10:30:00-06:00",
        f"{home}/privacy/": "2026-11-01T09:00:00-06:00",
    }


def test_a_mistake_in_the_practice_file_stops_the_build_in_words(small: SmallSite) -> None:
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace("monday", "mondy"))
    with pytest.raises(SystemExit, match=r"^content/practice.toml:\d+: hours.mondy: there is no such key"):
        small.build()


@pytest.mark.parametrize("local", ["", "1"], ids=["make build", "make serve"])
def test_a_practice_outside_the_united_states_is_not_built(small: SmallSite, local: str) -> None:
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace('country = "US"', 'country = "GB"', 1))
    with pytest.raises(SystemExit, match=r'^content/practice.toml:6: country: "GB" cannot be built: .*\(988 and 911\)'):
        small.build(LOCAL=local)


def test_all_diagnostics_stop_the_build_at_once(small: SmallSite) -> None:
    text = ARTICLE.replace("@bob", "@bib")
    small.write("content/articles/sleep.md", f"{text}\n[x](#nowhere)\n\n[y](/nope/) is a cure.\n")
    with pytest.raises(SystemExit) as stop:
        small.build()
    end = text.count("\n")
    told = [line.removeprefix("content/articles/sleep.md:") for line in str(stop.value).splitlines()]
    assert [line.split(".")[0] for line in told] == [
        "17: “@bib” is not in references",
        f"{end + 2}: “#nowhere” leads nowhere: the page has no such place",
        f"{end + 4}: “/nope/” leads nowhere: there is no such page or file",
        f"{end + 4}: “cure” is refused",
    ]


def test_a_mistake_stops_the_build_of_make_serve_whose_last_good_version_stays(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("@bob", "@bib"))
    with pytest.raises(SystemExit, match=r"content/articles/sleep\.md:17: “@bib”"):
        small.build(LOCAL="1")


def test_a_doubled_title_is_a_diagnostic_with_its_line(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Slug: sleep", "Slug: sleep\nTitle: Sleep again", 1))
    with pytest.raises(SystemExit, match=r"^content/articles/sleep.md:\d+: Title: this is written twice"):
        small.build()


OVERDUE = ARTICLE.replace("Next_review: 2027-11-16", "Next_review: 2026-11-17")


def test_an_overdue_review_is_a_warning(small: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("content/articles/sleep.md", OVERDUE)
    small.build()
    assert "sleep.md:11: warning: the review is overdue" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("article", "said"),
    [
        (ARTICLE, "Next review due November 16, 2027"),
        (OVERDUE, "This article was due for review on November 17, 2026."),
    ],
    ids=["not yet due", "overdue"],
)
def test_an_overdue_review_is_published_and_said_on_the_page(small: SmallSite, article: str, said: str) -> None:
    for name in ("components/byline.html", "components/dates.html"):
        small.write(f"theme/templates/{name}", (TEMPLATES / name).read_text(encoding="utf-8"))
    small.write("theme/templates/article.html", '{% include "components/byline.html" %}')
    small.write("content/articles/sleep.md", article)
    small.build()
    assert said in " ".join(re.sub(r"<[^>]+>", " ", small.page("sleep/index.html")).replace(" .", ".").split())


CHANGED = ARTICLE.replace("Modified: 2026-11-17 10:30", "Modified: 2026-11-18 10:30")
"""The article, changed on the day after its review."""


def test_a_change_after_the_review_is_an_error_with_its_line(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", CHANGED)
    assert small.build().startswith("content/articles/sleep.md:4: the article was changed after its last review.")


def test_a_change_after_the_review_can_be_looked_at(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", CHANGED.replace("Sleep matters", "Sleep counts"))
    small.build()
    assert "Sleep counts" in small.page("sleep/index.html")


def test_a_change_after_the_review_does_not_hide_another_mistake(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", CHANGED.replace("@bob", "@bib"))
    with pytest.raises(SystemExit, match="“@bib”"):
        small.build()


@pytest.mark.parametrize(
    "article",
    [
        ARTICLE,  # on the day of the review
        CHANGED.replace("Next_review", "Review_not_needed: spelling\nNext_review"),
        CHANGED.replace("Slug", "Status: draft\nSlug"),
    ],
)
def test_what_needs_no_review_is_no_mistake(small: SmallSite, article: str) -> None:
    small.write("content/articles/sleep.md", article)
    assert small.build() == ""


def test_a_scheduled_article_is_finished_and_reviewed_before_its_day(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Date: 2026-11-16 09:00", "Date: 2026-11-26 09:00"))
    assert small.build(SOURCE_DATE_EPOCH=str(int(NOW) + 86_400)) == ""
    assert "<lastmod>2026-11-26" in small.page("sitemap.xml")


def test_only_spelling_needs_no_review(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", CHANGED.replace("Next_review", "Review_not_needed: dose\nNext_review"))
    with pytest.raises(SystemExit, match="Review_not_needed: “dose” cannot be used here"):
        small.build()


def test_a_review_ends_the_exception_for_spelling(small: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Next_review", "Review_not_needed: spelling\nNext_review"))
    small.build()
    assert "sleep.md:11: warning: the last change was reviewed. Remove the line" in capsys.readouterr().err


def test_an_article_with_wrong_front_matter_is_told_and_left_out(small: SmallSite) -> None:
    small.write(
        "content/articles/second.md", ARTICLE.replace("Slug: sleep", "Slug: second").replace("2026-11-16 09", "x")
    )
    with pytest.raises(SystemExit, match=r"content/articles/second.md:3: Date: “x:00” cannot be used here."):
        small.build()
    assert "output/second/index.html" not in small.files()


def test_a_link_of_a_template_that_leads_nowhere_is_found(small: SmallSite) -> None:
    small.write("theme/templates/404.html", '<a href="/gone/">x</a>')
    with pytest.raises(SystemExit, match=r"output/404.html:1: “/gone/” leads nowhere: .* Correct the template."):
        small.build()


def test_an_incomplete_reference_stops_the_build(small: SmallSite) -> None:
    small.write("content/references.bib", BIBTEX.replace("doi = {10.1000/ada}", "").replace("year = {2021}, ", ""))
    with pytest.raises(SystemExit) as stop:
        small.build()
    assert str(stop.value).splitlines() == [
        "content/references.bib:1: “ada” has no doi or url. Add it.",
        "content/references.bib:4: “bob” has no year. Add it.",
    ]


def test_warnings_do_not_stop_the_build(small: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    unread = "@misc{unread, author={A}, title={T}, year={2020}, url={https://example.com}}\n"
    small.write("content/references.bib", unread + BIBTEX)
    small.write("content/articles/sleep.md", ARTICLE.replace("2027-11-16", "2026-12-20"))
    small.build()
    told = capsys.readouterr().err
    assert "content/references.bib:1: warning: nothing cites “unread”." in told
    assert "content/articles/sleep.md:11: warning: the next review is due within a month." in told


def test_structured_data_is_json_that_cannot_end_its_element(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Sleep & low mood", "A </script><!-- & \u2028 title"))
    small.build()
    page = small.page("sleep/index.html")
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert script is not None
    assert not set("<>&\u2028") & set(script[1])
    graph = {node["@type"]: node for node in json.loads(script[1])["@graph"]}
    assert graph["Article"]["headline"] == "A </script><!-- & \u2028 title"


def test_pictures_are_drawn_once(tmp_path: Path) -> None:
    small = small_site(tmp_path)
    small.build()
    drawn = {file: file.stat().st_mtime_ns for file in (small.folder / ".cache").rglob("*") if file.is_file()}
    assert len(drawn) == 2
    small.build()
    assert {file: file.stat().st_mtime_ns for file in drawn} == drawn


HIDDEN_FROM_THE_EDITOR = {
    "no empty line after the facts": (ARTICLE.replace("\n\nSleep", "\nA miracle cure, guaranteed.\n\nSleep", 1), 12),
    "a fence after the facts": (ARTICLE.replace("\n\nSleep", "\n---\nA miracle cure, guaranteed.\n\nSleep", 1), 13),
    "a note before the words": (f"{ARTICLE}\n<!-- a note --> A miracle cure, guaranteed.\n", 23),
    "a soft hyphen, an entity, emphasis": (f"{ARTICLE}\nA mir&shy;acle c&#117;re, guaran**teed**.\n", 23),
}


@pytest.mark.parametrize("written", HIDDEN_FROM_THE_EDITOR)
def test_no_way_to_write_a_promise_gets_through_the_build(small: SmallSite, written: str) -> None:
    text, line = HIDDEN_FROM_THE_EDITOR[written]
    small.write("content/articles/sleep.md", text)
    with pytest.raises(SystemExit) as stop:
        small.build()
    told = [each.split(" is refused")[0] for each in str(stop.value).splitlines()]
    words = ("miracle", "cure", "guaranteed")
    assert told == sorted(f"content/articles/sleep.md:{line}: “{word}”" for word in words)


def test_a_word_that_markdown_puts_together_on_a_page_stops_the_build(small: SmallSite) -> None:
    small.write("content/pages/privacy.md", PAGE + "\nIt is guaran<!-- -->teed.\n")
    with pytest.raises(SystemExit, match=r"^content/pages/privacy.md:8: “guaranteed” is refused"):
        small.build()


def test_a_refused_word_in_the_practice_s_own_line_stops_the_build(small: SmallSite) -> None:
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    name, tagline = (
        next(line for line in practice.splitlines() if line.startswith(key)) for key in ("name", "tagline")
    )
    changed = practice.replace(name, 'name = "Reset Clinic"').replace(tagline, 'tagline = "A break-through"')
    small.write("content/practice.toml", changed)
    with pytest.raises(SystemExit) as stop:
        small.build()
    line = practice.splitlines().index(tagline) + 1
    assert str(stop.value).startswith(f"content/practice.toml:{line}: “break-through” is refused")
    assert "reset" not in str(stop.value).lower()


def test_a_value_of_two_lines_is_one_sentence_on_the_page(small: SmallSite) -> None:
    text = ARTICLE.replace("your mood, and what", "your mood,\n    and what")
    assert text != ARTICLE
    small.write("content/articles/sleep.md", text)
    small.build()
    assert "does to your mood, and what you can do about it.<" in small.page("feed.xml")
