"""The one place that asks what time it is; all else takes the time as an argument."""

from __future__ import annotations

import datetime as dt
import math
import time
from dataclasses import dataclass
from typing import Self


def now() -> dt.datetime:
    """This moment, UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Deadline:
    """A moment by which an answer must be out, by the machine's monotonic clock."""

    at: float = math.inf

    @classmethod
    def within(cls, seconds: float) -> Self:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def seconds_left(self) -> float:
        """How long until then; less than nothing once it has passed."""
        return self.at - time.monotonic()


NEVER = Deadline()
