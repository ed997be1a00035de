"""One process of a function, as Lambda starts it: AWS's runtime client, but on a clock that the harness moves.

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
"""Names the variable that names the file with how many seconds the clock is ahead."""

CLOCK_SKEW = "FAULTS_SKEW"
"""Names the variable with how many seconds this process's own clock is off: no two machines agree."""


def moved() -> dt.datetime:
    """This moment by the harness's clock, UTC."""
    ahead = float(Path(os.environ[OFFSET]).read_text(encoding="ascii")) + float(os.environ[CLOCK_SKEW])
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead)


if __name__ == "__main__":
    clock.now = moved
    main(sys.argv)
