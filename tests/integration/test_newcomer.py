"""A machine with python3, make and a package index: the system starts, and the command line can be installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("loopback")]

ROOT = Path(__file__).parents[2]

BASICS = ("sh", "cat", "cp", "echo", "env", "ln", "ls", "mkdir", "mv", "rm", "touch", "uname")
"""Programs that each Unix has."""

INSTALLED_WITHIN = 270
"""Seconds for the index to deliver everything."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the files that git keeps, as they are now."""
    folder = tmp_path_factory.mktemp("newcomer") / "project"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (ROOT / name).exists():  # one that was deleted and not committed is still listed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return variables whose PATH has python3, make and the basics, and nothing else."""
    programs = tmp_path_factory.mktemp("bin")
    for name in ("make", *BASICS):
        (programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    ours = ("AWS_", "LEADS_", "PYTHON", "VIRTUAL_ENV", "MAKE", "VENV", "CHROMIUM")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "PATH": str(programs)}


@pytest.fixture
def serving(
    project: Path, environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start `make serve`; yield the process and the file to which it prints."""
    log = tmp_path / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            ["make", "serve"],
            cwd=project,
            env={**environment, "PORT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process, log
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def printed_address(process: subprocess.Popen[bytes], log: Path) -> str | None:
    """Return the address if it is there already. Raises RuntimeError if the system has ended."""
    lines = log.read_text(encoding="utf-8").splitlines()
    if process.poll() is not None:
        raise RuntimeError("\n".join(["make serve ended:", *lines]))
    return next((line.split()[0] for line in lines if line.startswith("http")), None)


def test_make_serve_shows_the_site_and_ends_at_ctrl_c(serving: tuple[subprocess.Popen[bytes], Path]) -> None:
    url = until(lambda: printed_address(*serving), seconds=INSTALLED_WITHIN)
    assert url is not None
    with urllib.request.urlopen(url, timeout=60) as response:
        assert b"</html>" in response.read()
    os.killpg(serving[0].pid, signal.SIGINT)
    serving[0].wait(timeout=60)


@pytest.fixture(scope="module")
def installed(project: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the command line into a fresh environment; return its folder of programs."""
    folder = tmp_path_factory.mktemp("cli") / "venv"
    subprocess.run(["python3", "-m", "venv", str(folder)], env=environment, check=True)
    install = [str(folder / "bin" / "pip"), "install", "--quiet", "--no-input", f"{project}[cli]"]
    done = subprocess.run(install, env=environment, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def run(installed: Path, environment: dict[str, str], option: str) -> str:
    """Return what `leads` prints, run where nothing of the project can be found."""
    command = [str(installed / "leads"), option]
    done = subprocess.run(command, cwd=installed, env=environment, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def test_the_installed_command_line_says_what_it_can_do(installed: Path, environment: dict[str, str]) -> None:
    assert "Show everything about one request" in run(installed, environment, "--help")


def test_the_installed_command_line_says_its_version(installed: Path, environment: dict[str, str]) -> None:
    version = metadata.version("clinic-callback")
    assert run(installed, environment, "--version") == f"leads {version} (commit unknown)\n"
