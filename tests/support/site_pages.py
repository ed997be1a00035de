"""The running system's pages, and the states that a reader or the staff can bring them to."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from infra import preview_server
from tests.conftest import Site
from tests.support.local_system import LocalSystem
from tests.support.waiting import until

NUMBERS = (f"312-555-{number:04}" for number in count(5000))
"""A reader's own number: a second request of the same person would be the same lead."""

FORM = "application/x-www-form-urlencoded"


def built(site: Site) -> list[str]:
    """Return the address of every built page, and the two of the local system."""
    return [*preview_server.addresses(site.output), "/styleguide/", "/no-such-page/"]


def fill_in(page: Page) -> str:
    """Fill in what must be filled in; the number."""
    number = next(NUMBERS)
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Phone number").fill(number)
    return number


def send(page: Page) -> None:
    """Press the form's button."""
    page.get_by_role("button", name="Ask for a call").click()


def staff_link(page: Page, system: LocalSystem) -> str:
    """Send a request without a browser, and return the link in its e-mail."""
    number = next(NUMBERS)
    body = urlencode({"name": "Ada Lovelace", "phone": number, "elapsed": "60", "conditions": "trd"})
    answer = page.request.post(f"{system.url}/api/leads", data=body, headers={"content-type": FORM})
    assert answer.ok
    return until(lambda: _link_about(number, system)) or ""


def _link_about(number: str, system: LocalSystem) -> str | None:
    digits = re.sub(r"\D", "", number)
    texts = [mail["text"] for mail in system.listing("inbox")]
    about = next((text for text in texts if digits in re.sub(r"\D", "", text)), "")
    link = re.search(r"http://\S+/staff/leads/\S+", about)
    return link and link[0]


# States. Each takes a page that has scripts or not, and leaves it in the state.

State = Callable[[Page, LocalSystem, str], None]


def asked(page: Page, system: LocalSystem, article: str) -> None:
    """Suicidal thoughts ticked."""
    page.goto(system.url + article)
    page.locator("[data-priority]").check()


def corrected(page: Page, system: LocalSystem, article: str) -> None:
    """Sent with mistakes: explained in place, or on a page of its own."""
    page.goto(system.url + article)
    page.get_by_label("Phone number").fill("12")
    send(page)
    expect(page.get_by_role("alert")).to_be_visible()


def refused(page: Page, system: LocalSystem, article: str) -> None:
    """Open an error page of the function."""
    page.goto(f"{system.url}/api/leads")


def thanked(page: Page, system: LocalSystem, article: str) -> None:
    """Sent."""
    page.goto(system.url + article)
    fill_in(page)
    page.locator("[data-priority]").check()
    send(page)
    expect(page.get_by_role("heading", name=re.compile("^Thank you"))).to_be_visible()


def confirmed(page: Page, system: LocalSystem, article: str) -> None:
    """Sent, and the confirmation loaded from its address."""
    thanked(page, system, article)
    page.reload()
    expect(page.get_by_role("heading", name="Your request for a call")).to_be_visible()


def gone(page: Page, system: LocalSystem, article: str) -> None:
    """Open a confirmation that is not there."""
    page.goto(f"{system.url}/api/leads/no-token")


def staff_open(page: Page, system: LocalSystem, article: str) -> None:
    """Open the staff page of an open request."""
    page.goto(staff_link(page, system))


def staff_closed(page: Page, system: LocalSystem, article: str) -> None:
    """Open the staff page of a closed request."""
    page.goto(staff_link(page, system))
    page.get_by_role("button", name="Contacted").click()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()


def staff_too_late(page: Page, system: LocalSystem, article: str) -> None:
    """Open the staff page after a colleague was faster."""
    link = staff_link(page, system)
    page.goto(link)
    other = page.context.new_page()
    other.goto(link)
    other.get_by_role("button", name="Contacted").click()
    expect(other.get_by_role("button", name="Open it again")).to_be_visible()
    other.close()
    page.get_by_role("button", name="Contacted").click()
    expect(page.get_by_role("alert")).to_contain_text("Something was said about this request already")


def forged(page: Page, system: LocalSystem, article: str) -> None:
    """Open a staff link that does not work."""
    page.goto(f"{system.url}/staff/leads/no-token")


def inbox(page: Page, system: LocalSystem, article: str) -> None:
    """Open the local system's inbox."""
    staff_link(page, system)
    page.goto(f"{system.url}/local/inbox")


def table(page: Page, system: LocalSystem, article: str) -> None:
    """Open the local system's table."""
    staff_link(page, system)
    page.goto(f"{system.url}/local/leads")


STATES: tuple[State, ...] = (
    asked,
    corrected,
    refused,
    thanked,
    confirmed,
    gone,
    staff_open,
    staff_closed,
    staff_too_late,
    forged,
    inbox,
    table,
)
