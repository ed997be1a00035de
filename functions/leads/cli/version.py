"""Version and commit of the installed command, for `leads --version`."""

from __future__ import annotations

import subprocess
from importlib import metadata
from pathlib import Path

from leads.version import UNKNOWN, recorded

LEADS = Path(__file__).parents[1]
DISTRIBUTION = "clinic-callback"


def described(leads: Path = LEADS) -> str:
    """Return the version and the commit of the package in this folder.

    The build writes both to compiled/version.json. Without that file the version is the installed distribution's, and
    the commit is git's if the package lies in a checkout. Each is "unknown" where it cannot be found.
    """
    known = recorded(leads / "compiled")
    version, commit = known.get("version") or _version(), known.get("commit") or _commit(leads)
    return f"{version} (commit {commit})"


def _version() -> str:
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return UNKNOWN


def _commit(leads: Path) -> str:
    # An installed package may lie inside a checkout of something else: then git does not keep this file.
    if _git(leads, "ls-files", "--error-unmatch", "__init__.py") is None:
        return UNKNOWN
    return _git(leads, "describe", "--always", "--dirty", "--exclude=*") or UNKNOWN


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git prints, or None if it fails or is not installed."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")  # noqa: S603 -- our own command
    except OSError:
        return None
    return None if done.returncode else done.stdout.strip()
