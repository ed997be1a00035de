"""Refused words in every part of a Markdown file and in every spelling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.domain.practice import Practice

from plugins.lint import claims
from plugins.lint.editorial import SourceFile, mistakes
from plugins.markdown.bibliography import BibliographyEntry
from tests.support.factories import SAMPLE
from tests.support.small_site import ADA, FRONT_MATTER, rendered

WORDS = (
    *("cure", "cures", "cured", "curing", "curable", "curative", "cure-all", "cureall", "a cure's"),
    *("miracle", "miracles", "miraculous", "miraculously", "miracle-like"),
    *("game-changer", "game-changers", "gamechanger", "game changer", "game-changing", "gamechanging"),
    *("breakthrough", "breakthroughs", "break-through", "a break through"),
    *("revolutionise", "revolutionises", "revolutionised", "revolutionising", "revolutionize", "revolutionizes"),
    *("revolutionized", "revolutionizing", "revolutionary", "revolution"),
    *("reset", "resets", "resetting", "re-set", "rewire", "rewires", "rewired", "rewiring", "re-wiring"),
    *("proven", "well-proven", "guarantee", "guarantees", "guaranteed", "guaranteeing"),
    *("safe and effective", "safe & effective", "safely and effectively", "effective and safe", "safe-and-effective"),
    *("no side effects", "no side-effects", "no side effect", "side-effect-free"),
    *("non-addictive", "nonaddictive", "non addictive", "last resort", "last resorts", "last-resort"),
    *("desperate", "desperately", "desperation", "debilitating", "debilitatingly", "debilitated", "debilitate"),
    *("HIPAA compliant", "HIPAA-compliant"),
    *("commit suicide", "commits suicide", "committed suicide", "committing suicide", "suicide was committed"),
    *("complete suicide", "completed suicide", "a successful suicide", "successful attempt", "unsuccessful attempts"),
    *("failed suicide", "failed attempt", "failed suicide attempts", "suicide attempt failed"),
    *("epidemic", "epidemics", "skyrocket", "skyrocketing"),
    *("hanged himself", "shoots himself", "cutting herself", "overdosed on pills", "jumped to her death"),
    *("drove him to suicide", "leads to suicide", "suicide because of it"),
    *("suffer from", "suffers from", "suffered from", "suffering from", "sufferer", "sufferers"),
    *("victim", "victims", "victim's", "battle", "battles", "battled", "battling", "a battle against"),
)

PASSING = (
    *("secure", "obscure", "accurate", "procure", "manicure", "curious", "curate", "cur", "curb", "excursion"),
    *("approved", "improved", "provenance", "unproven", "proved", "prevent", "preset", "presets", "guarantor"),
    *("safety and effectiveness", "safe", "effective", "few side effects", "no serious side effects"),
    *("at last", "resort", "last", "despair", "desk", "wires", "wired", "setting"),
    *("addictive", "game", "changer", "evolution", "committed to you", "a failed treatment", "successful"),
    *("died by suicide", "attempted suicide", "thoughts of suicide", "people living with it", "endemic", "victory"),
    *(
        "long-term",
        "follow-up",
        "re-read",
        "well-being",
        "suffering",
        "battery",
        "rattle",
        "HIPAA",
        "the PROCURE trial",
    ),
)

POSITIONS: Mapping[str, tuple[str, int]] = {
    "first line, no empty line above": ("WORD it is.", 0),
    "second line, no empty line above": ("It is\nWORD.", 1),
    "after a fence": ("---\nWORD it is.", 1),
    "after dots": ("...\nWORD it is.", 1),
    "paragraph": ("\nIt is WORD.", 1),
    "between notes": ("\nx <!-- a --> WORD <!-- b -->", 1),
    "after a note": ("\n<!-- a note --> It is WORD.", 1),
    "list": ("\n- one\n- WORD\n- three", 2),
    "list in a list": ("\n1. one\n\n    - WORD\n", 3),
    "table head": ("\n| WORD | b |\n|---|---|\n| c | d |", 1),
    "table": ("\n| a | b |\n|---|---|\n| c | WORD |", 3),
    "quote": ("\n> one\n> WORD", 2),
    "heading": ("\n## WORD", 1),
    "underlined heading": ("\nWORD it is\n----", 1),
    "box": ('\n!!! aside "WORD"\n\n    Text.', 1),
    "in a box": ('\n!!! aside "A"\n\n    Text.\n\n    WORD.', 5),
    "question": ('\n??? question "WORD?"\n\n    Text.', 1),
    "term": ("\nWORD\n:   Text.", 1),
    "definition": ("\nTerm\n:   WORD.", 2),
    "alt text": ("\n![WORD](images/x.png)", 1),
    "title of a picture": ('\n![x](images/x.png "WORD")', 1),
    "title of a link": ('\n[x](/y "WORD")', 1),
    "text of a link": ("\n[WORD](/y)", 1),
    "link by reference": ('\n[x][1]\n\n[1]: /y "WORD"', 3),
    "footnote": ("\nText.[^1]\n\n[^1]: It is WORD.", 3),
    "chart's caption": ("\n```chart\ntitle: x\nunit: %\ncaption: WORD\n| a | b | c |\n|-|-|-|\n| x | y | 1 |\n```", 4),
    "chart's title": ("\n```chart\ntitle: WORD\nunit: %\ncaption: x\n| a | b | c |\n|-|-|-|\n| x | y | 1 |\n```", 2),
    "chart's bar": ("\n```chart\ntitle: x\nunit: %\ncaption: x\n| a | b | c |\n|-|-|-|\n| x | WORD | 1 |\n```", 7),
    "chart that cannot be drawn": ("\n```chart\ntitle: WORD\n```", 2),
    "code": ("\n    It is WORD.", 1),
    "fenced code": ("\n```\nIt is WORD.\n```", 2),
    "HTML block": ("\n<div>\n<p>It is WORD.</p>\n</div>", 2),
    "HTML caption": ("\n<table><caption>WORD</caption><tr><td>x</td></tr></table>", 1),
    "HTML with Markdown": ('\n<div markdown="1">\n\nIt is WORD.\n\n</div>', 3),
    "HTML attribute": ("\n<p aria-label=\"WORD\" title='x'>x</p>", 1),
    "after a number": ("\n5 WORD", 1),
    "before a citation": ("\nIt is WORD [@ada] or not.", 1),
    "a key in the text": ("\nSummary: WORD", 1),
}
"""The text directly below the front matter, and the line of the word in it; the first is 0."""

TODAY = dt.date(2026, 11, 20)
END = FRONT_MATTER.count("\n") + 1
"""The first line below the front matter."""


def diagnostics(text: str, folder: str = "articles", practice: Practice = SAMPLE) -> list[str]:
    """Return all diagnostics of a file."""
    studies = {"ada": BibliographyEntry(key="ada", title="ada")}
    path = Path("content", folder, "sleep.md")
    source = SourceFile(path, text, rendered(text), Path("content"), studies, practice, TODAY)
    return [f"{line}: {message}" for line, message in mistakes(source)]


def found(text: str, folder: str = "articles", practice: Practice = SAMPLE) -> list[str]:
    """Return the diagnostics of refused words, without the remedies."""
    return [each.split(" is refused")[0] for each in diagnostics(text, folder, practice) if " is refused" in each]


def missed(words: Iterator[str], template: str, line: int, folder: str = "articles") -> list[str]:
    """Return the words that have no diagnostic at this line."""
    texts = {word: f"{FRONT_MATTER}{template.replace('WORD', word)}\n" for word in words}
    return [
        word for word, text in texts.items() if not any(each.startswith(f"{line}:") for each in found(text, folder))
    ]


SPLITS = {
    "strong": "{}**{}**",
    "emphasis": "*{}*{}",
    "code": "{}`{}`",
    "an element": "{}<span>{}</span>",
    "a mark": "<mark>{}</mark>{}",
    "a link": "{}[{}](/x)",
    "a soft hyphen": "{}\u00ad{}",
    "a named soft hyphen": "{}&shy;{}",
    "a break opportunity": "{}<wbr>{}",
    "nothing of no width": "{}\u200b{}",
    "a numbered nothing": "{}&#8203;{}",
    "a joiner": "{}\u2060{}",
    "a non-joiner": "{}\u200c{}",
    "a byte order mark": "{}\ufeff{}",
    "a variation": "{}\ufe0f{}",
    "an accent": "{}\u0301{}",
    "a grapheme joiner": "{}\u034f{}",
    "a note": "{}<!-- -->{}",
    "a note of two lines": "{}<!-- a\n b -->{}",
    "a hyphen": "{}-{}",
    "a hyphen that does not break": "{}\u2011{}",
    "a hyphen at the end of the line": "{}-\n{}",
    "two hyphens": "{}--{}",
    "a citation": "{}[@ada]{}",
    "a citation of nothing": "{}[@nope]{}",
    "a fact that is not there": "{}{{{{ practice.nope }}}}{}",
    "attributes": "*{}*{{: .x }}{}",
    "an empty element": "{}<b></b>{}",
    "an entity": "{0}&#{code};{rest}",
    "an entity in hexadecimal": "{0}&#x{code:x};{rest}",
}

SPLIT_WORDS = tuple(word for word in WORDS if word.isalpha())


def split(how: str, word: str) -> str:
    return SPLITS[how].format(word[:3], word[3:], code=ord(word[3]), rest=word[4:])


@pytest.mark.parametrize("position", POSITIONS)
def test_a_word_is_found_with_its_line_wherever_it_is_written(position: str) -> None:
    template, line = POSITIONS[position]
    assert missed(iter(WORDS), template, END + line) == []


@pytest.mark.parametrize("position", POSITIONS)
def test_a_word_is_found_on_a_page_as_in_an_article(position: str) -> None:
    template, line = POSITIONS[position]
    assert missed(iter(("cure", "safe and effective")), template, END + line, "pages") == []


@pytest.mark.parametrize("how", SPLITS)
def test_a_word_is_found_however_it_is_split(how: str) -> None:
    assert missed((split(how, word) for word in SPLIT_WORDS), "\nIt is\nWORD.", END + 2) == []


@pytest.mark.parametrize("position", POSITIONS)
def test_a_split_word_is_found_wherever_it_is_written(position: str) -> None:
    template, line = POSITIONS[position]
    ways = ("strong", "an entity", "a named soft hyphen", "a numbered nothing", "a note")
    words = [split(how, word) for how in ways for word in ("miracle", "proven")]
    assert missed(iter(words), template, END + line) == []


@given(st.sampled_from(SPLIT_WORDS), st.data())
def test_nothing_that_cannot_be_seen_splits_a_word(word: str, data: st.DataObject) -> None:
    signs = st.text(st.characters(categories=["Cf", "Mn", "Me"]), max_size=2)
    written = "".join(letter + data.draw(signs) for letter in word)
    assert [each.word.lower() for each in claims.refused(f"x {written} y")] == [word.lower()]


@pytest.mark.parametrize(
    "text",
    [
        "last\u00a0resort",
        "last\nresort",
        "last&nbsp;resort",
        "last  \nresort",
        "last<br>resort",
        "last\u2010resort",
        "no side\u2011effects",
        "game\u2013changer",
        "**safe** and *effective*",
        "safe and\u2028effective",
        "safe [@ada] and effective",
        "\uff43\uff55\uff52\uff45",
        "\U0001d41c\U0001d42e\U0001d42b\U0001d41e",
        "\u1d04\u1d1c\u0280\u1d07",
        "\u0441ur\u0435",
        "c\u00fare",
        "CURE\u2019s",
        "\u201ccure\u201d",
        "_cure_",
        "cure2",
        "cure[@ada]",
        "cure&mdash;all",
    ],
)
def test_a_word_or_phrase_is_the_same_in_other_characters(text: str) -> None:
    assert missed(iter([text]), "\nIt is\nWORD.", END + 2) == []


@pytest.mark.parametrize("key", ["Title", "Slug", "Description", "Credentials", "Role", "Summary", "Tags"])
def test_a_word_is_found_in_every_line_of_the_front_matter(key: str) -> None:
    lines = [each for each in FRONT_MATTER.splitlines() if not each.startswith(f"{key}:")]
    ways = ("{}{}", "{}**{}**", "{}&shy;{}", "{}\u00ad{}", "{}<b></b>{}", "{}<!-- -->{}", "{}-{}")
    words = [way.format(word[:3], word[3:]) for way in ways for word in SPLIT_WORDS]
    texts = {word: "\n".join([*lines, f"{key}: x {word} y"]) for word in words}
    expected = f"{len(lines) + 1}: {key}"
    assert [word for word, text in texts.items() if not any(expected in each for each in found(text))] == []


def test_every_word_is_found_in_a_title() -> None:
    texts = {word: FRONT_MATTER.replace("Sleep & low mood", f"This is {word}") for word in WORDS}
    assert [word for word, text in texts.items() if not any(each.startswith("1: Title:") for each in found(text))] == []


def test_a_value_of_two_lines_is_read_to_its_end() -> None:
    text = FRONT_MATTER.replace("Next_review:", "Summary: x\n    a cure\nNext_review:")
    assert found(text) == ["9: Summary: “cure”"]


def test_a_clinician_may_have_a_name_that_is_refused_as_a_word() -> None:
    person = ADA.replace("ada-example", "ada-battle")
    assert found(person.replace("Ada Example", "Ada Battle"), "people") == []
    assert found(FRONT_MATTER.replace("ada-example", "ada-battle")) == []
    assert found(person.replace("Name: Ada Example", "Name: Ada, who cures"), "people") == ["2: Name: “cures”"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("fences", ["", "---\n"])
def test_files_of_other_text_editors_are_read_as_they_are_rendered(
    tmp_path: Path, newline: str, mark: str, fences: str
) -> None:
    text = f"{fences}{FRONT_MATTER}{fences}A cure.\n\nA mir**acle**.\n"
    file = tmp_path / "sleep.md"
    file.write_bytes(f"{mark}{text}".replace("\n", newline).encode())
    read, more = file.read_text(encoding="utf-8-sig"), fences.count("\n")
    assert "ada-example" not in rendered(read)
    assert found(read) == [f"{END + 2 * more}: “cure”", f"{END + 2 * more + 2}: “miracle”"]


# What passes


@pytest.mark.parametrize("position", POSITIONS)
def test_ordinary_words_pass(position: str) -> None:
    template, _ = POSITIONS[position]
    texts = {word: f"{FRONT_MATTER}{template.replace('WORD', word)}\n" for word in PASSING}
    assert [word for word, text in texts.items() if found(text)] == []


def test_ordinary_words_side_by_side_pass() -> None:
    text = "<p>pro</p><p>ven</p>\n\n| pro | ven |\n|---|---|\n| cu | re |\n\n- last\n- resort\n\nsafe and\n\neffective"
    assert found(f"{FRONT_MATTER}\n{text}") == []


@pytest.mark.parametrize("position", ["paragraph", "heading", "alt text", "table head", "box", "chart's caption"])
@pytest.mark.parametrize("word", ["cure", "cu**re**", "c&#117;re", "c\u00adure"])
def test_an_exception_excuses_the_word_however_it_is_written(position: str, word: str) -> None:
    template, _ = POSITIONS[position]
    body = template.replace("WORD", f"secure, {word} for us").removeprefix("\n")
    assert found(f"{FRONT_MATTER}\n<!-- allow: cure -- says why -->\n{body}\n\nWe are secure.\n") == []


@pytest.mark.parametrize("word", ["cure", "cu**re**", "c&#117;re", "c\u00adure"])
def test_an_exception_excuses_no_other_paragraph(word: str) -> None:
    text = f"<!-- allow: cure -- says why -->\nIt is not a cure.\n\nIt is a {word}.\n\n- {word}\n"
    assert found(f"{FRONT_MATTER}\n{text}") == [f"{END + 4}: “cure”", f"{END + 6}: “cure”"]


def test_an_exception_excuses_no_second_paragraph_of_the_same_words() -> None:
    text = "<!-- allow: cure -- says why -->\nNot a c**ure**.\n\nNot a c**ure**.\n"
    assert found(f"{FRONT_MATTER}\n{text}") == [f"{END + 4}: “cure”"]


def test_an_exception_that_only_markdown_needs_is_used() -> None:
    text = "<!-- allow: miracle -- says why -->\nNot a mir**acle**.\n"
    assert not [each for each in diagnostics(f"{FRONT_MATTER}\n{text}") if "exception" in each]


def test_a_practice_s_own_name_is_not_refused() -> None:
    named = SAMPLE.model_copy(update={"name": "Reset Psychiatry"})
    assert found(f"{FRONT_MATTER}\n{{{{ practice.name }}}} calls. We reset.\n", practice=named) == [
        f"{END + 1}: “reset”"
    ]
