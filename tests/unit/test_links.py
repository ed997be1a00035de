"""Links of the built site that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.lint.links import broken_links


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "sleep").mkdir()
    (tmp_path / "a file.png").write_bytes(b"")
    (tmp_path / "index.html").write_text('<p id="top">', encoding="utf-8")
    (tmp_path / "sleep" / "index.html").write_text('<p id="why">', encoding="utf-8")
    return tmp_path


def found(output: Path, target: str) -> list[str]:
    (output / "page.html").write_text(f'<p id="here"><a href="{target}">x</a>', encoding="utf-8")
    return [link.reason for link in broken_links(output)]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "#here",
        "#",
        "/#top",
        "/sleep/",
        "/sleep/#why",
        "sleep/",
        "/a%20file.png",
        "/page.html?utm_source=x#here",
        "https://example.com/nope/",
        "//example.com/nope",
        "mailto:a@example.com",
        "tel:988",
        "sms:988",
        "/api/leads",
        "/staff/leads/x",
    ],
)
def test_links_that_lead_somewhere_are_accepted(output: Path, target: str) -> None:
    assert found(output, target) == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/nope/", "leads nowhere: there is no such page or file"),
        ("/sleep", "leads nowhere: there is no such page or file"),
        ("nope.png", "leads nowhere: there is no such page or file"),
        ("#nope", "leads nowhere: the page has no such place"),
        ("/sleep/#here", "leads nowhere: the page has no such place"),
        ("", ""),
    ],
)
def test_links_that_lead_nowhere_are_found(output: Path, target: str, reason: str) -> None:
    assert found(output, target) == ([reason] if reason else [])


def test_a_name_that_two_places_share_is_found(output: Path) -> None:
    (output / "page.html").write_text('<h2 id="a"></h2><h2 id="a"></h2>', encoding="utf-8")
    assert [(link.target, link.reason) for link in broken_links(output)] == [("#a", "leads to 2 places on the page")]


def test_pictures_scripts_and_forms_are_links_too(output: Path) -> None:
    (output / "page.html").write_text('<img src="/a"><script src="/b"></script><form action="/c">', encoding="utf-8")
    assert [link.target for link in broken_links(output)] == ["/a", "/b", "/c"]


OWN = ("https://www.lakeside.example", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://www.lakeside.example/nope/", ["leads nowhere: there is no such page or file"]),
        ("http://127.0.0.1:8000/sleep/#nope", ["leads nowhere: the page has no such place"]),
        ("https://www.lakeside.example/sleep/#why", []),
        ("https://www.lakeside.example", []),
        ("https://www.lakeside.example.com/nope/", []),
        ("https://www.other.example/nope/", []),
    ],
)
def test_a_link_with_the_sites_own_address_is_looked_at_like_one_without(
    output: Path, target: str, reason: list[str]
) -> None:
    (output / "page.html").write_text(f'<a href="{target}">x</a>', encoding="utf-8")
    assert [link.reason for link in broken_links(output, OWN)] == reason


@pytest.mark.parametrize("target", ["/sleep/", "/sleep/#why", f"{OWN[0]}/sleep/", "/draft/"])
def test_a_link_to_a_page_that_is_public_later_is_found(output: Path, target: str) -> None:
    (output / "page.html").write_text(f'<a href="{target}">x</a>', encoding="utf-8")
    found = broken_links(output, OWN, lambda page, to: page == "/page.html" and to in {"/sleep/", "/draft/"})
    assert [link.reason for link in found] == ["leads to a page that is not public yet"]
