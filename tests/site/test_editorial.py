"""The editorial checks of one file: what they report and what they accept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from plugins.lint.editorial import SourceFile, mistakes
from plugins.markdown.bibliography import BibliographyEntry
from tests.support.factories import SAMPLE
from tests.support.small_site import ADA, FRONT_MATTER, PAGE, rendered

TODAY = dt.date(2026, 11, 20)


BODY = FRONT_MATTER.count("\n") + 2
"""The line of the first word of the text."""


def found(body: str, front_matter: str = FRONT_MATTER, folder: str = "articles") -> list[str]:
    studies = {key: BibliographyEntry(key=key, title=key) for key in ("ada", "bob")}
    path = Path("content", folder, "sleep.md")
    text = f"{front_matter}\n{body}"
    source = SourceFile(path, text, rendered(text), Path("content"), studies, SAMPLE, TODAY)
    return [f"{line}: {message}" for line, message in mistakes(source)]


def found_in_article(body: str) -> list[str]:
    """Return the diagnostics of an article that cites something."""
    return found(f"{body}\n\nSleep matters [@ada].")


def test_a_correct_article_has_no_diagnostic() -> None:
    assert found("## Why\n\nIt helped 3% of people in a trial [@ada].\n\n### More\n\n- one\n- two\n") == []


def test_an_article_must_cite() -> None:
    assert found("Sleep matters.") == ["1: the article cites nothing. Cite at least one source, as [@key]."]


@pytest.mark.parametrize(
    ("body", "diagnostic"),
    [
        ("x\n\n# Why", f"{BODY + 2}: the title is the page's only first heading. Write ## instead of #."),
        ("### Why", f"{BODY}: a heading is left out above this one. Write ##."),
        ("## Why\n\n#### Why", f"{BODY + 2}: a heading is left out above this one. Write ###."),
        ("## Why [@ada]", f"{BODY}: a heading cannot cite. Move the citation into the text."),
        ("a\nb [@adda]", f"{BODY + 1}: “@adda” is not in references.bib. Write @ada."),
        (
            "x {{ practice.phnoe }}",
            f"{BODY}: the practice file has no “phnoe”. Write practice.name or another of its keys.",
        ),
        ("```chart\ntitle: x\n```", f"{BODY + 1}: the chart has no unit. Write a line “unit: ...” in it."),
        (
            "It helped 3% of people.",
            f"{BODY}: “3%” stands without a source. Cite one in the same paragraph, as [@key].",
        ),
        ("a\n\nOne study\nfound it.", f"{BODY + 2}: “study” stands without a source."),
        ("- cited [@ada]\n- in trials", f"{BODY + 1}: “trials” stands without a source."),
        ("| a | b |\n|---|---|\n| 3% | x |", f"{BODY + 2}: “3%” stands without a source."),
        ('!!! aside "x"\n\n    In trials.', f"{BODY + 2}: “trials” stands without a source."),
        ("Term\n:   10 percent", f"{BODY + 1}: “10 percent” stands without a source."),
        ("It is a Miracle.", f"{BODY}: “Miracle” is refused. No treatment is sure to work."),
        ("a\nb committed\nsuicide", f"{BODY + 1}: “committed suicide” is refused. Write “died by suicide”."),
        ("people suffering from it", f"{BODY}: “suffering from” is refused. Put the person first"),
        ("a <script>x()</script>", f"{BODY}: browsers ignore “script” here"),
        ('<p class="x" style="color: red">', f"{BODY}: browsers ignore “style” here"),
        ('<p onclick="x()">', f"{BODY}: browsers ignore “onclick” here"),
        ("![](images/x.png)", f"{BODY}: the picture has no text. Write between ![ and ] what it shows."),
        ("![x](images/x.png)", f"{BODY}: content/images has no picture “images/x.png”."),
    ],
)
def test_a_mistake_is_found_with_its_line(body: str, diagnostic: str) -> None:
    messages = found_in_article(body)
    assert any(each.startswith(diagnostic) for each in messages), messages


@pytest.mark.parametrize(
    "words",
    [
        *("a cure", "cured", "it cures", "curing", "curable", "a miracle", "miraculous", "a game-changer"),
        *("game changing", "a breakthrough", "break-throughs", "revolutionise", "revolutionized", "revolutionary"),
        *("a reset", "resets", "resetting", "rewire", "rewires", "rewiring", "proven", "guarantee", "guaranteed"),
        *("safe and effective", "no side effects", "side-effect-free", "non-addictive", "nonaddictive"),
        *("a last resort", "desperate", "desperately", "desperation", "debilitating", "HIPAA compliant"),
        *("committed suicide", "commits suicide", "completed suicide", "a successful suicide", "a failed attempt"),
        *("an unsuccessful suicide attempt", "a suicide epidemic", "drove him to suicide", "suicide because of it"),
        *("hanged himself", "shot herself", "jumped to her death", "overdosed on pills"),
        *("suffering from", "suffers from", "a sufferer", "a victim", "victims", "battling", "her battle with"),
    ],
)
@pytest.mark.parametrize("written", [str.lower, str.upper])
def test_a_harmful_word_is_refused(words: str, written: Callable[[str], str]) -> None:
    messages = found_in_article(written(words))
    assert [each for each in messages if "is refused" in each]


@pytest.mark.parametrize("words", ["died by suicide", "attempted suicide", "thoughts of suicide", "people living with"])
def test_the_words_to_use_instead_are_accepted(words: str) -> None:
    assert found_in_article(words) == []


@pytest.mark.parametrize(
    "body",
    [
        "## What 3% of trials show",
        '??? question "What did the study find?"\n\n    Nothing.',
        "| Study | Share in % |\n|---|---|\n| a | b |",
        "Secure, obscure and accurate care. The procurement of a manicure.",
        "```chart\ntitle: x\nunit: %\nstudy: x [@ada]\n| a | b |\n|---|---|\n| y | 3 |\ncaption: In a trial.\n```",
        '<p class="scripted" lang="en">A style once on the page, if x < style.</p>',
        "<!-- a note on a miracle study of 3% -->",
        "<!-- allow: cure -- says that it is not one -->\nIt is not a cure.",
        "<!-- allow: uncited -- our own promise -->\n\nWe call 100% of people back.",
    ],
)
def test_what_makes_no_claim_is_accepted(body: str) -> None:
    assert found_in_article(body) == []


def test_an_exception_needs_a_reason_and_a_use() -> None:
    assert found_in_article("<!-- allow: cure -->\nIt is not a cure.") == [
        f"{BODY}: the exception has no reason. Write <!-- allow: word -- why -->."
    ]
    assert found_in_article("<!-- allow: cure -- why -->\nIt is not.") == [
        f"{BODY}: nothing below needs the exception for “cure”. Remove it."
    ]


def test_an_exception_ends_with_its_paragraph() -> None:
    messages = found_in_article("<!-- allow: cure -- why -->\nNo cure.\n\nA cure.")
    assert [each.split(":")[0] for each in messages] == [str(BODY + 3)]


def test_a_page_may_count_without_citing_but_not_promise() -> None:
    front_matter = PAGE.partition("\n\n")[0] + "\n"
    assert found("Up to 400% larger.", front_matter, "pages") == []
    assert "“guaranteed” is refused" in found("It is guaranteed.", front_matter, "pages")[0]


@pytest.mark.parametrize(
    ("old", "new", "diagnostic"),
    [
        ("Slug: sleep", "Slug: Sleep Well", "2: Slug: “Sleep Well” cannot be used here. Write it like “Slug: sleep-"),
        ("Title: Sleep & low mood\n", "", "1: Title: this is missing. Write a line like “Title: Sleep and low mood”."),
        ("Date: 2026-11-16", "Date: 16 November", "3: Date: “16 November 09:00” cannot be used here."),
        (
            "Modified: 2026-11-17",
            "Modified: 2026-11-15",
            "4: Modified: the article was changed before it was published.",
        ),
        ("Author: ada-example", "Author:", "6: Author: “” cannot be used here. Write it like “Author: ada-example”."),
        ("Reviewer:", "Reviewr:", "7: Reviewr: there is no such key. Write “Reviewer”."),
        ("Reviewed: 2026-11-17", "Reviewed: 2026-11-21", "8: Reviewed: this day is still to come."),
        ("Slug: sleep\n", "Slug: sleep\nTitle: Sleep again\n", "3: Title: this is written twice. Keep one line."),
        ("Description: What a night", "Description: What a cure", "5: Description: “cure” is refused."),
        (
            "Title: Sleep",
            f"Title: {'Long ' * 12}Sleep",
            "1: Title: this has 76 characters. Add a line “Seo_title: ...”",
        ),
        ("Slug:", f"Seo_title: {'x' * 61}\nSlug:", "2: Seo_title: this has 61 characters. Write at most 60 characters"),
        (" and what you can do about it.", "", "5: Description: this has 45 characters. Write 50 to 160"),
    ],
)
def test_front_matter_is_checked(old: str, new: str, diagnostic: str) -> None:
    assert old in FRONT_MATTER
    messages = found("Sleep matters [@ada].", FRONT_MATTER.replace(old, new, 1))
    assert any(each.startswith(diagnostic) for each in messages), messages


def test_a_person_s_photo_must_be_there() -> None:
    messages = found("Ada listens.", ADA.partition("\n\n")[0] + "\n", "people")
    wanted = "Write images/ and the name of a .jpg, .jpeg, .png, .webp, .avif, .svg file."
    assert messages == [f"5: Photo: content/images has no picture “images/ada.svg”. {wanted}"]


def test_all_diagnostics_come_at_once() -> None:
    assert len(found("# A\n\nA miracle, proven by 3% [@x].", FRONT_MATTER.replace("Slug: sleep", "Slug: S"))) == 5
