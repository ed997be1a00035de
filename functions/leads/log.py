"""The log: one JSON line an event, and the numbers that alarms watch. Nothing personal can be written:
there is no field for it.

Lines go to standard output, where Lambda's JSON log format passes them on as they are. A line with
metrics is in CloudWatch's embedded metric format, which makes metrics of it without a call.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Mapping
from types import TracebackType

NAMESPACE = "ClinicCallback"


def record(event: str, *, reference: str = "", outcome: str = "", metrics: Mapping[str, float] | None = None) -> None:
    """Write one line. `outcome` is a word of ours or an error code of AWS's, never anybody's text."""
    facts = {"event": event, "reference": reference, "outcome": outcome}
    line: dict[str, object] = {name: fact for name, fact in facts.items() if fact}
    if metrics:
        line |= {**metrics, "_aws": _embedded(list(metrics))}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _embedded(names: list[str]) -> dict[str, object]:
    # No dimensions: one practice, one namespace, and nothing that could hold a person.
    metrics = [{"Name": name} for name in names]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}
    return {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}


def failure(event: str, error: BaseException, *, reference: str = "") -> None:
    """Write what went wrong and where, without the error's text: pydantic's and botocore's repeat the input."""
    record(event, reference=reference, outcome=f"{code(error)} at {_place(error.__traceback__)}", metrics={"Failed": 1})


def code(error: BaseException) -> str:
    """An error in one word: AWS's code where it has one, else its class."""
    response = getattr(error, "response", None)
    aws_code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(aws_code or type(error).__name__)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "leads" in frame.filename] or list(frames)
    return f"{ours[-1].filename.rsplit('/', 1)[-1]}:{ours[-1].lineno}" if ours else "?"
