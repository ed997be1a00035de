"""One process of a function, as Lambda starts it, with a clock that the simulation moves.

python -m tests.faults.worker tests.faults.worker.capture
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from awslambdaric.__main__ import main  # type: ignore[import-untyped]

OFFSET = "FAULTS_CLOCK"
"""The variable with the path of the file that holds the seconds by which the clock is ahead."""

NAME = "tests.faults.worker"

CLOCK_SKEW = "FAULTS_SKEW"
"""The variable with the seconds by which this process's own clock is off."""


def moved() -> dt.datetime:
    """Return the present moment by the simulation's clock, UTC."""
    ahead = float(Path(os.environ[OFFSET]).read_text(encoding="ascii")) + float(os.environ[CLOCK_SKEW])
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead)


def handler_name(handler: str) -> str:
    """Return the name in this module of a handler that the template names: "leads.handlers.capture.handler"."""
    return f"{NAME}.{handler.split('.')[-2]}"


def __getattr__(name: str) -> Any:
    """Return the handler of this name on the simulation's clock: AWS's runtime client looks it up here."""
    if name not in {"capture", "staff", "sweep"}:
        raise AttributeError(name)
    from leads.handlers.preparation import prepared
    from leads.wiring import Wiring

    return import_module(f"leads.handlers.{name}").make_handler(prepared(Wiring(clock=moved)))


if __name__ == "__main__":
    main(sys.argv)
