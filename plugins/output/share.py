"""Share links, as plain addresses in the order of the practice file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from leads.domain.practice import Practice
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class ShareTarget:
    """A way to share a page. Values in its address are percent-encoded."""

    label: str
    address: str = ""
    """Empty where the page's own script does it."""


TARGETS: Mapping[str, ShareTarget] = {
    "copy": ShareTarget("Copy link"),
    "print": ShareTarget("Print"),
    "device": ShareTarget("Share with another app"),
    "pinterest": ShareTarget(
        "Pin it on Pinterest",
        "https://www.pinterest.com/pin/create/button/?url={url}&media={media}&description={title}",
    ),
    "facebook": ShareTarget("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "x": ShareTarget("X", "https://x.com/intent/tweet?text={title}&url={url}"),
    "linkedin": ShareTarget("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "whatsapp": ShareTarget("WhatsApp", "https://wa.me/?text={title}%20{url}"),
    "telegram": ShareTarget("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    "reddit": ShareTarget("Reddit", "https://www.reddit.com/submit?url={url}&title={title}"),
    "bluesky": ShareTarget("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    "threads": ShareTarget("Threads", "https://www.threads.com/intent/post?text={title}&url={url}"),
    "email": ShareTarget("Email", "mailto:?subject={title}&body={words}%0A%0A{url}"),
    "sms": ShareTarget("Text message", "sms:?&body={words}%20{url}"),
}
"""What `share.networks` of the practice file may name. theme/static/icons.svg has a symbol for each."""

SHOWN_AT_ONCE = 5

LOCATION = ("share", "networks")

# Literal takes a tuple at run time; mypy wants every target written out.
_NETWORKS: TypeAdapter[Any] = TypeAdapter(tuple[Literal[tuple(TARGETS)], ...])  # type: ignore[misc, arg-type]


def with_default_networks(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the practice file's values with every target where it names none."""
    return {**facts, "share": {"networks": list(TARGETS), **facts.get("share", {})}}


def network_errors(facts: Mapping[str, Any]) -> list[ErrorDetails]:
    """Return pydantic's errors about `share.networks` of the practice file.

    The model that is shipped to Lambda does not know the theme's targets, so it takes any text there.
    """
    section = facts.get("share")
    try:
        _NETWORKS.validate_python(section.get("networks", ()) if isinstance(section, Mapping) else ())
    except ValidationError as invalid:
        return [{**error, "loc": (*LOCATION, *error["loc"])} for error in invalid.errors(include_url=False)]
    return []


@dataclass(frozen=True)
class ShareLink:
    """A link of the share block. `url` is empty where the page's own script does it."""

    network: str
    label: str
    icon: str
    url: str


@dataclass(frozen=True)
class ShareLinks:
    """The links of the share block: those that are shown at once, and those behind "More"."""

    first: list[ShareLink]
    more: list[ShareLink]


def share_links(practice: Practice, title: str, url: str, media: str) -> ShareLinks:
    """Return the links that share a page, in the practice file's order.

    `url` is the page's absolute address, `media` the absolute address of its tall picture. The device's own menu comes
    on top of the five that are shown at once, because many devices have none.
    """
    links = [_link(network, title, url, media, practice.share.words) for network in practice.share.networks]
    shown = [place for place, link in enumerate(links, 1) if link.network != "device"]
    end = shown[SHOWN_AT_ONCE - 1] if len(shown) > SHOWN_AT_ONCE else len(links)
    return ShareLinks(links[:end], links[end:])


def _link(network: str, title: str, url: str, media: str, words: str) -> ShareLink:
    target = TARGETS[network]
    values = {"title": title, "url": with_utm_source(url, network), "media": media, "words": words}
    encoded = {name: quote(value, safe="") for name, value in values.items()}
    return ShareLink(network, target.label, network, target.address.format(**encoded))


def with_utm_source(url: str, network: str) -> str:
    """Return the address with `utm_source`, which the form stores with a lead."""
    parts = urlsplit(url)
    query = f"{parts.query}&utm_source={network}".lstrip("&")
    return parts._replace(query=query).geturl()
