"""Diagnostics of a build: errors, warnings and changes without a review."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.small_site import ARTICLE, BIBTEX, NOW, PAGE, SmallSite

TEMPLATES = Path(__file__).parents[2] / "theme" / "templates"
"""The site's own."""


def test_all_diagnostics_stop_the_build_at_once(small: SmallSite) -> None:
    text = ARTICLE.replace("@bob", "@bib")
    small.write("content/articles/sleep.md", f"{text}\n[x](#nowhere)\n\n[y](/nope/) is a cure.\n")
    with pytest.raises(SystemExit) as stop:
        small.build()
    end = text.count("\n")
    lines = [line.removeprefix("content/articles/sleep.md:") for line in str(stop.value).splitlines()]
    assert [line.split(".")[0] for line in lines] == [
        "15: “@bib” is not in references",
        f"{end + 2}: “#nowhere” leads nowhere: the page has no such place",
        f"{end + 4}: “/nope/” leads nowhere: there is no such page or file",
        f"{end + 4}: “cure” is refused",
    ]


def test_a_mistake_stops_the_build_of_make_serve_whose_last_good_version_stays(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("@bob", "@bib"))
    with pytest.raises(SystemExit, match=r"content/articles/sleep\.md:15: “@bib”"):
        small.build(LOCAL="1")


def test_a_doubled_title_is_a_diagnostic_with_its_line(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Slug: sleep", "Slug: sleep\nTitle: Sleep again", 1))
    with pytest.raises(SystemExit, match=r"^content/articles/sleep.md:\d+: Title: this is written twice"):
        small.build()


OVERDUE = ARTICLE.replace("Next_review: 2027-11-16", "Next_review: 2026-11-17")


def test_an_overdue_review_is_a_warning(small: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("content/articles/sleep.md", OVERDUE)
    small.build()
    assert "sleep.md:9: warning: the review is overdue" in capsys.readouterr().err


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
    assert "sleep.md:9: warning: the last change was reviewed. Remove the line" in capsys.readouterr().err


def test_an_article_with_wrong_front_matter_is_reported_and_left_out(small: SmallSite) -> None:
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


NOTICES = '[notices]\nprivacy_practices = "/notice/"\n\n[holidays]'


def test_a_notice_without_a_page_is_found_in_the_practice_file_alone(small: SmallSite) -> None:
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace("[holidays]", NOTICES))
    small.write(
        "theme/templates/404.html", '{% for each in notice_links %}<a href="{{ each.address }}">x</a>{% endfor %}'
    )
    with pytest.raises(SystemExit) as stop:
        small.build()
    line = practice[: practice.index("[holidays]")].count("\n") + 2
    assert str(stop.value).startswith(f"content/practice.toml:{line}: “/notice/” is no page of the site.")
    assert "leads nowhere" not in str(stop.value)


def test_an_incomplete_reference_stops_the_build(small: SmallSite) -> None:
    small.write("content/references.bib", BIBTEX.replace("doi = {10.1000/ada}", "").replace("year = {2021}, ", ""))
    with pytest.raises(SystemExit) as stop:
        small.build()
    assert str(stop.value).splitlines() == [
        "content/references.bib:1: “ada” has no doi or url. Add it.",
        "content/references.bib:4: “bob” has no year. Add it.",
    ]


def test_crisis_lines_that_were_not_checked_for_a_year_are_a_warning(
    small: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (small.folder / "content/crisis-lines.toml").read_text(encoding="utf-8")
    small.write("content/crisis-lines.toml", lines.replace("checked_on = 2026", "checked_on = 2024"))
    small.build()
    assert "content/crisis-lines.toml:19: warning: the crisis lines were checked" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("Sleep matters", "Call 988. Sleep matters", 11), ("mood, and what", "mood, whom to call (988), what", 5)],
    ids=["text", "front matter"],
)
def test_a_crisis_number_that_is_typed_stops_the_build(small: SmallSite, old: str, new: str, line: int) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace(old, new, 1))
    with pytest.raises(SystemExit, match=rf"^content/articles/sleep.md:{line}: .*“988” is a crisis number"):
        small.build()


def test_a_number_that_is_no_crisis_number_can_be_allowed(small: SmallSite) -> None:
    text = "<!-- allow: 988 -- number of people in the study -->\n988 people took part [@ada]."
    small.write("content/articles/sleep.md", f"{ARTICLE}\n{text}\n")
    assert small.build() == ""


def test_a_crisis_number_in_a_text_is_that_of_the_file(small: SmallSite) -> None:
    small.write(
        "content/pages/privacy.md", f"{PAGE}\nCall [{{{{ crisis.lifeline }}}}](tel:{{{{ crisis.lifeline }}}}).\n"
    )
    small.build()
    assert '<a href="tel:988">988</a>' in small.page("privacy/index.html")


def test_warnings_do_not_stop_the_build(small: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    unread = "@misc{unread, author={A}, title={T}, year={2020}, url={https://example.com}}\n"
    small.write("content/references.bib", unread + BIBTEX)
    small.write("content/articles/sleep.md", ARTICLE.replace("2027-11-16", "2026-12-20"))
    small.build()
    lines = capsys.readouterr().err
    assert "content/references.bib:1: warning: nothing cites “unread”." in lines
    assert "content/articles/sleep.md:9: warning: the next review is due within a month." in lines


HIDDEN_FROM_THE_EDITOR = {
    "no empty line after the facts": (ARTICLE.replace("\n\nSleep", "\nA miracle cure, guaranteed.\n\nSleep", 1), 10),
    "a fence after the facts": (ARTICLE.replace("\n\nSleep", "\n---\nA miracle cure, guaranteed.\n\nSleep", 1), 11),
    "a note before the words": (f"{ARTICLE}\n<!-- a note --> A miracle cure, guaranteed.\n", 21),
    "a soft hyphen, an entity, emphasis": (f"{ARTICLE}\nA mir&shy;acle c&#117;re, guaran**teed**.\n", 21),
}


@pytest.mark.parametrize("written", HIDDEN_FROM_THE_EDITOR)
def test_no_way_to_write_a_promise_gets_through_the_build(small: SmallSite, written: str) -> None:
    text, line = HIDDEN_FROM_THE_EDITOR[written]
    small.write("content/articles/sleep.md", text)
    with pytest.raises(SystemExit) as stop:
        small.build()
    lines = [each.split(" is refused")[0] for each in str(stop.value).splitlines()]
    words = ("miracle", "cure", "guaranteed")
    assert lines == sorted(f"content/articles/sleep.md:{line}: “{word}”" for word in words)


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


@pytest.mark.parametrize(
    ("slug", "owner"),
    [
        ("sleep", "sleep.md"),
        ("privacy", "privacy.md"),
        ("thank-you", "the site itself"),
        ("staff", "the site itself"),
    ],
)
def test_an_address_that_is_taken_is_a_finding_with_its_line(small: SmallSite, slug: str, owner: str) -> None:
    small.write("content/pages/then.md", PAGE.replace("privacy", slug))
    with pytest.raises(SystemExit, match=rf"^content/pages/then\.md:2: Slug: “.*” belongs to {owner}. Write another.$"):
        small.build()


def test_a_draft_gives_way_to_the_public_page_of_its_address(small: SmallSite) -> None:
    small.write("content/articles/a-draft.md", ARTICLE.replace("Slug", "Status: draft\nSlug"))
    with pytest.raises(SystemExit, match=r"^content/articles/a-draft\.md:3: .*“sleep” belongs to sleep.md"):
        small.build(LOCAL="1")


@pytest.mark.parametrize(("name", "is_named"), [("sleep.docx", True), ("sleep.MD", True), (".sleep.md.swp", False)])
def test_a_file_that_nothing_reads_is_a_warning(
    small: SmallSite, name: str, is_named: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write(f"content/articles/{name}", "x")
    small.build()
    assert (
        f"content/articles/{name}:1: warning: only files whose names end in .md" in capsys.readouterr().err
    ) is is_named
