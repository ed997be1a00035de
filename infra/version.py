"""The project's version and the git commit of the code that runs here."""

from __future__ import annotations

import json
import subprocess
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SHIPPED = ("functions", "requirements/function.txt", "pyproject.toml", "infra/package")
"""What a package is made from, besides what the site's build compiles."""

UNKNOWN = "unknown"

SHA_LENGTH = 12
"""Characters of the commit's SHA. Git's own short form grows with the repository; this one does not."""


@dataclass(frozen=True)
class Version:
    """Which code this is."""

    version: str
    """The version in pyproject.toml, "0.1.0"."""
    commit: str
    """The last commit that changed what a package is made from; "unknown" outside of a git repository."""

    def __str__(self) -> str:
        return f"{self.version} ({self.commit})"

    def write(self, folder: Path) -> None:
        """Write `version.json`, which the functions read, into an existing folder."""
        (folder / "version.json").write_text(json.dumps(asdict(self)), encoding="utf-8")


@cache
def read() -> Version:
    """Return the version and commit of this project's code.

    The commit is not HEAD: a commit that only changes an article would otherwise make other bytes of every package,
    and `make deploy` would bring new code to the functions after each of them.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Version(project["version"], _commit())


def _commit() -> str:
    command = ["git", "log", "-1", "--format=%H", "--", *SHIPPED]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S603 -- our own
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN
    return done.stdout.strip()[:SHA_LENGTH] or UNKNOWN
