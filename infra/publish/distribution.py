"""What visitors get: CloudFront's copies of the pages, and the page itself as it comes over the network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

from infra.publish.release import addresses

Fetch = Callable[[str], bytes]

MAX_ATTEMPTS = 24
"""Looks at the live page, five seconds apart: an invalidation is through in a few seconds, rarely in a minute."""


@dataclass(frozen=True)
class Distribution:
    """All that is asked of CloudFront."""

    id: str
    client: Any

    def invalidate(self, pages: Iterable[str], reference: str) -> None:
        """Let it forget its copies of these pages."""
        paths = sorted(quote(address) for page in pages for address in addresses(page))
        batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": reference}
        self.client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)


def fetch(url: str) -> bytes:
    """The page at this address, over the network. Raises OSError."""
    with urlopen(Request(url), timeout=10) as answer:  # noqa: S310 -- the stack's own https address
        body: bytes = answer.read()
    return body


def pause(seconds: float) -> None:
    """Give the caches time."""
    time.sleep(seconds)


def page_problem(url: str, expected: str, fetch: Fetch, attempts: int) -> str:
    """Why the page at this address is not the one with this SHA-256; empty if it is."""
    problem = ""
    for attempt in range(attempts):
        if attempt:
            pause(5)
        try:
            problem = "" if sha256(fetch(url)).hexdigest() == expected else "it is another page"
        except OSError as error:
            problem = str(error)
        if not problem:
            break
    return problem
