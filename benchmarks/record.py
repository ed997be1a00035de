"""All figures of a run with their samples, the machine and the commit, as JSON."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.tables import percentile, samples

ROOT = Path(__file__).parents[1]

Results = dict[str, Mapping[str, Sequence[Any]]]
"""Of each part that was measured: dataclasses with the figures of each round, by handler or case."""


def text(results: Results, lines: int) -> str:
    """Return the run as JSON: seconds, bytes or counts, as the dataclasses say."""
    figures = {
        part: {
            name: {figure: _summary(values) for figure, values in samples(rounds).items()}
            for name, rounds in cases.items()
        }
        for part, cases in results.items()
    }
    return json.dumps({"commit": _commit(), "machine": _machine(), "lines": lines, "figures": figures}, indent=1)


def _summary(values: Sequence[Any]) -> dict[str, Any]:
    if len(values) < 2 or not isinstance(values[0], int | float):
        return {"samples": values}
    low, middle, high = (percentile(values, part) for part in (25, 50, 75))
    return {"median": middle, "quartiles": [low, high], "samples": values}


def _machine() -> dict[str, Any]:
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return {
        "processor": model[1] if model else platform.machine(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "system": platform.platform(),
    }


def _commit() -> str:
    """Return the commit with "-dirty" where a tracked file has changed since; "" outside of a repository."""
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True).stdout.strip()


def lines() -> int:
    """Return how many lines functions, infra and tests have."""
    command = ["git", "ls-files", "-z", "functions", "infra", "tests"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return sum(file.read_bytes().count(b"\n") for file in files if file.exists())
