"""The sentence beside the form's button: asked for once, true for as long as it is seen, and said once."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from email.utils import format_datetime

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.support.local_system import LocalSystem

ARTICLE = "/ketamine-treatment-resistant-depression/"

TEN_MINUTES = dt.timedelta(minutes=10)


def monday(clock_time: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-11-30T{clock_time}-06:00")


@dataclass
class Server:
    """GET /api/promise. Each answer holds until `until`, and its deadlines are numbered."""

    until: dt.datetime
    asked: list[Request] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    works: bool = True

    def answer(self, route: Route) -> None:
        """Answer as the function does."""
        self.asked.append(route.request)
        number = len(self.asked)
        announced = {
            "contact_by_text": f"time {number}",
            "priority_contact_by_text": f"sooner {number}",
            "valid_until": self.until.isoformat(),
            "crisis": "988",
        }
        body = json.dumps(announced) if self.works else "<h1>Bad gateway</h1>"
        route.fulfill(status=200, headers={"content-type": "application/json", **self.headers}, body=body)


@pytest.fixture
def server() -> Server:
    return Server(until=monday("17:00:00"))


@pytest.fixture
def article(page: Page, local_system: LocalSystem, server: Server) -> Page:
    """Open the article a minute before closing, on a clock that stands still."""
    page.clock.install(time=monday("16:58:59"))
    page.clock.pause_at(monday("16:59:00"))
    page.route("**/api/promise", server.answer)
    page.goto(local_system.url + ARTICLE)
    return page


def begin(page: Page) -> None:
    """Go to the form's first field, and wait for the sentence."""
    page.get_by_label("Full name").focus()
    expect(page.locator(".promise")).to_have_text(says("time 1"))


def says(deadline: str) -> str:
    return f"If you send this now, we call you by {deadline}."


def wait(page: Page, seconds: int) -> None:
    page.clock.run_for(seconds * 1000)


# When it asks, and what it says of the visitor


def test_a_reader_who_does_not_begin_with_the_form_asks_nothing(article: Page, server: Server) -> None:
    article.keyboard.press("End")
    article.get_by_role("link", name="Privacy", exact=True).focus()
    wait(article, 60)
    assert server.asked == []


def test_it_asks_once_for_a_form_that_is_filled_in(article: Page, server: Server) -> None:
    begin(article)
    article.get_by_label("Full name").fill("Ada Lovelace")
    article.get_by_label("Phone number").fill("312 555 0187")
    article.get_by_label("Treatment-resistant depression").check()
    assert len(server.asked) == 1


def test_nothing_of_the_visitor_or_the_page_is_sent(article: Page, server: Server) -> None:
    article.context.add_cookies([{"name": "other", "value": "1", "url": article.url}])
    article.get_by_label("Suicidal thoughts").check()
    expect(article.locator(".promise")).not_to_be_empty()
    (request,) = server.asked
    headers = request.all_headers()
    assert (request.method, request.post_data, request.url.partition("/api/")[2]) == ("GET", None, "promise")
    assert {"cookie", "referer"} & headers.keys() == set()


def test_the_real_server_s_answer_is_shown(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + ARTICLE)
    page.get_by_label("Full name").focus()
    expect(page.locator(".promise")).to_have_text(
        re.compile(r"^If you send this now, we call you by \w+day, \w+ \d+, \d+:\d\d [AP]M Central Time\.$")
    )


# How long it is shown


def test_a_minute_before_closing_it_says_the_deadline(article: Page) -> None:
    begin(article)
    wait(article, 59)
    expect(article.locator(".promise")).to_have_text(says("time 1"))


def test_at_closing_it_asks_again(article: Page, server: Server) -> None:
    begin(article)
    server.until = monday("17:10:00")
    wait(article, 60)
    expect(article.locator(".promise")).to_have_text(says("time 2"))


def test_it_is_taken_away_when_its_time_is_over_and_the_form_is_left(article: Page, server: Server) -> None:
    begin(article)
    article.get_by_label("Full name").blur()
    wait(article, 60)
    expect(article.locator(".promise")).to_be_empty()
    assert len(server.asked) == 1


def test_coming_back_to_the_form_asks_again(article: Page, server: Server) -> None:
    begin(article)
    article.get_by_label("Full name").blur()
    wait(article, 60)
    server.until = monday("17:10:00")
    article.get_by_label("Phone number").focus()
    expect(article.locator(".promise")).to_have_text(says("time 2"))


def test_it_is_taken_away_when_asking_again_fails(article: Page, server: Server) -> None:
    begin(article)
    server.works = False
    with article.expect_response("**/api/promise"):  # the sentence goes before the answer comes
        wait(article, 60)
    expect(article.locator(".promise")).to_be_empty()
    assert len(server.asked) == 2


def test_a_failure_is_not_asked_for_again_at_each_field(article: Page, server: Server) -> None:
    server.works = False
    with article.expect_response("**/api/promise"):
        article.get_by_label("Full name").focus()
    for label in ("Phone number", "Morning"):
        wait(article, 5)
        article.get_by_label(label).focus()
    wait(article, 5)
    assert (len(server.asked), article.locator(".promise").inner_text()) == (1, "")


def test_no_connection_leaves_no_sentence_and_no_message(article: Page) -> None:
    article.unroute("**/api/promise")
    article.route("**/api/promise", lambda route: route.abort())
    article.get_by_label("Full name").focus()
    wait(article, 60)
    expect(article.locator(".promise")).to_be_empty()
    expect(article.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(
    "event",
    [
        "window.dispatchEvent(new Event('focus'))",
        "window.dispatchEvent(new Event('pageshow'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ],
)
def test_a_device_that_slept_shows_no_old_sentence(article: Page, event: str) -> None:
    begin(article)
    article.get_by_label("Full name").blur()
    article.clock.set_system_time(monday("17:00:00"))  # no timer runs
    article.evaluate(event)
    expect(article.locator(".promise")).to_be_empty()


def test_an_answer_that_comes_too_late_is_not_shown(article: Page, server: Server) -> None:
    held: list[Route] = []
    article.unroute("**/api/promise")
    article.route("**/api/promise", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright takes functions only
    with article.expect_request("**/api/promise"):
        article.get_by_label("Full name").focus()
    article.clock.set_system_time(monday("17:00:00"))
    with article.expect_response("**/api/promise"):
        server.answer(held[0])
    wait(article, 1)
    expect(article.locator(".promise")).to_be_empty()


@pytest.mark.parametrize("error", [-3600, 3600])
def test_a_wrong_clock_of_the_device_does_not_matter(article: Page, server: Server, error: int) -> None:
    there = monday("16:59:00") + dt.timedelta(seconds=error)
    server.headers["date"] = format_datetime(there.astimezone(dt.UTC), usegmt=True)
    server.until = there + dt.timedelta(minutes=1)
    begin(article)
    article.get_by_label("Full name").blur()
    wait(article, 60)
    expect(article.locator(".promise")).to_be_empty()


def test_it_is_shown_for_at_most_ten_minutes(article: Page, server: Server) -> None:
    server.until = monday("23:00:00")
    begin(article)
    wait(article, 600)
    expect(article.locator(".promise")).to_have_text(says("time 2"))


# Urgent requests


def test_a_priority_tick_shows_the_other_deadline(article: Page) -> None:
    begin(article)
    article.get_by_label("Suicidal thoughts").check()
    expect(article.locator(".promise")).to_have_text(says("sooner 1"))


def test_taking_the_tick_back_shows_the_first_deadline(article: Page) -> None:
    begin(article)
    article.get_by_label("Suicidal thoughts").check()
    article.get_by_label("Suicidal thoughts").uncheck()
    expect(article.locator(".promise")).to_have_text(says("time 1"))


def test_a_deadline_of_an_urgent_request_is_shown_if_the_tick_is_there_first(article: Page) -> None:
    article.evaluate("document.querySelector('[data-priority]').checked = true")
    article.get_by_label("Full name").focus()
    expect(article.locator(".promise")).to_have_text(says("sooner 1"))


# What a screen reader says

LISTEN = """() => {
    const status = document.querySelector('.promise');
    window.said = [];
    new MutationObserver(() => status.getAttribute('aria-live') !== 'off' && said.push(status.textContent))
      .observe(status, {childList: true});
}"""


def test_the_status_is_there_from_the_start(article: Page) -> None:
    assert article.locator("form").get_by_role("status").last.get_attribute("class") == "promise"


def test_it_is_said_once_whatever_takes_its_place(article: Page, server: Server) -> None:
    article.evaluate(LISTEN)
    begin(article)
    article.get_by_label("Suicidal thoughts").check()
    server.until = monday("17:10:00")
    wait(article, 60)
    expect(article.locator(".promise")).to_have_text(says("sooner 2"))
    assert article.evaluate("said") == [says("time 1")]


# Its place

LONGEST = "Wednesday, September 30, 12:00 PM Newfoundland Time"


@pytest.mark.parametrize("size", ["100%", "200%"])
@pytest.mark.parametrize("width", [320, 375, 768, 1024, 1440])
def test_nothing_moves_when_it_appears(page: Page, local_system: LocalSystem, width: int, size: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(local_system.url + ARTICLE)
    page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
    before = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate(f"document.querySelector('.promise').textContent = '{says(LONGEST)}'")
    assert page.evaluate("document.documentElement.scrollHeight") == before


def test_without_a_script_nothing_is_there(page_without_scripts: Page, local_system: LocalSystem) -> None:
    page_without_scripts.goto(local_system.url + ARTICLE)
    page_without_scripts.get_by_label("Full name").focus()
    expect(page_without_scripts.locator(".promise")).to_be_empty()
