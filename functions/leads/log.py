"""The log: one JSON line for each event, with metrics for alarms. It has no field for anything personal.

Lines go to standard output, which Lambda's JSON log format passes on unchanged. A line with metrics is in CloudWatch's
embedded metric format, from which CloudWatch makes metrics without a call.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Mapping
from types import TracebackType

NAMESPACE = "ClinicCallback"


def event(name: str, *, reference: str = "", outcome: str = "", metrics: Mapping[str, float] | None = None) -> None:
    """Write one line. `outcome` is one of our own words or an AWS error code, never typed text."""
    facts = {"event": name, "reference": reference, "outcome": outcome}
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


def exception(name: str, error: BaseException, *, reference: str = "") -> None:
    """Write the error's code and place, without its text: pydantic's and botocore's repeat the input."""
    event(
        name,
        reference=reference,
        outcome=f"{error_code(error)} at {_place(error.__traceback__)}",
        metrics={"Failed": 1},
    )


def error_code(error: BaseException) -> str:
    """Return AWS's error code where the error has one, else the name of its class."""
    response = getattr(error, "response", None)
    aws_code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(aws_code or type(error).__name__)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "leads" in frame.filename] or list(frames)
    return f"{ours[-1].filename.rsplit('/', 1)[-1]}:{ours[-1].lineno}" if ours else "?"
