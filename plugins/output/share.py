"""Share links: plain addresses, made at build time, in the order that the practice file gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from leads.domain.practice import Practice


@dataclass(frozen=True)
class Target:
    """Where a page can be shared. Every value in its address is percent-encoded."""

    label: str
    address: str = ""
    """Empty for what the page does itself."""


TARGETS: Mapping[str, Target] = {
    "copy": Target("Copy link"),
    "print": Target("Print"),
    "device": Target("Share with another app"),
    "pinterest": Target(
        "Pinterest", "https://www.pinterest.com/pin/create/button/?url={url}&media={media}&description={title}"
    ),
    "facebook": Target("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "x": Target("X", "https://x.com/intent/tweet?text={title}&url={url}"),
    "linkedin": Target("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "whatsapp": Target("WhatsApp", "https://wa.me/?text={title}%20{url}"),
    "telegram": Target("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    "reddit": Target("Reddit", "https://www.reddit.com/submit?url={url}&title={title}"),
    "bluesky": Target("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    "threads": Target("Threads", "https://www.threads.com/intent/post?text={title}&url={url}"),
    "email": Target("Email", "mailto:?subject={title}&body={url}"),
    "sms": Target("Text message", "sms:?&body={title}%20{url}"),
}


@dataclass(frozen=True)
class ShareLink:
    """One link of the share block; `url` is empty for what the page does itself."""

    network: str
    label: str
    icon: str
    url: str


def share_links(practice: Practice, title: str, url: str, media: str) -> list[ShareLink]:
    """Links that share a page: its title, its absolute address and its tall picture."""
    return [_link(network, title, url, media) for network in practice.share.networks]


def _link(network: str, title: str, url: str, media: str) -> ShareLink:
    target = TARGETS[network]
    values = {"title": title, "url": tagged(url, network), "media": media}
    encoded = {name: quote(value, safe="") for name, value in values.items()}
    return ShareLink(network, target.label, network, target.address.format(**encoded))


def tagged(url: str, network: str) -> str:
    """The address with the network's name, so that a lead can tell what brought it."""
    parts = urlsplit(url)
    query = f"{parts.query}&utm_source={network}".lstrip("&")
    return parts._replace(query=query).geturl()
