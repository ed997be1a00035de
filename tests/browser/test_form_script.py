"""The form with its script: answers in place, whatever the server says, and nothing is lost when it says nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support import site_pages
from tests.support.local_system import LocalSystem

ARTICLE = "/ketamine-treatment-resistant-depression/"
CAMPAIGN = "?utm_source=pinterest&utm_medium=social&utm_campaign=november&other=1"

Answer = Callable[[Route], object]


def says(status: int, **content: object) -> Answer:
    """Answer as the server does."""
    return answers(status, json.dumps({**content, "crisis": "988"}), "application/json")


def answers(status: int, body: str, media_type: str = "text/html") -> Answer:
    """Answer as anything else may do that is between browser and server."""
    return lambda route: route.fulfill(status=status, content_type=media_type, body=body)


def nothing(route: Route) -> None:
    """Fail to connect."""
    route.abort()


CONFIRMATION = "/api/leads/K7QX-2M9P-T3VB.00000000000000000000000000000000"


def kept(priority: bool = False, opens_text: str = "") -> Answer:
    return says(
        201,
        reference="K7QX-2M9P",
        heading="Thank you. We will call you by Tuesday, November 24, 5:00 PM.",
        number="the number ending in 87",
        opens_text=opens_text,
        priority=priority,
        url=CONFIRMATION,
    )


MISTAKES = says(
    422,
    errors=[
        {"field": "phone", "message": "Enter your phone number"},
        {"field": "conditions", "message": "Choose conditions from the list"},
        {"field": "source", "message": "source was sent more than once: send it once"},
    ],
)

DOWN = says(503, title="We could not take your request", message="Nothing was saved.")

SORRY = "<h1>We could not take your request</h1>"

JSON = "application/json"

NOT_OURS = {
    **{f"a page with status {status}": answers(status, SORRY) for status in (200, 201, 403, 404, 500, 502, 504)},
    "a page that says it is JSON": answers(200, SORRY, JSON),
    "a gateway's words": answers(503, '{"message": "Service Unavailable"}', JSON),
    "a proxy's words": answers(502, '{"title": "Bad gateway", "errors": [{"code": 7}]}', JSON),
    "words with our status": answers(201, '{"reference": "K7QX-2M9P"}', JSON),
    "a cut answer": answers(201, '{"reference": "K7QX', JSON),
    "a list": answers(201, '["K7QX-2M9P"]', JSON),
    "null": answers(201, "null", JSON),
    "nothing at all": answers(204, ""),
}

WAYS_TO_FAIL = {"no connection": nothing, "not stored": DOWN, **NOT_OURS}


@pytest.fixture
def article(page: Page, local_system: LocalSystem) -> Page:
    page.goto(local_system.url + ARTICLE + CAMPAIGN)
    page.get_by_label("Full name").fill("Ada & Zoë")
    return page


def send(page: Page, answer: Answer) -> None:
    page.route("**/api/leads", answer)
    page.get_by_role("button", name="Ask for a call").click()


def sent(page: Page) -> dict[str, list[str]]:
    """Send the form; the fields that left."""
    with page.expect_request("**/api/leads") as request:
        send(page, kept())
    assert request.value.headers["accept"] == "application/json"
    return parse_qs(request.value.post_data or "", keep_blank_values=True)


def summary(page: Page) -> list[str]:
    """Return the entries of the error summary, as soon as it is shown."""
    expect(page.get_by_role("alert")).to_be_visible()
    return page.get_by_role("alert").get_by_role("listitem").all_inner_texts()


# What is sent


def test_the_same_fields_are_sent_as_without_a_script(article: Page) -> None:
    fields = sent(article)
    assert fields["name"] == ["Ada & Zoë"]
    assert fields["best_time"] == ["any"]
    assert fields["source"] == [ARTICLE]
    assert set(fields) >= {"phone", "consent", "leave_empty"}


def test_the_campaign_that_brought_the_reader_is_named(article: Page) -> None:
    fields = sent(article)
    assert (fields["utm_source"], fields["utm_medium"]) == (["pinterest"], ["social"])
    assert fields["utm_campaign"] == ["november"]
    assert "other" not in fields


def test_how_long_it_took_is_told(article: Page) -> None:
    assert re.fullmatch(r"\d+\.\d", sent(article)["elapsed"][0])


# The answer


def test_the_deadline_takes_the_place_of_the_form_and_the_focus(article: Page) -> None:
    send(article, kept())
    expect(article.get_by_role("heading", name="We will call you by Tuesday, November 24, 5:00 PM")).to_be_visible()
    expect(article.locator(".confirmation")).to_be_focused()
    expect(article.locator("form")).to_have_count(0)
    expect(article.locator("#call-back")).to_contain_text("K7QX-2M9P")


def test_crisis_lines_come_first_when_they_are_needed(article: Page) -> None:
    send(article, kept(priority=True))
    headings = article.locator("#call-back").get_by_role("heading")
    expect(headings.first).to_have_text("Help is there at any hour")
    expect(article.locator("#call-back").get_by_role("link", name="Call 988")).to_be_visible()


def test_crisis_lines_are_not_repeated_when_they_are_not_asked_for(article: Page) -> None:
    send(article, kept())
    expect(article.locator("#call-back a[href='tel:988']")).to_have_count(0)


def test_the_page_has_the_confirmation_s_address(article: Page) -> None:
    send(article, kept())
    expect(article).to_have_url(re.compile(f"{re.escape(CONFIRMATION)}$"))


def test_an_ordinary_confirmation_has_no_part_of_an_urgent_one(article: Page) -> None:
    send(article, kept())
    expect(article.locator("#call-back [data-if]")).to_have_count(0)


def test_it_says_when_we_are_open_again_if_we_are_closed(article: Page) -> None:
    send(article, kept(opens_text="Monday, November 23, 9:00 AM"))
    expect(article.locator("#call-back")).to_contain_text("We are open again Monday, November 23, 9:00 AM.")


def test_mistakes_are_summed_up_and_the_summary_takes_the_focus(article: Page) -> None:
    send(article, MISTAKES)
    assert summary(article) == [
        "Enter your phone number",
        "Choose conditions from the list",
        "source was sent more than once: send it once",
    ]
    expect(article.get_by_role("alert")).to_be_focused()
    expect(article).to_have_title(re.compile("^Error: Ketamine"))


def test_a_mistake_stands_beside_its_field_in_the_same_words(article: Page) -> None:
    send(article, MISTAKES)
    phone = article.get_by_label("Phone number")
    expect(phone).to_have_accessible_description(re.compile("Enter your phone number"))
    expect(phone).to_have_attribute("aria-invalid", "true")
    group = article.get_by_role("group", name="What would you like to talk about?")
    expect(group).to_have_accessible_description(re.compile("Choose conditions"))


def test_an_entry_of_the_summary_leads_to_its_field(article: Page) -> None:
    send(article, MISTAKES)
    article.get_by_role("link", name="Enter your phone number").click()
    expect(article.get_by_label("Phone number")).to_be_focused()


def test_a_corrected_mistake_is_taken_back(article: Page) -> None:
    send(article, MISTAKES)
    summary(article)
    article.unroute("**/api/leads")
    send(article, says(422, errors=[{"field": "name", "message": "Enter your full name"}]))
    expect(article.get_by_role("alert").get_by_role("listitem")).to_have_text(["Enter your full name"])
    expect(article.get_by_label("Phone number")).to_have_accessible_description(re.compile("Any format is fine.$"))
    expect(article.get_by_label("Phone number")).to_have_attribute("aria-invalid", "false")


@pytest.mark.parametrize("answer", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_our_answer_is_no_answer(article: Page, answer: Answer) -> None:
    send(article, answer)
    expect(article.get_by_role("alert").get_by_role("heading")).to_have_text("We could not reach our server")
    expect(article).to_have_url(re.compile(f"{re.escape(ARTICLE + CAMPAIGN)}$"))


@pytest.mark.parametrize("answer", WAYS_TO_FAIL.values(), ids=WAYS_TO_FAIL)
def test_when_it_cannot_be_sent_answers_stay_and_the_phone_number_is_offered(article: Page, answer: Answer) -> None:
    send(article, answer)
    summary(article)
    expect(article.get_by_role("alert")).not_to_contain_text("undefined")
    expect(article.get_by_role("alert").get_by_role("link", name="(312) 555-0142")).to_be_visible()
    expect(article.get_by_label("Full name")).to_have_value("Ada & Zoë")


def test_the_server_s_own_words_are_shown(article: Page) -> None:
    send(article, DOWN)
    expect(article.get_by_role("alert").get_by_role("heading")).to_have_text("We could not take your request")
    assert summary(article) == ["Nothing was saved."]


def test_it_can_be_sent_again_after_a_failure(article: Page) -> None:
    send(article, nothing)
    summary(article)
    article.unroute("**/api/leads")
    send(article, kept())
    expect(article.locator(".confirmation")).to_be_visible()


def test_the_button_shows_that_it_works_and_a_second_click_sends_nothing(article: Page) -> None:
    waiting: list[Route] = []
    send(article, lambda route: waiting.append(route))  # noqa: PLW0108 -- Playwright wants a function of Python
    button = article.get_by_role("button", name="Sending…")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    button.press("Enter")
    kept()(waiting[0])
    expect(article.locator(".confirmation")).to_be_visible()
    assert len(waiting) == 1


# A script that fails: the browser sends the form by itself

FAULTS = {
    "before it is sent: fields": "window.FormData = function () { throw new Error('fault'); };",
    "before it is sent: clock": "performance.now = () => { throw new Error('fault'); };",
    "before it is sent: page": "Element.prototype.setAttribute = () => { throw new Error('fault'); };",
    "when it is sent": "window.fetch = () => { throw new Error('fault'); };",
    "after it was sent: read": "Response.prototype.json = () => { throw new Error('fault'); };",
    "after it was sent: drawn": "Node.prototype.cloneNode = () => { throw new Error('fault'); };",
    "after it was sent: shown": "HTMLElement.prototype.focus = () => { throw new Error('fault'); };",
    "after it was sent: address": "history.replaceState = () => { throw new Error('fault'); };",
}

OLD_APIS = {
    "no AbortSignal.timeout": "delete AbortSignal.timeout;",
    "no AbortController": "delete AbortSignal.timeout; delete window.AbortController;",
    "an AbortController that fails": "window.AbortController = function () { throw new Error('fault'); };",
    "no replaceChildren": "delete Element.prototype.replaceChildren;",
}


def posts(page: Page) -> list[str]:
    """How each request for a call from this page will have been sent: by the script, or by the browser itself."""
    sent: list[str] = []
    kinds = {"fetch": "script", "document": "browser"}
    page.on("request", lambda each: sent.append(kinds[each.resource_type]) if each.method == "POST" else None)
    return sent


def stored(system: LocalSystem, number: str) -> int:
    """How many leads have this number."""
    return sum(number in json.dumps(lead) for lead in system.listing("leads"))


@pytest.mark.parametrize("missing", OLD_APIS.values(), ids=OLD_APIS)
def test_what_an_older_browser_misses_is_not_needed(page: Page, local_system: LocalSystem, missing: str) -> None:
    page.add_init_script(missing)
    page.goto(local_system.url + ARTICLE)
    sent, number = posts(page), site_pages.fill_in(page)
    site_pages.send(page)
    expect(page.locator(".confirmation")).to_be_visible()
    assert (sent, stored(local_system, number)) == (["script"], 1)


@pytest.mark.parametrize(("when", "fault"), FAULTS.items(), ids=FAULTS)
def test_a_fault_of_the_script_costs_no_request(page: Page, local_system: LocalSystem, when: str, fault: str) -> None:
    page.goto(local_system.url + ARTICLE)
    sent, number = posts(page), site_pages.fill_in(page)
    page.evaluate(f"() => {{ {fault} }}")
    site_pages.send(page)
    expect(page.get_by_role("heading", name="Your request for a call")).to_be_visible()
    assert stored(local_system, number) == 1
    assert sent == (["script", "browser"] if when.startswith("after") else ["browser"])


def test_mistakes_are_explained_by_the_server_if_the_script_cannot(article: Page) -> None:
    article.evaluate("() => { Response.prototype.json = () => { throw new Error('fault'); }; }")
    article.get_by_role("button", name="Ask for a call").click()
    expect(article).to_have_title(re.compile("^Error: "))
    expect(article.get_by_label("Full name")).to_have_value("Ada & Zoë")
    assert article.url.endswith("/api/leads")


def test_a_field_called_submit_is_not_in_the_way(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    site_pages.fill_in(page)
    page.evaluate("document.forms[0].append(Object.assign(document.createElement('input'), {id: 'submit'}))")
    page.evaluate(f"() => {{ {FAULTS['when it is sent']} }}")
    site_pages.send(page)
    page.wait_for_url("**/api/leads/*")


def test_after_a_fault_the_browser_sends_every_time(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    sent = posts(page)
    site_pages.fill_in(page)
    page.evaluate(f"() => {{ {FAULTS['when it is sent']} }}")
    page.route("**/api/leads", lambda route: route.fulfill(status=204))  # a page that stays, as when "stop" is pressed
    site_pages.send(page)
    expect(page.get_by_role("button", name="Ask for a call")).to_be_enabled()
    with page.expect_request("**/api/leads"):
        site_pages.send(page)
    assert sent == ["browser", "browser"]


def test_an_answer_that_never_ends_is_given_up(page: Page, local_system: LocalSystem) -> None:
    page.clock.install()
    page.goto(local_system.url + ARTICLE)
    site_pages.fill_in(page)
    waiting: list[Route] = []
    send(page, lambda route: waiting.append(route))  # noqa: PLW0108 -- Playwright wants a function of Python
    expect(page.get_by_role("button", name="Sending…")).to_be_visible()
    page.clock.run_for(20_000)
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("We could not reach our server")


# Crisis lines in the form


def test_ticking_suicidal_thoughts_shows_the_crisis_lines_at_once(page_without_scripts: Page, site_url: str) -> None:
    page_without_scripts.goto(site_url + ARTICLE)
    card = page_without_scripts.get_by_role("heading", name="You do not have to wait for our call")
    expect(card).to_be_hidden()
    page_without_scripts.get_by_label("Suicidal thoughts").check()
    expect(card).to_be_visible()


# Copying, printing, sharing


@pytest.fixture
def site_url(local_system: LocalSystem) -> str:
    return local_system.url


def test_without_a_script_there_are_no_buttons_that_do_nothing(page_without_scripts: Page, site_url: str) -> None:
    page_without_scripts.goto(site_url + ARTICLE)
    share = page_without_scripts.get_by_role("region", name="Share this post with your friends")
    expect(share.get_by_role("link", name="Pin it on Pinterest")).to_be_visible()
    expect(share.get_by_role("button")).to_have_count(0)


def test_the_link_is_copied_without_what_brought_the_reader(article: Page) -> None:
    article.context.grant_permissions(["clipboard-read", "clipboard-write"])
    article.get_by_role("button", name="Copy link").click()
    expect(article.get_by_role("button", name="Link copied")).to_be_visible()
    assert str(article.evaluate("navigator.clipboard.readText()")).endswith(ARTICLE)


def test_a_link_that_may_not_be_copied_is_shown(article: Page) -> None:
    article.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    article.get_by_role("button", name="Copy link").click()
    expect(article.get_by_role("button", name=ARTICLE)).to_be_visible()


def test_the_device_s_own_share_sheet_is_offered_where_there_is_one(page: Page, site_url: str) -> None:
    page.add_init_script("navigator.share = async (data) => { window.shared = data; };")
    page.goto(site_url + ARTICLE + CAMPAIGN)
    page.get_by_role("button", name="Share with another app").click()
    shared = page.evaluate("window.shared")
    assert shared["title"].startswith("Unlocking the Potential")
    assert shared["url"].endswith(ARTICLE)


def test_the_page_can_be_printed_with_every_answer(page: Page, site_url: str) -> None:
    page.add_init_script("window.print = () => { window.printed = true; };")
    page.goto(site_url + ARTICLE)
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("details:not([open])")).to_have_count(0)
