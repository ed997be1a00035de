"""The log: one JSON line an event. Nothing personal can be written: there is no field for it.

Lines go to standard output, where Lambda's JSON log format passes them on as they are.
"""

from __future__ import annotations

import json
import sys
import traceback
from types import TracebackType


def record(event: str, *, reference: str = "", outcome: str = "", seconds: float | None = None) -> None:
    """Write one line. `outcome` is a word of ours or an error code of AWS's, never anybody's text."""
    facts = {"event": event, "reference": reference, "outcome": outcome, "seconds": seconds}
    line = json.dumps({name: fact for name, fact in facts.items() if fact not in ("", None)})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def failure(event: str, error: BaseException, *, reference: str = "") -> None:
    """Write what went wrong and where, without the error's text: pydantic's and botocore's repeat the input."""
    record(event, reference=reference, outcome=f"{code(error)} at {_place(error.__traceback__)}")


def code(error: BaseException) -> str:
    """An error in one word: AWS's code where it has one, else its class."""
    response = getattr(error, "response", None)
    aws_code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(aws_code or type(error).__name__)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "leads" in frame.filename] or list(frames)
    return f"{ours[-1].filename.rsplit('/', 1)[-1]}:{ours[-1].lineno}" if ours else "?"
