"""One process of a function, as Lambda starts it, with a clock that the simulation moves.

python -m tests.faults.worker leads.handlers.capture.handler
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from awslambdaric.__main__ import main  # type: ignore[import-untyped]
from leads import clock

OFFSET = "FAULTS_CLOCK"
"""The variable with the path of the file that holds the seconds by which the clock is ahead."""

CLOCK_SKEW = "FAULTS_SKEW"
"""The variable with the seconds by which this process's own clock is off."""


def moved() -> dt.datetime:
    """Return the present moment by the simulation's clock, UTC."""
    ahead = float(Path(os.environ[OFFSET]).read_text(encoding="ascii")) + float(os.environ[CLOCK_SKEW])
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead)


if __name__ == "__main__":
    clock.now = moved
    main(sys.argv)
