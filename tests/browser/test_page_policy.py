"""The pages' policy holds, nothing on them breaks it, and everything works under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect

from infra import preview_server
from tests.conftest import Site
from tests.support import site_pages
from tests.support.local_system import LocalSystem
from tests.support.site_pages import State

pytestmark = pytest.mark.long

HEADERS = ("referrer-policy", "permissions-policy", "x-content-type-options", "strict-transport-security")

LISTEN = """
    addEventListener("securitypolicyviolation", (event) =>
      console.error(`violation: ${event.violatedDirective} ${event.blockedURI}`));
"""

EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of (404|405|409|422|410)")
"""What Chromium writes to the console about a page that is an error page on purpose."""


@dataclass
class Witness:
    """What the browser complained about, and whom it asked."""

    complaints: list[str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def hosts(self) -> set[str]:
        schemes = ("http", "https", "ws", "wss")
        return {parts.netloc for parts in (urlsplit(request.url) for request in self.asked) if parts.scheme in schemes}

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.match(message.text):
            self.complaints.append(message.text)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        context.add_init_script(LISTEN)
        yield context


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def witness(context: BrowserContext) -> Witness:
    witness = Witness()
    context.on("console", witness.hear)
    context.on("weberror", lambda error: witness.complaints.append(str(error.error)))
    context.on("request", lambda request: witness.asked.append(request))  # noqa: PLW0108 -- Playwright takes functions only
    return witness


@pytest.fixture(scope="module")
def article(site: Site) -> str:
    return preview_server.articles(site.output)[0]


# Every page


def _read_everything(tab: Page, system: LocalSystem, site: Site) -> None:
    for address in site_pages.built(site):
        tab.goto(system.url + address)
        tab.keyboard.press("End")


def test_no_page_breaks_its_policy(tab: Page, witness: Witness, local_system: LocalSystem, site: Site) -> None:
    _read_everything(tab, local_system, site)
    assert witness.complaints == []


def test_no_page_asks_another_host(tab: Page, witness: Witness, local_system: LocalSystem, site: Site) -> None:
    _read_everything(tab, local_system, site)
    assert witness.hosts() == {urlsplit(local_system.url).netloc}


def test_no_page_sets_a_cookie(tab: Page, local_system: LocalSystem, site: Site) -> None:
    _read_everything(tab, local_system, site)
    assert tab.context.cookies() == []


@pytest.mark.parametrize("state", site_pages.STATES, ids=lambda state: state.__name__)
def test_no_state_breaks_the_policy(
    state: State, tab: Page, witness: Witness, local_system: LocalSystem, article: str
) -> None:
    state(tab, local_system, article)
    assert (witness.complaints, witness.hosts()) == ([], {urlsplit(local_system.url).netloc})


def test_a_breach_would_be_heard(tab: Page, witness: Witness, local_system: LocalSystem) -> None:
    tab.goto(local_system.url)
    with tab.expect_event("console", lambda message: "violation" in message.text):
        tab.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    assert witness.complaints


@pytest.mark.parametrize("address", ["/", "/styleguide/", "/no-such-page/", "/api/leads", "/staff/leads/no-token"])
def test_the_policy_allows_nothing_inline(tab: Page, local_system: LocalSystem, address: str) -> None:
    answer = tab.request.get(local_system.url + address)
    policies = [
        answer.headers["content-security-policy"],
        *re.findall('http-equiv="Content-Security-Policy".*', answer.text()),
    ]
    assert ["unsafe" in policy for policy in policies] == [False, False]


STYLE = "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a {color: red}'}))"


@pytest.mark.parametrize("address", ["/", "/no-such-page/", "/api/leads", "/staff/leads/no-token"])
def test_a_style_that_is_not_ours_is_not_used(tab: Page, local_system: LocalSystem, address: str) -> None:
    tab.goto(local_system.url + address)
    with tab.expect_event("console", lambda message: "violation: style-src" in message.text):
        tab.evaluate(STYLE)


@pytest.mark.parametrize("address", ["/", "/no-such-page/", "/api/leads", "/staff/leads/no-token"])
def test_each_answer_has_the_other_headers(tab: Page, local_system: LocalSystem, address: str) -> None:
    headers = tab.request.get(local_system.url + address).headers
    assert [name for name in HEADERS if name not in headers] == []


# Under it, the article's buttons and links do what they say


@pytest.fixture
def reading(tab: Page, witness: Witness, local_system: LocalSystem, article: str) -> Page:
    tab.add_init_script("window.print = () => (window.printed = true)")
    tab.goto(local_system.url + article)
    return tab


def test_the_link_is_copied(reading: Page) -> None:
    reading.locator("[data-share=copy]").click()
    expect(reading.get_by_text("Link copied")).to_be_visible()
    canonical = reading.locator("link[rel=canonical]").get_attribute("href")
    assert reading.evaluate("navigator.clipboard.readText()") == canonical


def test_the_page_is_printed(reading: Page) -> None:
    reading.locator("[data-share=print]").click()
    assert reading.evaluate("window.printed") is True


def test_the_device_s_own_share_sheet_gets_title_and_link(tab: Page, local_system: LocalSystem, article: str) -> None:
    tab.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    tab.goto(local_system.url + article)
    tab.locator("[data-share=device]").click()
    assert tab.evaluate("window.shared.url") == tab.locator("link[rel=canonical]").get_attribute("href")


def test_without_a_share_sheet_there_is_no_button_for_it(tab: Page, local_system: LocalSystem, article: str) -> None:
    tab.add_init_script("navigator.share = undefined")
    tab.goto(local_system.url + article)
    expect(tab.locator("[data-share=device]")).to_be_hidden()


def test_no_network_learns_where_a_reader_comes_from(reading: Page, local_system: LocalSystem) -> None:
    gone: list[Request] = []

    def leave(route: Route) -> None:
        gone.append(route.request)
        route.fulfill(body="")

    reading.context.route(lambda url: not url.startswith(local_system.url), leave)
    reading.locator(".share a[href^=https]").first.click()
    reading.wait_for_url(lambda url: not url.startswith(local_system.url))
    assert [request.headers.get("referer") for request in gone if request.is_navigation_request()] == [None]


def test_the_font_is_used(reading: Page) -> None:
    reading.evaluate("document.fonts.ready")
    assert reading.evaluate("[...document.fonts].every((font) => font.status == 'loaded')")
