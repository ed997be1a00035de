"""Old addresses as a browser follows them, in the running system."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.local_system import LocalSystem
from tests.support.waiting import until

pytestmark = pytest.mark.long

OLD = "/unlocking-the-potential-ketamine-and-treatment-resistant-depression/"
NEW = "/ketamine-treatment-resistant-depression/"


def test_a_link_to_the_old_site_leads_to_the_article(page: Page, local_system: LocalSystem) -> None:
    page.goto(local_system.url + OLD)
    assert page.url == local_system.url + NEW
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ketamine")


def test_the_network_that_brought_the_visitor_is_still_known(page: Page, local_system: LocalSystem) -> None:
    page.goto(f"{local_system.url}{OLD}?utm_source=pinterest")
    assert page.url == f"{local_system.url}{NEW}?utm_source=pinterest"


def test_a_page_that_was_taken_away_has_crisis_lines_and_phone(page: Page, local_system: LocalSystem) -> None:
    (local_system.root / "content" / "gone.txt").write_text("Gone: /an-older-text/\n", encoding="utf-8")
    address = f"{local_system.url}/an-older-text/"
    until(lambda: page.request.get(address).status == 410)
    page.goto(address)
    expect(page.locator("a[href='tel:988']").first).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="312")).to_be_visible()
