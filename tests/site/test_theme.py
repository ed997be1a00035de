"""The theme: what every built page has, and what the article has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests.conftest import Site
from tests.support.factories import CRISIS_LINES

ROOT = Path(__file__).parents[2]
ARTICLE = "ketamine-treatment-resistant-depression/index.html"
FORM = {"index.html", ARTICLE}
NOTICES = {"notice-of-privacy-practices/index.html", "good-faith-estimate/index.html"}
FINDABLE = {*FORM, *NOTICES, "privacy/index.html", "consumer-health-data/index.html", "accessibility/index.html"}
MOVED = "unlocking-the-potential-ketamine-and-treatment-resistant-depression/index.html"
HIDDEN = {"thank-you/index.html", "404.html", "sorry.html", "shell", MOVED}
PEOPLE = {f"people/{key}/index.html" for key in ("ada-sample", "ana-ruiz", "max-sample")}
FINDABLE = {*FORM, *PEOPLE, "privacy/index.html", "consumer-health-data/index.html", "accessibility/index.html"}
HIDDEN = {"thank-you/index.html", "404.html", "sorry.html", "shell"}


@dataclass(frozen=True)
class ParsedPage:
    """A page as a browser parses it."""

    name: str
    root: Element

    @property
    def body(self) -> Element:
        return next(self.root.iter("body"))

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.root.iter() if element.tag in tags]

    def meta(self, name: str) -> str | None:
        found = [each for each in self.all("meta") if name in {each.get("name"), each.get("property")}]
        return found[0].get("content") if found else None


@pytest.fixture(params=sorted(FINDABLE | HIDDEN))
def page(request: pytest.FixtureRequest, site: Site) -> ParsedPage:
    return read(request.param, site)


def read(name: str, site: Site) -> ParsedPage:
    file = site.compiled / "shell.html" if name == "shell" else site.output / name
    html = file.read_text(encoding="utf-8").replace("<!--main-->", "<h1>Answer</h1>")
    return ParsedPage(name, html5lib.parse(html, namespaceHTMLElements=False))


@pytest.fixture
def article(site: Site) -> ParsedPage:
    return read(ARTICLE, site)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


# Safety


def test_crisis_lines_are_above_everything_but_the_skip_link(page: ParsedPage) -> None:
    skip, card = page.body[0], page.body[1]
    assert skip.get("href") == "#main"
    assert {link.get("href") for link in card.iter("a")} >= {"tel:988", "sms:988", "tel:911", "sms:838255"}
    for said in ("Call or text 988", "Veterans: press 1", "immediate danger", "United States", "oprima 2"):
        assert said in words(card).replace("\N{NO-BREAK SPACE}", " ")


def test_a_short_number_on_a_page_is_one_of_the_crisis_lines(page: ParsedPage) -> None:
    addresses = {link.get("href", "") for link in page.all("a")}
    short = {address for address in addresses if re.fullmatch(r"(?:tel|sms):\d{1,6}", address)}
    assert {re.sub(r"\D", "", address) for address in short} <= set(CRISIS_LINES.by_number)


def test_the_way_to_a_person_is_in_the_same_place(page: ParsedPage) -> None:
    header = page.body.find("header")
    assert header is not None
    to_form = "#call-back" if page.name in FORM else "/#call-back"
    assert [link.get("href") for link in header.iter("a")] == ["/", "tel:+13125550142", to_form]


def test_the_form_is_where_links_to_it_lead(page: ParsedPage) -> None:
    there = [element for element in page.root.iter() if element.get("id") == "call-back"]
    assert bool(there) is (page.name in FORM)


def test_the_footer_leads_to_what_we_promise(page: ParsedPage) -> None:
    footer = page.body.find("footer")
    assert footer is not None
    links = {link.get("href") for link in footer.iter("a")}
    assert links >= {"/privacy/", "/consumer-health-data/", "/accessibility/"}
    assert links >= {"/notice-of-privacy-practices/", "/good-faith-estimate/"}


# Access


def test_there_is_one_title_and_one_main_part(page: ParsedPage) -> None:
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert page.root.get("lang") == "en-US"


def test_headings_go_down_one_step_at_a_time(page: ParsedPage) -> None:
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    below_title = levels[levels.index(1) :]
    assert all(below - above <= 1 for above, below in pairwise(below_title))


def test_ids_are_there_once_and_links_within_the_page_find_them(page: ParsedPage) -> None:
    ids = [element.get("id") for element in page.root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {link.get("href", "")[1:] for link in page.all("a") if link.get("href", "").startswith("#")}
    assert targets <= set(ids)


# The policy: nothing inline but the style sheet, nothing from anywhere else


def test_nothing_on_the_page_is_what_its_policy_blocks(page: ParsedPage) -> None:
    names = {name for element in page.root.iter() for name in element.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on")}
    inline = [each.get("type") for each in page.all("script") if not each.get("src")]
    assert set(inline) <= {"application/ld+json"}


def test_nothing_is_loaded_from_elsewhere(page: ParsedPage) -> None:
    loaded = [each.get("src") or each.get("href") for each in page.all("script", "img", "use")]
    loaded += [each.get("href") for each in page.all("link") if each.get("rel") not in {"canonical", "alternate"}]
    assert not [
        address for address in loaded if address and not re.match(r"/assets/|#|/apple-touch-icon.png$", address)
    ]


def test_no_other_site_learns_where_its_visitor_came_from(page: ParsedPage) -> None:
    parts = [part for part in page.all("section", "header", "footer") if part.get("class") != "prose"]
    outside = [link for part in parts for link in part.iter("a") if link.get("href", "").startswith("http")]
    assert outside
    assert {link.get("rel") for link in outside} == {"noopener noreferrer"}


# Being found


def test_only_pages_for_readers_can_be_found(page: ParsedPage) -> None:
    canonical = [link.get("href") for link in page.all("link") if link.get("rel") == "canonical"]
    if page.name in HIDDEN:
        assert (page.meta("robots"), canonical) == ("noindex", [])
    else:
        address = page.name.removesuffix("index.html")
        assert (page.meta("robots"), canonical) == ("max-image-preview:large", [f"https://www.example.com/{address}"])
        assert page.meta("og:url") == canonical[0]
        assert page.meta("description") == page.meta("og:description")


def test_the_home_page_has_a_picture_too(site: Site) -> None:
    home = read("index.html", site)
    assert (home.meta("og:type"), home.meta("twitter:card")) == ("website", "summary_large_image")
    assert home.meta("og:image")


def test_networks_get_a_picture_and_its_measures(article: ParsedPage) -> None:
    assert (article.meta("og:type"), article.meta("twitter:card")) == ("article", "summary_large_image")
    assert (article.meta("og:image:width"), article.meta("og:image:height")) == ("1200", "630")
    assert re.match(r"https://www\.example\.com/assets/.*\.png$", article.meta("og:image") or "")
    assert article.meta("og:image:alt")
    assert article.meta("article:published_time") == "2026-11-16T09:00:00-06:00"
    assert article.meta("article:modified_time")


def test_the_function_puts_its_answer_between_the_shell_s_markers(site: Site) -> None:
    shell = (site.compiled / "shell.html").read_text(encoding="utf-8")
    assert shell.count("<title><!--title--></title>") == shell.count("<!--main-->") == 1


# The article


def test_who_wrote_it_and_who_checked_it_is_said_above_it(article: ParsedPage) -> None:
    header = next(each for each in article.all("header") if each.get("class") == "article-header")
    for said in (
        "Ada Sample, PMHNP-BC (sample), November 16, 2026",
        "Medically reviewed by Max Sample, MD (sample), on November 30, 2026",
        "November 26, 2027",  # when the next review is due; from that day on, that it was
    ):
        assert said in re.sub(r"(by|due)(?=\S)", r"\1 ", words(header))
    assert re.search(r"\d+ minutes", words(header))


def test_a_warm_paragraph_comes_before_the_four_points(article: ParsedPage) -> None:
    introduction = next(each for each in article.all("div") if each.get("class") == "prose")
    assert [introduction[0].tag, introduction[1].get("class")] == ["p", "admonition key-points"]


def readings(article: ParsedPage) -> list[Element]:
    """Return the two parts of the article's sections, between which the form stands."""
    return [each for each in article.all("div") if each.get("class") == "reading"]


def test_each_part_of_an_article_has_the_bar_with_the_way_to_a_person(article: ParsedPage) -> None:
    bars = [part.findall("div[@class='call-bar']") for part in readings(article)]
    links = [[link.get("href") for link in bar.iter("a")] for part in bars for bar in part]
    assert links == [["tel:+13125550142", "#call-back"]] * 2


def test_the_form_stands_directly_after_the_section_that_offers_a_call(article: ParsedPage) -> None:
    before, _ = readings(article)
    headings = [heading.get("id") for heading in before.iter("h2")]
    assert headings[-1] == "talk"


def test_questions_come_after_the_form(article: ParsedPage) -> None:
    _, after = readings(article)
    assert [heading.get("id") for heading in after.iter("h2")] == [
        "numbers",
        "questions",
        "words",
        "references",
        "share",
    ]


def folded_references(article: ParsedPage) -> Element:
    return next(each for each in article.all("details") if each.get("class") == "references")


def test_the_references_are_folded(article: ParsedPage) -> None:
    assert "open" not in folded_references(article).attrib


def test_every_reference_leads_back_to_each_place_that_cites_it(article: ParsedPage) -> None:
    cited = {link.get("id") for note in article.all("sup") for link in note.iter("a")}
    references = folded_references(article)
    entries = [link for entry in references.iter("li") for link in entry.iter("a")]
    assert {link.get("href", "")[1:] for link in entries if link.get("href", "").startswith("#")} == cited


def test_the_article_says_that_the_practice_sells_this_and_how_to_report_a_mistake(article: ParsedPage) -> None:
    notice = next(
        each for each in article.all("p") if "provides the treatment that this article is about" in words(each)
    )
    assert "wrong or out of date?" in words(notice)


def test_what_the_practice_sells_is_not_folded_away(article: ParsedPage) -> None:
    assert "provides the treatment" not in words(folded_references(article))


# Sharing


def share(article: ParsedPage) -> Element:
    return next(each for each in article.all("section") if each.get("class") == "share")


def test_sharing_has_its_heading_and_a_way_to_it_from_above(article: ParsedPage) -> None:
    heading = share(article).find("h2")
    assert heading is not None
    assert words(heading) == "Share this post with your friends"
    assert [words(link) for link in article.all("a") if link.get("href") == f"#{heading.get('id')}"] == ["Share this"]


def test_what_needs_no_network_comes_first_and_the_pin_says_what_it_does(article: ParsedPage) -> None:
    labels = [words(item) for item in share(article).iter("li")]
    assert labels[:4] == ["Copy link", "Print", "Share with another app", "Pin it on Pinterest"]


def test_what_only_the_script_can_do_waits_for_it(article: ParsedPage) -> None:
    hidden = [words(item) for item in share(article).iter("li") if "hidden" in item.attrib]
    assert hidden == ["Copy link", "Print", "Share with another app"]


def test_five_ways_are_shown_beside_the_device_s_own_and_the_others_are_folded(article: ParsedPage) -> None:
    folded = share(article).find("details")
    assert folded is not None
    assert (len(list(share(article).iter("li"))) - len(list(folded.iter("li"))), folded.get("open")) == (6, None)


def test_each_icon_has_its_word(article: ParsedPage) -> None:
    assert [item for item in share(article).iter("svg") if item.get("aria-hidden") != "true"] == []
    assert all(words(item) for item in share(article).iter("li"))


def test_the_share_block_says_what_a_shared_link_reveals(article: ParsedPage) -> None:
    assert "Whoever sees the link can tell what you were reading." in words(share(article))


def test_the_address_that_search_engines_keep_names_no_network(article: ParsedPage) -> None:
    assert "utm_source" not in (article.meta("og:url") or "")
    links = [link.get("href", "") for link in share(article).iter("a")]
    assert [link for link in links if "utm_source%3D" not in link] == []


# The theme's own files


def test_a_font_brings_its_licence_and_weighs_little() -> None:
    (font,) = (ROOT / "theme/static/fonts").glob("*.woff2")
    assert font.stat().st_size <= 30_000
    assert "SIL Open Font License" in (font.parent / f"{font.stem}-OFL.txt").read_text(encoding="utf-8")


def test_nothing_ever_moves() -> None:
    # For any reader, so the theme needs no `prefers-reduced-motion`.
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in (ROOT / "theme/static/css").glob("*.css"))
    assert not re.findall(r"animation|transition|scroll-behavior|@keyframes", sheets)


# What older browsers make of it

SHEETS = sorted((ROOT / "theme/static/css").glob("*.css"))
STYLED = [*SHEETS, *(ROOT / "theme/templates").rglob("*.html")]
STYLED += (ROOT / "functions/leads/web/templates").rglob("*.html")
LOGICAL = r"-(?:inline|block)(?:-start|-end)?:|(?:inline|block)-size:|\sinset[\w-]*:"


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def underlines(css: str) -> list[str]:
    """Return the value of each `text-decoration`, without its longhands."""
    return [value.strip() for value in re.findall(r'[\s;{"]text-decoration:([^;}"]+)', without_comments(css))]


@pytest.mark.parametrize("file", STYLED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_an_underline_says_its_colour_and_thickness_apart(file: Path) -> None:
    """Use longhands for colour and thickness of underlines.

    Safari before 26.2 and Chrome before 87 draw no line for `underline 2px var(--colour)`.
    """
    assert set(underlines(file.read_text(encoding="utf-8"))) <= {"none", "underline"}


def test_an_underline_that_says_all_in_one_would_be_noticed() -> None:
    css = "a { color: red; text-decoration: underline 2px var(--accent-strong) } b{text-decoration:none}"
    assert underlines(css) == ["underline 2px var(--accent-strong)", "none"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_sheets_use_directions_of_the_screen(sheet: Path) -> None:
    """Use physical directions; every page runs from left to right.

    Chrome before 87 and Safari before 14.1 ignore `margin-inline` and its like.
    """
    assert re.findall(LOGICAL, sheet.read_text(encoding="utf-8")) == []


def test_nothing_is_hidden_that_only_newer_browsers_can_show() -> None:
    css = without_comments("".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS))
    everywhere = re.sub(r"@supports selector\(:has\(\*\)\) \{.*?\n\}\n", "", css, flags=re.DOTALL)
    assert everywhere != css
    assert ":has(" not in everywhere
    assert not re.search(r"\.field \.crisis \{[^}]*display: none", everywhere)
