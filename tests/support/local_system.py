"""`make serve`, in a copy of the project: a test may edit the article, and nobody's open editor disturbs a test."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
PARTS = ("content", "theme", "plugins", "functions", "infra", "pelicanconf.py")


@dataclass(frozen=True)
class LocalSystem:
    """The running system."""

    root: Path
    process: subprocess.Popen[bytes]
    log: Path
    url: str

    def listing(self, name: str) -> list[dict[str, Any]]:
        """What /local/inbox or /local/leads lists."""
        request = urllib.request.Request(f"{self.url}/local/{name}", headers={"accept": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            listed: list[dict[str, Any]] = json.load(response)
        return listed

    def end(self, signal_number: int = signal.SIGINT) -> int:
        """What Ctrl-C in a terminal does; the exit code."""
        os.killpg(self.process.pid, signal_number)
        return self.process.wait(timeout=60)


def copy(folder: Path) -> Path:
    """The project's own files, in this folder."""
    unwanted = shutil.ignore_patterns("__pycache__", "compiled")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy(source, folder / name)
    return folder


def environment(root: Path, **changes: str) -> dict[str, str]:
    """What a program needs to run this copy, and not the project that is installed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEADS_"))}
    return {**inherited, "PYTHONPATH": str(root / "functions"), "PORT": "0", "SWEEP_SECONDS": "1", **changes}


def react_to_ctrl_c() -> None:
    """Undo an ignored SIGINT, which a background job of a shell script inherits, so that Ctrl-C ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(root: Path, log: Path, **changes: str) -> subprocess.Popen[bytes]:
    """The system, with a process group of its own as a terminal gives it; it may not be ready yet."""
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "infra.local"],
            cwd=root,
            env=environment(root, **changes),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=react_to_ctrl_c,  # noqa: PLW1509 -- it takes no lock that another thread could hold
        )


def address(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that it prints when it is ready."""

    def printed() -> str | None:
        lines = log.read_text(encoding="utf-8").splitlines()
        if process.poll() is not None:
            raise RuntimeError("\n".join(["the local system ended:", *lines]))
        return next((line.split()[0] for line in lines if line.startswith("http")), None)

    return until(printed, seconds=120) or ""


@contextmanager
def running(folder: Path, **changes: str) -> Iterator[LocalSystem]:
    """The system that lives as long as the block."""
    root, log = copy(folder / "project"), folder / "log.txt"
    process = start(root, log, **changes)
    try:
        yield LocalSystem(root, process, log, address(process, log))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
