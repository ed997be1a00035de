"""Links to the notices that the law asks a practice's site to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leads.domain.practice import Notices

PRIVACY_PRACTICES = "Notice of Privacy Practices"
GOOD_FAITH_ESTIMATE = "Your right to a good-faith estimate"


@dataclass(frozen=True)
class NoticeLink:
    """A link of each page's footer."""

    label: str
    address: str
    """A page of this site, or a whole address."""


def links(notices: Notices) -> Iterator[NoticeLink]:
    """Yield a link for each notice that the practice shows, in the order of the file."""
    named = {PRIVACY_PRACTICES: notices.privacy_practices, GOOD_FAITH_ESTIMATE: notices.good_faith_estimate}
    for label, notice in {**named, **notices.others}.items():
        if notice and not notice.startswith("none:"):
            yield NoticeLink(label, notice)
