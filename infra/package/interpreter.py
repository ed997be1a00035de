"""The Python that the functions run on, found on this machine, and programs that are run by it."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

VERSION = "3.13"
"""The Python that the functions run on: the same as in infra/template.yaml."""


class PackageError(RuntimeError):
    """The zip cannot be made; the text says what is missing and what to do."""


@cache
def python() -> Path:
    """Return the Python that the functions run on: PYTHON313, one on the PATH, or one of pyenv's.

    Raises PackageError if there is none.
    """
    named = os.environ.get("PYTHON313")
    on_path = (shutil.which(name) for name in (f"python{VERSION}", "python3"))
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{VERSION}.*/bin/python3"))
    for candidate in [named] if named else [*filter(None, on_path), *map(str, pyenv)]:
        if full_version(candidate).startswith(f"{VERSION}."):
            return Path(candidate)
    raise PackageError(
        f"Python {VERSION}, which Lambda runs the functions on, is needed to compile them, and "
        f"{named or 'none on the PATH'} is not one. Install it, or name yours: PYTHON313=/path/to/python{VERSION}"
    )


@cache
def full_version(candidate: str) -> str:
    """Return `sys.version` of this Python; "" if it is none, or belongs to a virtual environment.

    A virtual environment has more packages on its path than Lambda has.
    """
    command = [candidate, "-c", "import sys; print(sys.version if sys.prefix == sys.base_prefix else '')"]
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout  # noqa: S603 -- our own
    except OSError:
        return ""


def run_module(module: str, *arguments: str) -> None:
    """Run `python -m module` with the functions' Python. Raises PackageError with its output if it fails."""
    command = [str(python()), "-m", module, *arguments]
    # Hashes of text differ from process to process, and with them the order of a set in the bytecode.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 -- our own
    if done.returncode:
        raise PackageError(f"{' '.join(command[1:4])} failed:\n{done.stdout}{done.stderr}")
