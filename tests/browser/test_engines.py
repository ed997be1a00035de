"""The pages in four engines: everything can be read, links look like links, and the form arrives.

Chromium 80 is the oldest browser that the site is made for that can be had; WebKitGTK is the engine of Safari 26.0.
Safari 13.1 and Firefox 78 are promised too, and cannot be had: for them, only the linters of `make check` are a proof.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Site
from tests.support import site_pages
from tests.support.engines import BROWSERS, WIDTH, Engine
from tests.support.local_system import LocalSystem

pytestmark = pytest.mark.long

ARTICLE = "/ketamine-treatment-resistant-depression/"
OF_FUNCTIONS = ("/api/leads", "/api/leads/no-token", "/staff/leads/no-token")
"""Pages that a function answers with."""

PLACES = {"site-header", "crisis", "prose", "contents", "site-footer"}
LOOKS_LIKE_A_BUTTON = ".button, .share-link, .crisis-call, .site-name, .skip"

READ = f"""
const shown = (element) => element.getClientRects().length > 0;
const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
const place = (link) => link.closest("{", ".join(f".{place}" for place in sorted(PLACES))}");
return {{
  faults,
  heading: (document.querySelector("h1") || {{}}).textContent,
  width: document.documentElement.scrollWidth,
  links: all("a[href]").filter((link) => !link.matches("{LOOKS_LIKE_A_BUTTON}")).map((link) => ({{
    text: link.textContent,
    line: getComputedStyle(link).textDecorationLine,
    place: place(link) && place(link).classList[0],
  }})),
  edges: all("h1, h2, main p, main li, summary").map((text) => [text.getBoundingClientRect().left, text.textContent]),
}};
"""

UNTIL = """
const until = async (found) => {
  for (const end = Date.now() + 30000; !found() && Date.now() < end;) await new Promise((go) => setTimeout(go, 20));
  return found() && found().textContent;
};
"""

PRESS = "document.querySelector('.form button').click();"
CONFIRMATION = "return until(() => document.querySelector('.confirmation'));"
MISTAKES = "return until(() => document.querySelector('.error-summary:not([hidden]) li'));"

CARD = "const box = document.querySelector('.field .crisis').getBoundingClientRect();"
TICK = "document.querySelector('[data-priority]').click();"


@pytest.fixture(scope="module", params=BROWSERS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each of the browsers."""
    with BROWSERS[request.param]() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(engine: Engine, site: Site, local_system: LocalSystem) -> dict[str, Any]:
    """Return the facts of every page, by its address."""
    addresses = [*site_pages.built(site), *OF_FUNCTIONS]
    return {address: engine.read(local_system.url + address, READ) for address in addresses}


def fill_in(number: str) -> str:
    return f"""
      document.querySelector("#field-name").value = "Ada Lovelace";
      document.querySelector("#field-phone").value = "{number}";
    """


# Every page


def test_every_page_loads(pages: dict[str, Any]) -> None:
    assert [address for address, page in pages.items() if not page["heading"]] == []


def test_no_script_fails(pages: dict[str, Any]) -> None:
    assert {address: page["faults"] for address, page in pages.items() if page["faults"]} == {}


def test_a_script_that_fails_would_be_noticed(engine: Engine, local_system: LocalSystem) -> None:
    fault = "setTimeout(() => missing()); await new Promise((go) => setTimeout(go, 100)); return faults;"
    assert len(engine.read(local_system.url, fault)) == 1


def test_every_link_in_a_text_is_underlined(pages: dict[str, Any]) -> None:
    links = [(address, link) for address, page in pages.items() for link in page["links"]]
    assert {link["place"] for _, link in links} >= PLACES
    assert [(address, link["text"]) for address, link in links if link["line"] != "underline"] == []


def test_text_keeps_away_from_the_edge_of_the_screen(pages: dict[str, Any]) -> None:
    near = {address: [text for left, text in page["edges"] if left < 16] for address, page in pages.items()}
    assert {address: texts for address, texts in near.items() if texts} == {}


def test_nothing_is_wider_than_the_screen(pages: dict[str, Any]) -> None:
    assert {address: page["width"] for address, page in pages.items() if page["width"] > WIDTH} == {}


# The form


def test_ticking_suicidal_thoughts_leaves_or_makes_the_crisis_lines_visible(
    engine: Engine, local_system: LocalSystem
) -> None:
    height = engine.read(local_system.url + ARTICLE, f"{TICK} {CARD} return box.height;")
    assert height > 100


def test_the_trap_for_machines_is_off_the_screen(engine: Engine, local_system: LocalSystem) -> None:
    trap = "return document.querySelector('.unseen').getBoundingClientRect().right;"
    assert engine.read(local_system.url + ARTICLE, trap) <= 0


def test_a_form_that_is_filled_in_arrives_by_one_request_and_the_deadline_is_shown(
    engine: Engine, local_system: LocalSystem
) -> None:
    number = next(site_pages.NUMBERS)
    said = engine.read(local_system.url + ARTICLE, UNTIL + fill_in(number) + PRESS + CONFIRMATION)
    assert engine.sent == [f"{local_system.url}/api/leads"]
    assert re.search("We will call you by .+[AP]M", said or "nothing is said")
    stored = [lead for lead in local_system.listing("leads") if number in json.dumps(lead)]
    assert len(stored) == 1


def test_the_confirmation_has_an_address_of_its_own(engine: Engine, local_system: LocalSystem) -> None:
    number, where = (
        next(site_pages.NUMBERS),
        "return until(() => /leads/.test(location) && { textContent: location.href });",
    )
    address = engine.read(local_system.url + ARTICLE, UNTIL + fill_in(number) + PRESS + where)
    said = engine.read(address, "return document.querySelector('.confirmation').textContent;")
    assert f"the number ending in {number[-2:]}" in said


def test_mistakes_are_explained_in_place(engine: Engine, local_system: LocalSystem) -> None:
    said = engine.read(local_system.url + ARTICLE, UNTIL + fill_in("12") + PRESS + MISTAKES)
    assert engine.sent == [f"{local_system.url}/api/leads"]
    assert "phone number" in (said or "nothing is said")
