"""Durations in words. Pure."""

from __future__ import annotations

import datetime as dt


def in_words(duration: dt.timedelta) -> str:
    """Return the two largest units, rounded down: 2 d 4 h, 3 h 20 min, 35 min, or "under a minute"."""
    minutes = int(abs(duration).total_seconds() // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return _two(days, "d", hours % 24, "h")
    if hours:
        return _two(hours, "h", minutes % 60, "min")
    return f"{minutes} min" if minutes else "under a minute"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
