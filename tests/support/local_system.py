"""`make serve` in a copy of the project, so that a test may edit the files and no open editor disturbs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
PARTS = ("content", "theme", "plugins", "functions", "infra", "pelicanconf.py", "pyproject.toml")

IGNORING_SIGINT = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""Runs a program as nohup or a script's background job does: it inherits that SIGINT is ignored."""


@dataclass(frozen=True)
class LocalSystem:
    """The running system."""

    root: Path
    process: subprocess.Popen[bytes]
    log: Path
    url: str

    def listing(self, name: str) -> list[dict[str, Any]]:
        """Return what /local/inbox or /local/leads lists."""
        request = urllib.request.Request(f"{self.url}/local/{name}", headers={"accept": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            listed: list[dict[str, Any]] = json.load(response)
        return listed

    def end(self, signal_number: int = signal.SIGINT) -> int:
        """Send the signal as Ctrl-C in a terminal does, to the whole process group, and return the exit code."""
        os.killpg(self.process.pid, signal_number)
        return self.process.wait(timeout=60)


def copy(folder: Path) -> Path:
    """Copy the project's files into this folder and return it."""
    unwanted = shutil.ignore_patterns("__pycache__", "compiled")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy(source, folder / name)
    return folder


def environment(root: Path, **changes: str) -> dict[str, str]:
    """Return the environment in which a program imports this copy, not the installed project."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEADS_"))}
    return {**inherited, "PYTHONPATH": str(root / "functions"), "PORT": "0", "SWEEP_SECONDS": "1", **changes}


def start(root: Path, log: Path, wrapper: Sequence[str] = (), **changes: str) -> subprocess.Popen[bytes]:
    """Start the system in a process group of its own, as a terminal does, and return before it is ready."""
    with log.open("wb") as out:
        return subprocess.Popen(
            [*wrapper, sys.executable, "-u", "-m", "infra.local"],
            cwd=root,
            env=environment(root, **changes),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that it prints when it is ready. Raises RuntimeError if it ends before."""

    def printed() -> str | None:
        lines = log.read_text(encoding="utf-8").splitlines()
        if process.poll() is not None:
            raise RuntimeError("\n".join(["the local system ended:", *lines]))
        return next((line.split()[0] for line in lines if line.startswith("http")), None)

    return until(printed, seconds=120) or ""


@contextmanager
def running(folder: Path, wrapper: Sequence[str] = (), **changes: str) -> Iterator[LocalSystem]:
    """Yield a system that runs as long as the block."""
    root, log = copy(folder / "project"), folder / "log.txt"
    process = start(root, log, wrapper, **changes)
    try:
        yield LocalSystem(root, process, log, address(process, log))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
