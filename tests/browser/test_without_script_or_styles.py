"""A reader without script, without styles, or without both: the form arrives all the same, and nothing sets a trap."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import site_pages
from tests.support.local_system import LocalSystem

ARTICLE = "/ketamine-treatment-resistant-depression/"
REMOVE_STYLES = "document.querySelectorAll('style, link[rel=stylesheet]').forEach((each) => each.remove())"

READERS = {
    "without script": {"script": False, "styles": True},
    "without styles": {"script": True, "styles": False},
    "with neither": {"script": False, "styles": False},
}


@pytest.fixture(params=READERS)
def article(request: pytest.FixtureRequest, browser: Browser, local_system: LocalSystem) -> Iterator[Page]:
    """Open the article as each of these readers gets it."""
    reader = READERS[request.param]
    with browser.new_context(java_script_enabled=reader["script"]) as context:
        page = context.new_page()
        page.goto(local_system.url + ARTICLE)
        if not reader["styles"]:
            page.evaluate(REMOVE_STYLES)
            assert page.evaluate("document.styleSheets.length") == 0
        yield page


def test_a_form_that_is_filled_in_arrives_once_and_the_deadline_is_shown(
    article: Page, local_system: LocalSystem
) -> None:
    number = site_pages.fill_in(article)
    site_pages.send(article)
    expect(article.get_by_text(re.compile("We will call you"))).to_be_visible()
    assert sum(number in json.dumps(lead) for lead in local_system.listing("leads")) == 1


def test_a_priority_condition_can_be_ticked_with_the_crisis_lines_in_view(article: Page) -> None:
    article.locator("[data-priority]").check()
    expect(article.locator(".field .crisis").get_by_role("link", name="Call 988")).to_be_visible()


def test_what_catches_machines_is_in_sight_only_without_styles_and_says_to_leave_it_empty(article: Page) -> None:
    label = article.get_by_text("Leave this empty")
    in_sight = label.evaluate("(element) => element.getBoundingClientRect().right > 0")
    assert in_sight is article.evaluate("document.styleSheets.length === 0")
