"""CloudFront: its cached copies of the pages, and a page as a visitor receives it."""

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
"""How often the live page is fetched, five seconds apart: an invalidation takes seconds, rarely a minute."""


@dataclass(frozen=True)
class Distribution:
    """Every request to CloudFront that publishing makes."""

    id: str
    client: Any

    def invalidate(self, pages: Iterable[str], reference: str) -> None:
        """Invalidate the cached copies of these pages. CloudFront carries out one invalidation for a reference."""
        paths = sorted(quote(address) for page in pages for address in addresses(page))
        batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": reference}
        self.client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)


def fetch(url: str) -> bytes:
    """Return the page at this address, fetched over the network. Raises OSError."""
    with urlopen(Request(url), timeout=10) as answer:  # noqa: S310 -- the stack's own https address
        body: bytes = answer.read()
    return body


def pause(seconds: float) -> None:
    """Wait for the caches."""
    time.sleep(seconds)


def page_problem(url: str, expected: str, fetch: Fetch, attempts: int) -> str:
    """Return why the page at this address does not have this SHA-256; "" if it has.

    Tries so many times, five seconds apart.
    """
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
