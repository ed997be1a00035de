"""Bytecode for the package's sources, so that nothing is compiled while a function starts."""

from __future__ import annotations

from pathlib import Path

from infra.package import interpreter

TAG = "cpython-313"
"""The part of a bytecode file's name that says which Python wrote it."""

UNPACKED_AT = "/var/task"
"""Where Lambda unpacks the zip: the path that tracebacks name, wherever the bytecode was compiled."""


def compile_sources(directory: Path, root: Path) -> None:
    """Write the bytecode of every source in the directory; `root` is the folder that Lambda unpacks at UNPACKED_AT.

    Raises PackageError.
    """
    # unchecked-hash: Python uses such bytecode without comparing it with the source's date.
    options = ["-q", "--invalidation-mode=unchecked-hash", "-s", str(root), "-p", UNPACKED_AT]
    interpreter.run_module("compileall", *options, str(directory))
