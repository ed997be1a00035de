"""The crisis card comes first on every page and every answer, on paper too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from xml.etree.ElementTree import Element

import html5lib
import pytest
from leads.domain.practice import Practice
from playwright.sync_api import Browser, Page, expect

from infra import preview_server
from tests.conftest import Site
from tests.support import function_answers
from tests.support.api_events import Answer
from tests.support.function_answers import REDIRECT

LINES = {"tel:988", "sms:988", "tel:911", "sms:838255", "https://988lifeline.org/chat/"}


@pytest.fixture(scope="module")
def answers(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    return function_answers.all_of_them(site, tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def bodies(site: Site, answers: dict[str, Answer]) -> dict[str, Element]:
    """Return the body of each built page and of each page of the functions."""
    built = {str(file): file.read_text(encoding="utf-8") for file in site.output.rglob("*.html")}
    return {name: _body(html) for name, html in {**built, **function_answers.pages(answers)}.items()}


def _body(html: str) -> Element:
    body: Element | None = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    assert body is not None
    return body


def _card(body: Element) -> Element:
    """Return the first element after the skip link."""
    return body[1]


def _heading(element: Element) -> str:
    heading = element.find("h2")
    return "" if heading is None else "".join(heading.itertext())


def _folds(element: Element) -> bool:
    return "hidden" in element.attrib or element.tag in {"details", "template", "noscript", "script", "dialog"}


# The order of the page, as it is read aloud or shown without style


def test_every_way_to_answer_is_looked_at(answers: dict[str, Answer]) -> None:
    statuses = {200, 201, 303, 400, 404, 405, 409, 410, 413, 415, 422, 503}
    assert {answer.status for answer in answers.values()} == statuses


def test_each_answer_is_the_one_it_is_called(answers: dict[str, Answer]) -> None:
    called = {name: name.split(": ")[1].split()[0] for name in answers}
    assert [name for name in called if called[name].isdigit() and answers[name].status != int(called[name])] == []


def test_the_skip_link_is_the_only_thing_before_the_card(bodies: dict[str, Element]) -> None:
    assert [name for name, body in bodies.items() if body[0].get("class") != "skip"] == []


def test_the_card_comes_first(bodies: dict[str, Element]) -> None:
    assert [name for name, body in bodies.items() if _card(body).get("class") != "crisis"] == []


def test_its_heading_says_what_to_do(bodies: dict[str, Element]) -> None:
    assert [name for name, body in bodies.items() if "all or text 988" not in _heading(_card(body))] == []


def test_every_line_can_be_called_or_written_to(bodies: dict[str, Element]) -> None:
    missing = {name: LINES - {link.get("href") for link in _card(body).iter("a")} for name, body in bodies.items()}
    assert {name: lines for name, lines in missing.items() if lines} == {}


def test_it_says_where_the_lines_answer(bodies: dict[str, Element]) -> None:
    assert [name for name, body in bodies.items() if "United States" not in "".join(_card(body).itertext())] == []


def test_it_is_never_folded_away(bodies: dict[str, Element]) -> None:
    assert [name for name, body in bodies.items() if any(map(_folds, _card(body).iter()))] == []


def test_it_comes_before_the_form(bodies: dict[str, Element]) -> None:
    def before(body: Element) -> list[Element]:
        return list(takewhile(lambda element: element.tag != "form", body.iter()))

    assert [name for name, body in bodies.items() if _card(body) not in before(body)] == []


# Answers that are no pages


def test_every_answer_to_a_script_has_the_crisis_lines(site: Site, answers: dict[str, Answer]) -> None:
    texts = {name: answer.json.get("crisis") for name, answer in answers.items() if name.startswith("script: ")}
    assert set(texts.values()) == {
        Practice.from_json((site.compiled / "practice.json").read_bytes()).crisis_lines.in_words
    }


def test_a_redirect_that_is_not_followed_says_it_too(answers: dict[str, Answer]) -> None:
    redirects = [answer for answer in answers.values() if answer.status == REDIRECT]
    assert [answer.body for answer in redirects if "988" not in answer.body] == []


# In a browser


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with preview_server.serving(site.output) as url:
        yield url


def _unseen(page: Page, address: str, site: Site) -> list[str]:
    """Return the pages on which the card's number cannot be seen."""
    unseen = []
    for path in preview_server.addresses(site.output):
        page.goto(address + path)
        if not page.locator(".crisis").first.locator("a[href='tel:988']").is_visible():
            unseen.append(path)
    return unseen


def test_it_is_seen_on_every_page(page_without_scripts: Page, address: str, site: Site) -> None:
    assert _unseen(page_without_scripts, address, site) == []


def test_it_is_on_every_page_on_paper(page_without_scripts: Page, address: str, site: Site) -> None:
    page_without_scripts.emulate_media(media="print")
    assert _unseen(page_without_scripts, address, site) == []


@pytest.mark.parametrize("width", [320, 1440])
def test_it_is_seen_without_scrolling(page_without_scripts: Page, address: str, site: Site, width: int) -> None:
    page_without_scripts.set_viewport_size({"width": width, "height": 568})
    page_without_scripts.goto(address + preview_server.articles(site.output)[0])
    expect(page_without_scripts.locator("a[href='tel:988']").first).to_be_in_viewport(ratio=1)


@pytest.fixture
def article_without_scripts(page_without_scripts: Page, address: str, site: Site) -> Page:
    page_without_scripts.goto(address + preview_server.articles(site.output)[0])
    return page_without_scripts


def test_ticking_suicidal_thoughts_shows_the_lines_at_once(article_without_scripts: Page) -> None:
    article_without_scripts.locator("[data-priority]").check()
    expect(article_without_scripts.locator("form .crisis a[href='tel:988']")).to_be_visible()


def test_until_then_the_form_is_only_a_form(article_without_scripts: Page) -> None:
    expect(article_without_scripts.locator("form .crisis")).to_be_hidden()


def test_after_such_a_request_the_lines_come_before_the_thanks(browser: Browser, address: str, site: Site) -> None:
    answer = {"reference": "K7QX", "heading": "We will call you.", "priority": True, "url": "/", "crisis": "988"}
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/api/leads", lambda route: route.fulfill(status=201, json=answer))
        page.goto(address + preview_server.articles(site.output)[0])
        page.get_by_role("button", name="Ask for a call").click()
        expect(page.locator(".confirmation > :first-child a[href='tel:988']")).to_be_visible()
