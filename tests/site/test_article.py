"""The published article: its statements, its sources and how easy it is to read."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest

from infra import preview_server
from plugins.lint import front_matter
from plugins.markdown import citations
from tests.conftest import Site

ROOT = Path(__file__).parents[2]
ARTICLE = (ROOT / "content/articles/ketamine-treatment-resistant-depression.md").read_text(encoding="utf-8")
TEXT = ARTICLE.partition("\n\n")[2]
BODY = TEXT.partition("## The studies, in numbers")[0]
"""What is read before the form: from the first paragraph to the end of *Talk with us*."""
REFUSED_WHEN = r"\b(?:today|tomorrow|tonight|now)\b"
"""Words for a time that is another one by the time the page is read."""
SVG = "{http://www.w3.org/2000/svg}"
BLOCKS = {"p", "li", "td", "th", "dd", "dt", "h2", "h3", "summary"}
"""Elements that a reader reads as one piece of text."""

FIGURES = {
    "rush2006": ("3,671", "36.8%", "30.6%", "13.7%", "13.0%"),
    "pigott2023": ("2023", "35%", "67%"),
    "rush2023": ("dispute",),
    "dean2021": ("296", "46 in 100", "26 to 68", "26 in 100", "very low"),
    "anand2023": ("365", "55%", "41%"),
    "ekstrand2022": ("186", "63%", "46%", "70%", "12 months"),
    "jelovac2025": ("62", "no significant difference"),
    "daly2019": ("26.7%", "45.3%"),
    "wilkinson2018": ("167", "within a day"),
    "feder2021": ("30 people", "67%", "20%"),
    "abdallah2022": ("158", "no significant effect"),
    "schnurr2024": ("suggests against", "trauma-focused"),
    "fda2023": ("October 10, 2023", "any psychiatric disorder", "In 2023"),
    "spravato": ("March 2019", "January 2025", "2020", "61% to 84%", "48% to 61%", "40 minutes", "two hours"),
}
"""The figures that the practice has checked in each source."""


def plain(markdown: str) -> str:
    """Return the running text, without tables, charts, headings and Markdown's signs."""
    text = re.sub(
        r"```.*?```|<!--.*?-->|^(?:#|\|).*?$", "", citations.without(markdown), flags=re.DOTALL | re.MULTILINE
    )
    return re.sub(r"^(?:!!!|\?\?\?) \S+|\]\([^)]*\)|[\[\]*\"]|^ *[-:] ", " ", text, flags=re.MULTILINE)


def syllables(word: str) -> int:
    """Return the number of groups of vowels; a final e is silent."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e(?:d|s)?$", "", letters))))


def grade(text: str) -> float:
    """Return the school year that the text needs (Flesch-Kincaid grade level)."""
    words = text.split()
    sentences = [each for each in re.split(r"[.:?!](?:\s|$)|\n\s*\n", text) if each.strip()]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_it_is_as_long_as_a_tired_person_can_read() -> None:
    assert 900 <= len(plain(BODY).split()) <= 1300


def test_an_eighth_grader_can_read_it() -> None:
    assert grade(plain(TEXT)) <= 8


def test_it_says_no_word_for_a_time_that_passes() -> None:
    assert re.findall(REFUSED_WHEN, TEXT, re.IGNORECASE) == []


def test_the_measure_of_reading_tells_easy_from_hard() -> None:
    hard = "Glutamatergic neurotransmission necessitates extraordinarily sophisticated methodological considerations."
    assert grade("You may feel low. You are not to blame.") < 3
    assert grade(hard) > 15


@pytest.mark.parametrize(("key", "figures"), FIGURES.items())
def test_a_source_is_cited_beside_each_of_its_figures(key: str, figures: tuple[str, ...]) -> None:
    said = " ".join(each for each in re.split(r"\n\s*\n|\n\|", TEXT) if key in citations.keys(each))
    assert [figure for figure in figures if figure not in " ".join(said.split())] == []


def test_trials_that_lean_opposite_ways_are_both_cited() -> None:
    assert {"anand2023", "ekstrand2022"} <= set(citations.keys(BODY))


def test_twelve_to_eighteen_references() -> None:
    assert 12 <= len(set(citations.keys(TEXT))) <= 18


def test_six_questions_and_eight_words() -> None:
    assert TEXT.count("\n???") == 6
    assert TEXT.count("\n:   ") == 8


def test_the_order_is_the_agreed_one() -> None:
    headings = re.findall(r"^## .*\{ #(\w+) \}$", TEXT, re.MULTILINE)
    before_the_form = ["trd", "how", "research", "given", "risks", "next", "visit", "talk"]
    assert headings == [*before_the_form, "numbers", "questions", "words"]


def test_three_conditions_have_a_part_each() -> None:
    research = TEXT.partition("{ #research }")[2].partition("\n## ")[0]
    assert re.findall(r"^### .*\{ #([\w-]+) \}$", research, re.MULTILINE) == ["for-trd", "suicide", "ptsd"]


def test_a_worn_out_reader_is_met_before_the_summary() -> None:
    first, _, summary = TEXT.lstrip().partition("\n\n")
    assert "You did not." in first
    assert citations.keys(first) == []
    assert summary.startswith('!!! key-points "In four points"')


# What a reader decides by

VISIT = " ".join(TEXT.partition("{ #visit }")[2].partition("\n## ")[0].split())
TALK = " ".join(TEXT.partition("{ #talk }")[2].partition("\n## ")[0].split())


def test_the_first_visit_has_four_steps() -> None:
    assert re.findall(r"\d\. \*\*(.*?)\.\*\*", VISIT) == ["A call", "An assessment", "A decision", "A first treatment"]


def test_the_first_visit_names_a_clinician() -> None:
    assert re.search(r"one of our clinicians, for example \[Dr\. [A-Z]", VISIT)


def test_what_it_may_cost_is_checked_before_the_first_visit() -> None:
    assert "**What it may cost.** We check with your insurer before your first visit" in VISIT


def test_the_right_to_an_estimate_of_the_cost_names_its_law() -> None:
    assert re.search(
        r"you have a right to a written good-faith estimate.{1,40}"
        r"\[45 CFR 149\.610]\(https://www\.ecfr\.gov/current/title-45/section-149\.610\)",
        VISIT,
    )


@pytest.mark.parametrize("said", ["schedule a consultation", "[ask for a call](#call-back)", "decide anything yet"])
def test_the_invitation_is_open_and_leads_to_the_form(said: str) -> None:
    assert said in TALK


# Figures

FIGURE = re.compile(r"\d[\d.,]*%? to \d[\d.,]*%?|\d[\d.,]* in 100|\d[\d.,]*%|\d[\d.,]*\d|\d")
NO_FIGURE = re.compile(
    r"(?:(?:January|March|October)(?: \d+,)? )?\b20\d\d\b|KARMA-Dep 2|\b911\b|\b988\b|45 CFR 149\.610|^\d\. ",
    re.MULTILINE,
)
"""Dates, names, numbers to call, and the numbers of steps."""
SHARED = {"63%": "in KetECT, remission with ECT and relapse after it", "67%": "steps of STAR*D; PTSD trial of 2021"}
"""Figures that two findings have in common."""


def figures(markdown: str) -> list[str]:
    """Return each figure of the running text, as often as the text tells it."""
    return FIGURE.findall(NO_FIGURE.sub(" ", plain(markdown)))


def test_a_figure_is_told_once_in_the_running_text_and_twice_only_where_two_findings_share_it() -> None:
    told = Counter(figures(TEXT))
    assert {figure: times for figure, times in told.items() if times > 1} == dict.fromkeys(SHARED, 2)


def test_a_figure_told_twice_would_be_noticed() -> None:
    said = "In 2021, 46 in 100 (26 to 68).\n\nCall 988.\n\n1. About 46 in 100; of 3,671 people 13.0%."
    assert figures(said) == ["46 in 100", "26 to 68", "46 in 100", "3,671", "13.0%"]


def test_the_plain_answer_has_no_figures_of_trials() -> None:
    research = TEXT.partition("{ #research }")[2].partition("\n## ")[0]
    assert figures(research) == []


def test_the_trials_are_told_in_one_section() -> None:
    numbers = figures(TEXT.partition("{ #numbers }")[2].partition("\n## ")[0])
    assert [each for each in figures(TEXT) if each not in numbers] == ["24", "18"]  # hours after a scan; years of age


@pytest.mark.parametrize("heading", ["research", "questions"])
def test_an_answer_in_words_leads_to_the_numbers(heading: str) -> None:
    assert "](#numbers)" in TEXT.partition(f"{{ #{heading} }}")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    "said",
    [
        "Neither medicine is a cure",
        "Nothing shows that ketamine or esketamine prevents suicide",
        "An appointment is not emergency care",
        "Keep your other care going",
        "do not drive until the next day",
        "After an infusion, do not drive until your care team agrees",
        "within one business day",
        "We provide this treatment",
    ],
)
def test_what_must_not_be_left_out_is_there(said: str) -> None:
    assert said in " ".join(TEXT.split())


@pytest.mark.parametrize(
    "unwanted",
    [r"\bmg\b|milligram", r"[$€£]\s?\d", r"our (?:success|patients|results)", r"\b67 ?%.*remission", r"\bresets?\b"],
)
def test_no_dose_no_price_no_praise(unwanted: str) -> None:
    assert not re.search(unwanted, TEXT, re.IGNORECASE)


# The built page, with the sources beside each statement


@pytest.fixture(scope="module")
def built(site: Site) -> Any:
    """Return the article's built page."""
    (address,) = [each for each in preview_server.articles(site.output) if "ketamine" in each]
    return html5lib.parse(preview_server.file_of(site.output, address).read_bytes(), namespaceHTMLElements=False)


@pytest.fixture(scope="module")
def blocks(built: Any) -> list[str]:
    """Return the article's blocks of text in reading order, citations as [1]."""
    return [text for block in _innermost(built.find(".//article")) if (text := " ".join(_words(block).split()))]


def _innermost(element: Any) -> Iterator[Any]:
    inner = [block for child in element for block in _innermost(child)]
    yield from inner or ([element] if element.tag in BLOCKS else [])


def _words(element: Any) -> str:
    if element.tag == "sup":
        return "".join(f"[{link.text}]" for link in element.iter("a"))
    return (element.text or "") + "".join(_words(child) + (child.tail or "") for child in element)


def _with(blocks: list[str], pattern: str) -> list[str]:
    return [block for block in blocks if re.search(pattern, block, re.IGNORECASE)]


def _number(built: Any, host: str) -> str:
    """Return how the text cites the source of this host: [1]."""
    (number,) = [
        reference.get("id").removeprefix("r")
        for reference in built.iter("li")
        if (reference.get("id") or "").startswith("r") and any(host in a.get("href", "") for a in reference.iter("a"))
    ]
    return f"[{number}]"


def test_relapse_after_ketamine_is_always_given_with_relapse_after_ect(blocks: list[str]) -> None:
    said = _with(blocks, "70%")
    assert len(said) == 1
    assert [each for each in said if not re.search(r"63%.*\bECT\b", each)] == []


def test_in_words_too_relapse_after_ketamine_is_given_with_relapse_after_ect(blocks: list[str]) -> None:
    said = _with(blocks, r"relapse\b.*after ketamine")
    assert len(said) == 3
    assert [each for each in said if not re.search(r"after ketamine,(?: and| as it is) after ECT", each)] == []


def test_the_review_s_estimate_has_its_interval_and_its_certainty_each_time(blocks: list[str]) -> None:
    said = _with(blocks, "46 in 100")
    assert len(said) == 1
    wanted = ("it could be anything from 26 to 68", "against 26 in 100", "certainty is very low")
    assert [(words, each) for each in said for words in wanted if words not in each] == []


@pytest.mark.parametrize("decimal", ["46.5", "25.9", "68.4"])
def test_an_estimate_of_very_low_certainty_has_no_decimals(blocks: list[str], decimal: str) -> None:
    assert _with(blocks, re.escape(decimal)) == []


def test_an_estimate_is_never_written_as_an_observation(blocks: list[str], built: Any) -> None:
    cited = _with(blocks, re.escape(_number(built, "14651858.CD011612")))
    assert cited
    assert _with(cited, r"\b(?:had )?responded\b") == []


LABEL_ON_SUICIDE = (
    r"not been shown to prevent suicide or to reduce suicidal thoughts or behavior.{1,20}not replace hospital care"
)


def test_the_label_on_suicide_follows_each_finding_on_suicidal_thoughts(blocks: list[str]) -> None:
    text = " ".join(blocks).replace("\u2019", "'")
    findings = re.findall(r"lowered .*?thoughts.*?up to a week|acute suicidal thoughts or behavior \(2020\)", text)
    assert len(findings) == 3
    label = rf"(?:\[\d+\])?\. (?:Spravato's label says that the|The) spray has {LABEL_ON_SUICIDE}"
    assert [each for each in findings if not re.search(re.escape(each) + label, text)] == []


def test_the_four_points_alone_include_the_label_on_suicide(blocks: list[str], built: Any) -> None:
    (said,) = [each for each in _with(blocks, LABEL_ON_SUICIDE) if each.startswith("Not for everyone.")]
    assert said.endswith(f"{_number(built, 'dailymed')}.")


def test_preventing_suicide_is_never_named_without_the_whole_sentence_of_the_label(blocks: list[str]) -> None:
    said = _with(blocks, r"prevents? suicide")
    assert len(said) == 4
    assert [each for each in said if not re.search(LABEL_ON_SUICIDE, each)] == []


def test_pregnancy_breastfeeding_and_children_have_a_line_of_their_own(blocks: list[str], built: Any) -> None:
    (said,) = _with(blocks, "pregnan|breastfe|under 18|children")
    assert "not recommended in pregnancy or while breastfeeding" in said
    assert "not approved for anyone under 18" in said
    assert said.endswith(f"{_number(built, 'dailymed')}.")


def test_the_label_is_the_version_that_was_read(built: Any) -> None:
    (label,) = [each for each in built.iter("li") if "SPRAVATO" in _words(each)]
    address = "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=d81a6a79-a74a-44b7-822c-0dfa3036eaed"
    assert [link.get("href") for link in label.iter("a") if link.get("href").startswith("http")] == [address]
    assert "version 18 of March 13, 2026" in _words(label)


@pytest.mark.parametrize("unsourced", [r"\b24 hours\b.*driv|driv.*\b24 hours\b", r"\bwith thinking\b"])
def test_what_has_no_source_is_not_said(blocks: list[str], unsourced: str) -> None:
    assert _with(blocks, unsourced) == []


def test_of_insurance_only_what_we_do_and_what_the_law_gives_is_said(blocks: list[str]) -> None:
    (said,) = _with(blocks, "insur")
    ours, law = re.findall(r"[^.]*\binsur[^.]*", said)
    assert ours == " We check with your insurer before your first visit and tell you what we learn"
    assert law.startswith(
        " Without insurance, or if you do not use it, you have a right to a written good-faith estimate"
    )


def test_bladder_symptoms_are_named_by_the_fda(blocks: list[str], built: Any) -> None:
    (said,) = _with(blocks, "bladder")
    assert said.endswith(f"known risks{_number(built, 'fda.gov')}.")


def test_who_must_not_have_the_spray_is_said_of_the_spray(blocks: list[str]) -> None:
    (first,) = _with(blocks, "aneurysmal")
    assert blocks[blocks.index(first) - 1] == "You should not have the spray if you have:"


def test_the_disputed_sum_of_the_steps_is_given_with_its_recount(blocks: list[str], built: Any) -> None:
    (said,) = [each for each in _with(blocks, "67%") if "20%" not in each]
    recount, reply = _number(built, "bmjopen-2022-063095"), _number(built, "appi.ajp.20230869")
    assert f"35% in all instead of the 67% first reported{recount}; the study" in said
    assert said.endswith(f"authors dispute it{reply}.")


# The charts


@pytest.fixture(scope="module")
def charts(built: Any) -> list[Any]:
    return [figure for figure in built.iter("figure") if figure.get("class") == "chart"]


def test_each_chart_shows_one_study(charts: list[Any]) -> None:
    studies = [[_words(line) for line in chart.iter("p") if line.get("class") == "chart-study"] for chart in charts]
    assert [re.sub(r"\[\d+]", "", study) for (study,) in studies] == [
        "Cochrane review 2021: estimates from 296 people, with very low certainty",
        "ELEKT-D 2023: a trial with 365 people",
    ]


def test_the_charts_numbers_are_in_tables(charts: list[Any]) -> None:
    tables = [[[_words(cell) for cell in row] for row in chart.iter("tr")] for chart in charts]
    assert tables == [
        [
            ["Treatment", "Share of people", "Could be"],
            ["Ketamine", "46%", "26% to 68%"],
            ["Midazolam (assumed)", "26%", "not given"],
        ],
        [["Treatment", "Share of people"], ["Ketamine", "55%"], ["ECT", "41%"]],
    ]


def test_the_review_s_interval_is_drawn(charts: list[Any]) -> None:
    lines = [[(line.get("x1"), line.get("x2")) for line in chart.iter(f"{SVG}line")] for chart in charts]
    assert [each[:1] for each in lines] == [[("26%", "68%")], []]


CAVEATS = {
    "a response is no recovery": ("A response is not recovery", (0,)),
    "people knew their drug": ("could tell which drug", (0,)),
    "one person is not a group": ("does not predict what will happen for any one person", (1,)),
    "no blinding": ("This trial was open", (1,)),
    "who was left out": ("left out people with psychotic depression", (1,)),
    "no comparison of studies": ("Do not compare this chart with the one above", (1,)),
    "what was assumed": ("The review assumed midazolam\u2019s share", (0,)),
}


MOST_WORDS_IN_A_CAPTION = 40


def test_a_caption_is_short(charts: list[Any]) -> None:
    captions = [" ".join(map(_words, chart.iter("figcaption"))).split() for chart in charts]
    assert [len(each) for each in captions if len(each) > MOST_WORDS_IN_A_CAPTION] == []


@pytest.mark.parametrize(("said", "where"), CAVEATS.values(), ids=CAVEATS)
def test_a_chart_says_how_not_to_read_it(charts: list[Any], said: str, where: tuple[int, ...]) -> None:
    captions = [" ".join(map(_words, chart.iter("figcaption"))) for chart in charts]
    assert [number for number, caption in enumerate(captions) if said in caption] == list(where)


def test_the_trial_that_found_no_difference_follows_the_chart_in_words() -> None:
    after = TEXT.partition("```chart")[2].partition("```\n\n")[2].partition("\n\n")[0]
    assert after.startswith("A later trial with 62 people in hospital, KARMA-Dep 2 (2025), found no")
    assert "no significant difference [@jelovac2025]" in after


def test_the_plain_answer_says_that_not_every_trial_finds_a_benefit() -> None:
    assert "not every trial finds a benefit [@jelovac2025]" in BODY


# The review


def test_the_text_was_reviewed_after_its_last_change() -> None:
    facts = front_matter.values(ARTICLE)
    assert dt.date.fromisoformat(facts["reviewed"]) >= dt.datetime.fromisoformat(facts["modified"]).date()
