"""The clock. Only the handlers read it; everything else takes the time, or the clock, as an argument."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

Clock = Callable[[], dt.datetime]
"""Returns the current time, UTC."""


def now() -> dt.datetime:
    """Return the current time, UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Deadline:
    """The latest moment for an answer, by the machine's monotonic clock."""

    at: float = math.inf

    @classmethod
    def within(cls, seconds: float) -> Self:
        """Return the deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def seconds_left(self) -> float:
        """Return the seconds left; negative once it has passed."""
        return self.at - time.monotonic()


NEVER = Deadline()
