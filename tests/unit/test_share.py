"""Share links."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.domain.lead import Lead

from plugins.output.share import SHOWN_AT_ONCE, TARGETS, ShareLink, network_errors, share_links, with_default_networks
from tests.support.factories import ANSWERS, practice

ROOT = Path(__file__).parents[2]

TITLES = st.text(min_size=1)
HOSTS = st.from_regex(r"[a-z0-9]{1,20}(\.[a-z]{2,6}){1,2}", fullmatch=True)
SLUGS = st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,5}", fullmatch=True)
ADDRESSES = st.builds("https://{}/{}/".format, HOSTS, SLUGS)
WORDS = practice().share.words
BY_ITSELF = ("copy", "print", "device")
"""What the page does itself."""


def links(title: str, url: str, media: str = "https://example.com/pin.png") -> dict[str, ShareLink]:
    every = practice(share={"networks": list(TARGETS)})
    found = share_links(every, title, url, media)
    return {link.network: link for link in (*found.first, *found.more)}


def values(link: ShareLink) -> list[str]:
    """Return the values that the receiver of a link decodes."""
    parts = urlsplit(link.url)
    assert not parts.fragment, "whatever follows # never arrives"
    query = parts.query.removeprefix("&")
    found = parse_qs(query, keep_blank_values=True, strict_parsing=True)
    assert "+" not in query, "a mail program would keep the plus"
    assert all(len(each) == 1 for each in found.values())
    return [each[0] for each in found.values()]


def test_a_practice_file_that_names_no_network_gets_every_one() -> None:
    assert with_default_networks({"name": "x"})["share"] == {"networks": list(TARGETS)}
    assert with_default_networks({"share": {"networks": ["x"]}})["share"] == {"networks": ["x"]}


@pytest.mark.parametrize("share", [{"networks": list(TARGETS)}, {"networks": []}, {}, "no section"])
def test_networks_that_the_theme_has_are_accepted(share: object) -> None:
    assert network_errors({"share": share}) == []


@pytest.mark.parametrize("wrong", ["myspace", "Copy", " copy", "", 5])
def test_a_network_that_the_theme_does_not_have_is_refused_at_its_place(wrong: object) -> None:
    (error,) = network_errors({"share": {"networks": ["copy", wrong]}})
    assert (error["type"], error["loc"], error["input"]) == ("literal_error", ("share", "networks", 1), wrong)


def test_networks_must_be_a_list() -> None:
    (error,) = network_errors({"share": {"networks": "copy"}})
    assert (error["type"], error["loc"]) == ("tuple_type", ("share", "networks"))


def test_every_target_has_its_icon() -> None:
    icons = (ROOT / "theme/static/icons.svg").read_text(encoding="utf-8")
    assert set(TARGETS) <= set(re.findall(r'<symbol id="(\w+)"', icons))


@given(st.permutations(list(TARGETS)), st.integers(0, len(TARGETS)))
def test_links_come_in_the_order_of_the_practice_file(networks: list[str], count: int) -> None:
    found = share_links(practice(share={"networks": networks[:count]}), "x", "https://example.com/x/", "")
    assert [link.network for link in (*found.first, *found.more)] == networks[:count]


@given(st.permutations(list(TARGETS)))
def test_five_links_are_shown_at_once_beside_the_device_s_own_menu(networks: list[str]) -> None:
    found = share_links(practice(share={"networks": networks}), "x", "https://example.com/x/", "")
    assert len([link for link in found.first if link.network != "device"]) == SHOWN_AT_ONCE


def test_few_links_are_all_shown_at_once() -> None:
    networks = ["copy", "print", "device", "pinterest", "email", "sms"]
    assert share_links(practice(share={"networks": networks}), "x", "https://example.com/x/", "").more == []


@pytest.mark.parametrize("network", ["email", "sms"])
def test_a_message_begins_with_the_practice_s_words(network: str) -> None:
    written = practice(share={"networks": [network], "words": "For you & me."})
    (link,) = share_links(written, "x", "https://example.com/x/", "").first
    assert values(link)[-1].startswith("For you & me.")


@given(TITLES, ADDRESSES, ADDRESSES)
def test_every_link_gives_back_exactly_what_went_in(title: str, url: str, media: str) -> None:
    for network, link in links(title, url, media).items():
        shared = f"{url}?utm_source={network}"
        if network in BY_ITSELF:
            assert link.url == ""
        elif network in {"facebook", "linkedin"}:
            assert values(link) == [shared]
        elif network == "pinterest":
            assert values(link) == [shared, media, title]
        elif network in {"whatsapp", "bluesky"}:
            assert values(link) == [f"{title} {shared}"]
        elif network == "sms":
            assert values(link) == [f"{WORDS} {shared}"]
        elif network == "email":
            assert values(link) == [title, f"{WORDS}\n\n{shared}"]
        else:
            assert sorted(values(link)) == sorted([title, shared])


AS_AGREED = {
    "pinterest": "https://www.pinterest.com/pin/create/button/?url=U&media=M&description=T",
    "facebook": "https://www.facebook.com/sharer/sharer.php?u=U",
    "x": "https://x.com/intent/tweet?text=T&url=U",
    "linkedin": "https://www.linkedin.com/sharing/share-offsite/?url=U",
    "whatsapp": "https://wa.me/?text=T%20U",
    "telegram": "https://t.me/share/url?url=U&text=T",
    "reddit": "https://www.reddit.com/submit?url=U&title=T",
    "bluesky": "https://bsky.app/intent/compose?text=T%20U",
    "threads": "https://www.threads.com/intent/post?text=T&url=U",
    "email": "mailto:?subject=T&body=W%0A%0AU",
    "sms": "sms:?&body=W%20U",
}
"""What each network documents; T is the title, U the address, M the picture and W the practice's words."""


@pytest.mark.parametrize("network", AS_AGREED)
def test_a_link_is_the_one_that_its_network_documents(network: str) -> None:
    address = f"https%3A%2F%2Fa.example%2Fb%2F%3Futm_source%3D{network}"
    found = links("Sleep & mood", "https://a.example/b/", "https://a.example/p.png")[network].url
    assert found == AS_AGREED[network].translate(
        {
            ord("T"): "Sleep%20%26%20mood",
            ord("U"): address,
            ord("M"): "https%3A%2F%2Fa.example%2Fp.png",
            ord("W"): quote(WORDS, safe=""),
        }
    )


@given(TITLES, ADDRESSES)
def test_nothing_is_left_raw(title: str, url: str) -> None:
    for link in links(title, url).values():
        assert link.url.isascii()
        assert not set(link.url) & set(" \"'<>\\^`{}|\n\t")
        assert unquote(link.url).replace("\n", "").isprintable() or not title.isprintable()


@pytest.mark.parametrize("network", [name for name in TARGETS if name not in BY_ITSELF])
def test_a_lead_can_name_the_network_that_brought_it(network: str) -> None:
    shared = next(value for value in values(links("x", "https://example.com/x/")[network]) if "utm_source" in value)
    source = parse_qs(urlsplit(shared.split()[-1]).query)["utm_source"]
    lead = Lead.from_form({**ANSWERS, "utm_source": source}, practice())
    assert lead.utm_source == network


def test_an_address_with_a_query_of_its_own_keeps_it() -> None:
    assert values(links("x", "https://example.com/x/?a=1#b")["facebook"]) == [
        "https://example.com/x/?a=1&utm_source=facebook#b"
    ]
