"""Tests of `make serve`: read, send, thank-you page, e-mail, staff link, contacted; and live reload."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import tomllib
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.support import local_system as systems
from tests.support.local_system import LocalSystem
from tests.support.waiting import until

ARTICLE = "/ketamine-treatment-resistant-depression/"
SOURCE = Path("content", "articles", "ketamine-treatment-resistant-depression.md")

NUMBERS = (f"312-555-{number:04}" for number in count(100))
"""A visitor's own phone number: a request of the same person would be the same lead."""


def fill_in(page: Page, name: str = "Ada Lovelace") -> str:
    """Fill in the form as a person does and return the phone number."""
    number = next(NUMBERS)
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Phone number").fill(number)
    page.get_by_label("Treatment-resistant depression").check()
    return number


def send(page: Page) -> None:
    page.get_by_role("button", name="Ask for a call").click()


def read_for_half_a_minute(page: Page, address: str) -> None:
    """Open a page and let half a minute pass: a form sent within two seconds counts as a machine's."""
    page.clock.install()
    page.goto(address)
    page.clock.fast_forward("00:30")


def mail_about(number: str, system: LocalSystem) -> dict[str, Any]:
    """Wait for the e-mail with this phone number and return it."""
    digits = re.sub(r"\D", "", number)

    def arrived() -> dict[str, Any] | None:
        mails = system.listing("inbox")
        return next((mail for mail in mails if digits in re.sub(r"\D", "", mail["text"])), None)

    return until(arrived) or {}


def link_in(mail: dict[str, Any]) -> str:
    match = re.search(r"http://\S+/staff/leads/\S+", mail["text"])
    assert match
    return match[0]


def status_of(number: str, system: LocalSystem) -> str:
    leads = [lead for lead in system.listing("leads") if lead.get("lead", {}).get("phone", {}).get("typed") == number]
    assert len(leads) == 1
    return str(leads[0]["status"])


@pytest.fixture
def with_scripts(page: Page, local_system: LocalSystem) -> Page:
    read_for_half_a_minute(page, local_system.url + ARTICLE)
    return page


@pytest.fixture
def without_scripts(page_without_scripts: Page, local_system: LocalSystem) -> Page:
    page_without_scripts.goto(local_system.url + ARTICLE)
    return page_without_scripts


@pytest.fixture
def staff_page(without_scripts: Page, local_system: LocalSystem) -> tuple[Page, str]:
    """Return the page behind the link of an e-mail, and the phone number that it is about."""
    number = fill_in(without_scripts)
    send(without_scripts)
    without_scripts.goto(link_in(mail_about(number, local_system)))
    return without_scripts, number


# The visitor


def test_the_article_is_there(without_scripts: Page) -> None:
    expect(without_scripts.get_by_role("heading", level=1)).to_contain_text("Ketamine")


def test_the_crisis_lines_come_before_the_form(without_scripts: Page) -> None:
    first = without_scripts.locator("a[href='tel:988'], form").first
    assert first.evaluate("element => element.localName") == "a"


def test_without_scripts_the_visitor_is_thanked(without_scripts: Page) -> None:
    fill_in(without_scripts)
    send(without_scripts)
    expect(without_scripts).to_have_url(re.compile("/api/leads/[^/]+$"))


def test_without_scripts_mistakes_are_explained(without_scripts: Page) -> None:
    send(without_scripts)
    expect(without_scripts.get_by_role("alert")).to_contain_text("There is a problem")


def test_without_scripts_answers_are_kept_when_there_is_a_mistake(without_scripts: Page) -> None:
    without_scripts.get_by_label("Full name").fill("Ada Lovelace")
    send(without_scripts)
    expect(without_scripts.get_by_label("Full name")).to_have_value("Ada Lovelace")


def test_with_scripts_the_visitor_sees_the_deadline(with_scripts: Page) -> None:
    fill_in(with_scripts)
    send(with_scripts)
    deadline = re.compile(r"We will call you by \w+day, \w+ \d+, \d+:\d\d [AP]M")
    expect(with_scripts.get_by_role("heading", name=deadline)).to_be_visible()


def test_with_scripts_the_visitor_stays_on_the_article(with_scripts: Page) -> None:
    fill_in(with_scripts)
    send(with_scripts)
    expect(with_scripts.get_by_role("heading", name="We will call you")).to_be_visible()
    expect(with_scripts.get_by_role("heading", level=1)).to_have_text(re.compile("Ketamine"))


def test_with_scripts_the_address_becomes_that_of_the_confirmation(with_scripts: Page) -> None:
    fill_in(with_scripts)
    send(with_scripts)
    expect(with_scripts).to_have_url(re.compile("/api/leads/[^/]+$"))


def test_with_scripts_mistakes_are_explained(with_scripts: Page) -> None:
    send(with_scripts)
    expect(with_scripts.get_by_role("alert")).to_contain_text("There is a problem")


def test_with_scripts_the_lead_is_stored_and_the_staff_notified(with_scripts: Page, local_system: LocalSystem) -> None:
    number = fill_in(with_scripts)
    send(with_scripts)
    mail_about(number, local_system)
    assert until(lambda: status_of(number, local_system) == "notified")


def test_what_was_typed_arrives_as_typed(without_scripts: Page, local_system: LocalSystem) -> None:
    name = "Zoë & Zoé + 50% = שלום 🌱"
    number = fill_in(without_scripts, name)
    send(without_scripts)
    assert name in mail_about(number, local_system)["text"]


# The staff


def test_the_subject_has_no_name(without_scripts: Page, local_system: LocalSystem) -> None:
    number = fill_in(without_scripts)
    send(without_scripts)
    assert "Ada" not in mail_about(number, local_system)["subject"]


def test_the_e_mail_can_be_called_from(without_scripts: Page, local_system: LocalSystem) -> None:
    number = fill_in(without_scripts)
    send(without_scripts)
    assert f"tel:+1{number.replace('-', '')}" in mail_about(number, local_system)["html"]


def test_the_link_leads_to_the_lead(staff_page: tuple[Page, str]) -> None:
    page, number = staff_page
    expect(page.get_by_role("main")).to_contain_text(number)


def test_opening_the_link_changes_nothing(staff_page: tuple[Page, str], local_system: LocalSystem) -> None:
    _, number = staff_page
    assert status_of(number, local_system) == "notified"


def test_staff_say_that_they_have_called(staff_page: tuple[Page, str], local_system: LocalSystem) -> None:
    page, number = staff_page
    page.get_by_role("button", name="Contacted", exact=True).click()
    page.wait_for_load_state()
    assert status_of(number, local_system) == "contacted"


def test_the_inbox_shows_the_e_mail(staff_page: tuple[Page, str], local_system: LocalSystem) -> None:
    page, number = staff_page
    page.goto(f"{local_system.url}/local/inbox")
    mail = page.frame_locator("iframe").first
    expect(mail.get_by_role("link", name=re.compile(number[-4:]))).to_be_visible()


def test_the_table_can_be_looked_at(staff_page: tuple[Page, str], local_system: LocalSystem) -> None:
    page, number = staff_page
    page.goto(f"{local_system.url}/local/leads")
    expect(page.get_by_role("main")).to_contain_text(number)


# The editor


@pytest.fixture
def article_source(local_system: LocalSystem) -> Iterator[Path]:
    """Yield the article's Markdown file, and restore it."""
    source = local_system.root / SOURCE
    before = source.read_text(encoding="utf-8")
    yield source
    before_change = _article(local_system)
    source.write_text(before, encoding="utf-8")
    until(lambda: _article(local_system) != before_change)


def _article(system: LocalSystem) -> bytes:
    with urllib.request.urlopen(f"{system.url}{ARTICLE}", timeout=10) as response:
        return bytes(response.read())


def write_below(source: Path, text: str) -> None:
    source.write_text(f"{source.read_text(encoding='utf-8')}\n\n{text}\n", encoding="utf-8")


def test_an_open_page_follows_the_editor(local_system: LocalSystem, article_source: Path, page: Page) -> None:
    page.goto(local_system.url + ARTICLE)
    write_below(article_source, "A sentence that was not there before.")
    expect(page.get_by_text("A sentence that was not there before.")).to_be_visible()


def test_a_draft_is_seen_at_its_address_and_listed(local_system: LocalSystem, page: Page) -> None:
    article = (local_system.root / SOURCE).read_text(encoding="utf-8")
    draft = local_system.root / "content" / "articles" / "a-draft.md"
    draft.write_text(re.sub("(?m)^Slug: .*", "Slug: a-draft\nStatus: draft", article, count=1), encoding="utf-8")
    try:
        until(lambda: "content/articles/a-draft.md is on the page" in local_system.log.read_text(encoding="utf-8"))
        page.goto(f"{local_system.url}/local/articles")
        page.get_by_role("row", name="content/articles/a-draft.md").get_by_role("link").click()
        expect(page.get_by_role("complementary", name="Not public")).to_contain_text("Draft: not public")
    finally:
        draft.unlink()
        until(lambda: "a-draft.md is gone" in local_system.log.read_text(encoding="utf-8"))


# A system of one's own


@pytest.fixture
def own_system(tmp_path: Path, loopback: None) -> Iterator[LocalSystem]:
    with systems.running(tmp_path) as running:
        yield running


def test_a_mistake_keeps_the_page_and_is_shown_on_it(page: Page, own_system: LocalSystem) -> None:
    page.goto(own_system.url + ARTICLE)
    practice = own_system.root / "content" / "practice.toml"
    practice.write_text(f'no_such_key = "x"\n{practice.read_text(encoding="utf-8")}', encoding="utf-8")
    expect(page.locator("#local-problem")).to_contain_text("content/practice.toml:1: no_such_key")


def promised_day(system: LocalSystem) -> str:
    """Send a form and return the weekday of its deadline."""
    form = urlencode({"name": "Ada Lovelace", "phone": next(NUMBERS), "elapsed": "30"})
    request = urllib.request.Request(f"{system.url}/api/leads", form.encode(), {"accept": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(json.load(response)["contact_by_text"]).partition(",")[0]


def test_changed_opening_hours_hold_for_the_next_request(own_system: LocalSystem) -> None:
    day = "Wednesday" if promised_day(own_system) != "Wednesday" else "Thursday"
    practice = own_system.root / "content" / "practice.toml"
    hours = f'[hours]\n{day.lower()} = ["9:00-17:00"]\n\n'
    practice.write_text(
        re.sub(r"(?ms)^\[hours\]\n.*?\n\n", hours, practice.read_text(encoding="utf-8")), encoding="utf-8"
    )
    until(lambda: "content/practice.toml" in own_system.log.read_text(encoding="utf-8"))
    assert promised_day(own_system) == day


def test_changed_code_starts_the_system_again(page: Page, own_system: LocalSystem) -> None:
    page.goto(own_system.url + ARTICLE)
    with page.expect_navigation():
        (own_system.root / "functions" / "leads" / "__init__.py").write_text('"""Changed."""\n', encoding="utf-8")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ketamine")


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_without_a_traceback(own_system: LocalSystem, signal_number: int) -> None:
    code = own_system.end(signal_number)
    assert (code, "Traceback" in own_system.log.read_text(encoding="utf-8")) == (0, False)


def test_ctrl_c_ends_it_even_if_its_parent_ignores_sigint(tmp_path: Path, loopback: None) -> None:
    with systems.running(tmp_path, systems.IGNORING_SIGINT) as system:
        assert system.end() == 0


def test_it_names_its_version_at_start(local_system: LocalSystem) -> None:
    project = tomllib.loads((systems.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first = local_system.log.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(rf"Clinic Callback {re.escape(project['version'])} \((unknown|[0-9a-f]{{12}})\)", first)


def test_an_open_page_does_not_delay_ctrl_c(page: Page, own_system: LocalSystem) -> None:
    page.goto(own_system.url + ARTICLE)
    assert own_system.end() == 0


def test_a_missing_aws_profile_does_no_harm(tmp_path: Path, loopback: None) -> None:
    with systems.running(tmp_path, AWS_PROFILE="missing") as system:
        assert system.listing("leads") == []


def test_ctrl_c_leaves_no_process(own_system: LocalSystem) -> None:
    own_system.end()
    with pytest.raises(ProcessLookupError):
        os.killpg(own_system.process.pid, 0)


def test_ctrl_c_leaves_the_port_free(own_system: LocalSystem) -> None:
    own_system.end()
    port = int(own_system.url.rpartition(":")[2])
    socket.create_server(("127.0.0.1", port)).close()


def test_a_busy_port_is_reported_in_one_line_with_a_remedy(tmp_path: Path, loopback: None) -> None:
    root, log = systems.copy(tmp_path / "project"), tmp_path / "log.txt"
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        systems.start(root, log, PORT=str(port)).wait(timeout=30)
    (line,) = log.read_text(encoding="utf-8").splitlines()
    assert line == f"Port {port} cannot be used (Address already in use). Choose another one: PORT=8001 make serve"
