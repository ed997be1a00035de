"""From the form to the confirmation, with a script and without: the same facts, which are there after going away."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import site_pages
from tests.support.local_system import LocalSystem

ARTICLE = "/ketamine-treatment-resistant-depression/"
ADDRESS = re.compile(r"/api/leads/[0-9A-Z-]{14}\.[0-9A-Z]{32}$")
AGAIN = "Not your number? Send the form again with the right one."

Visit = Callable[[Page], None]


def ask(page: Page, system: LocalSystem, *, priority: bool = False) -> str:
    """Send the form of the article, wait for the confirmation, and return the number."""
    page.goto(system.url + ARTICLE)
    number = site_pages.fill_in(page)
    if priority:
        page.locator("[data-priority]").check()
    site_pages.send(page)
    expect(page.locator(".confirmation")).to_be_visible()
    expect(page).to_have_url(ADDRESS)
    return number


def said(page: Page) -> str:
    """Return the words of the confirmation."""
    return " ".join(page.locator(".confirmation").inner_text().split())


def stored(system: LocalSystem, number: str) -> int:
    """Return how many leads have this number."""
    return sum(number in json.dumps(lead) for lead in system.listing("leads"))


def away_and_back(page: Page) -> None:
    page.get_by_role("link", name="Privacy").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("rivacy")
    page.go_back()


def loaded_again(page: Page) -> None:
    page.reload()


# Without a script


@pytest.fixture
def urgent_without_scripts(page_without_scripts: Page, local_system: LocalSystem) -> Page:
    """Tick suicidal thoughts, send the form, and be on the confirmation's page."""
    ask(page_without_scripts, local_system, priority=True)
    return page_without_scripts


def test_without_a_script_an_urgent_request_ends_with_crisis_lines_first(urgent_without_scripts: Page) -> None:
    first = urgent_without_scripts.locator(".confirmation > :first-child")
    expect(first.get_by_role("link", name="Call 988")).to_be_visible()


def test_without_a_script_it_says_by_when_we_call(urgent_without_scripts: Page) -> None:
    expect(
        urgent_without_scripts.get_by_role("heading", name=re.compile("We will call you by .+[AP]M"))
    ).to_be_visible()


def test_without_a_script_it_says_that_the_form_is_not_watched_at_night(urgent_without_scripts: Page) -> None:
    expect(urgent_without_scripts.locator(".confirmation")).to_contain_text("not watched at night")


def test_without_a_script_it_never_says_that_nothing_more_is_to_do(urgent_without_scripts: Page) -> None:
    assert "nothing more to do" not in urgent_without_scripts.content().lower()


def test_without_a_script_the_number_is_named_by_its_end(page_without_scripts: Page, local_system: LocalSystem) -> None:
    number = ask(page_without_scripts, local_system)
    assert f"We call the number ending in {number[-2:]}." in said(page_without_scripts)
    assert number not in page_without_scripts.content()


def test_without_a_script_the_form_is_a_link_away(urgent_without_scripts: Page) -> None:
    urgent_without_scripts.get_by_role("link", name=AGAIN).click()
    expect(urgent_without_scripts.get_by_label("Phone number")).to_be_visible()


@pytest.mark.parametrize("go", [away_and_back, loaded_again])
def test_without_a_script_the_confirmation_is_there_again(urgent_without_scripts: Page, go: Visit) -> None:
    before = said(urgent_without_scripts)
    go(urgent_without_scripts)
    assert said(urgent_without_scripts) == before


# With a script


@pytest.mark.parametrize("priority", [True, False])
@pytest.mark.parametrize("go", [away_and_back, loaded_again])
def test_a_script_shows_what_the_page_of_its_address_shows(
    page: Page, local_system: LocalSystem, go: Visit, priority: bool
) -> None:
    number = ask(page, local_system, priority=priority)
    in_place = said(page)
    go(page)
    expect(page.locator(".confirmation")).to_be_visible()
    ending = f"the number ending in {number[-2:]}"
    assert said(page).replace(ending, number) == in_place


def test_a_script_repeats_the_whole_number(page: Page, local_system: LocalSystem) -> None:
    assert f"We call {ask(page, local_system)}." in said(page)


def test_a_script_keeps_the_reader_s_place_in_the_article(page: Page, local_system: LocalSystem) -> None:
    ask(page, local_system)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unlocking")


def test_after_a_wrong_number_the_form_is_back_with_its_answers(page: Page, local_system: LocalSystem) -> None:
    number = ask(page, local_system)
    page.get_by_role("link", name=AGAIN).click()
    expect(page.get_by_label("Phone number")).to_be_focused()
    expect(page.get_by_label("Phone number")).to_have_value(number)
    expect(page.get_by_label("Full name")).to_have_value("Ada Lovelace")


def test_the_right_number_is_another_request_with_its_own_confirmation(page: Page, local_system: LocalSystem) -> None:
    ask(page, local_system)
    first = page.url
    page.get_by_role("link", name=AGAIN).click()
    right = next(site_pages.NUMBERS)
    page.get_by_label("Phone number").fill(right)
    site_pages.send(page)
    expect(page.locator(".confirmation")).to_contain_text(right)
    assert page.url != first
    assert stored(local_system, right) == 1


def test_the_campaign_is_still_named_when_the_form_is_sent_again(page: Page, local_system: LocalSystem) -> None:
    page.goto(f"{local_system.url}{ARTICLE}?utm_source=pinterest")
    site_pages.fill_in(page)
    site_pages.send(page)
    page.get_by_role("link", name=AGAIN).click()
    with page.expect_request("**/api/leads") as request:
        site_pages.send(page)
    assert "utm_source=pinterest" in (request.value.post_data or "")


def test_the_page_of_the_address_breaks_no_rule_of_its_policy(page: Page, local_system: LocalSystem) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    ask(page, local_system)
    page.reload()
    expect(page.get_by_role("heading", name="Your request for a call")).to_be_visible()
    assert complaints == []


# The contact card


def test_a_phone_gets_the_card_as_a_card(page: Page, local_system: LocalSystem) -> None:
    card = page.request.get(f"{local_system.url}/contact-card.vcf")
    assert card.headers["content-type"] == "text/vcard; charset=utf-8"
    assert card.text().startswith("BEGIN:VCARD\r\nVERSION:3.0\r\n")


def test_the_card_s_link_leads_to_it(urgent_without_scripts: Page) -> None:
    link = urgent_without_scripts.locator(".confirmation a[href$='.vcf']")
    expect(link).to_have_attribute("href", "/contact-card.vcf")
