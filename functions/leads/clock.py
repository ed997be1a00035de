"""The one place that asks what time it is; all else takes the time as an argument."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """This moment, UTC."""
    return dt.datetime.now(dt.UTC)
