"""`make rehearse`: deploy, publish, a request, a call, a change, rollback and teardown, without an account.

The scenario runs in a copy of the project whose practice is not a sample, in a process of its own that can connect to
this machine only. No account and no file of the project is read or changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra import site

PARTS = (
    "content",
    "theme",
    "plugins",
    "functions",
    "infra",
    "requirements",
    "pelicanconf.py",
    "pyproject.toml",
    ".gitignore",
)

CACHES = ("package", "pictures")
"""Folders of .cache that the copy may share: their content does not depend on the project's folder."""


def rehearse(*options: str) -> int:
    """Run the scenario in a copy and return its exit code. Options are those of infra/e2e/scenario.py."""
    (site.ROOT / ".cache").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="rehearsal-", dir=site.ROOT / ".cache") as folder:
        root = copy(Path(folder) / "project")
        command = [sys.executable, "-m", "infra.e2e.scenario", *options]
        return subprocess.run(command, cwd=root, env=environment(root), check=False).returncode  # noqa: S603 -- our own


def copy(root: Path) -> Path:
    """Copy the project to this folder, without a word that says sample, as one git commit; return the folder.

    `make publish` refuses a practice or a person that is a sample.
    """
    root.mkdir()
    for name in PARTS:
        _copy(site.ROOT / name, root / name)
    for name in CACHES:
        if (site.ROOT / ".cache" / name).is_dir():
            shutil.copytree(site.ROOT / ".cache" / name, root / ".cache" / name, copy_function=os.link)
    practice = root / "content" / "practice.toml"
    practice.write_text(
        practice.read_text(encoding="utf-8").replace("sample = true", "sample = false"), encoding="utf-8"
    )
    for person in (root / "content" / "people").glob("*.md"):
        person.write_text(person.read_text(encoding="utf-8").replace("Sample: true\n", ""), encoding="utf-8")
    _commit(root)
    return root


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    else:
        shutil.copy(source, target)


def _commit(root: Path) -> None:
    """Commit all files: `make publish` checks that the practice file is committed."""
    ours = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*ours, "commit", "-qm", "A rehearsal"]):
        subprocess.run(["git", *command], cwd=root, check=True)  # noqa: S603, S607 -- our own


def environment(root: Path) -> dict[str, str]:
    """Return the scenario's environment, without any variable that names an account, a stack or an option."""
    kept = ("HOME", "LANG", "PATH", "PYTHON313", "TERM", "COLUMNS")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, "PYTHONPATH": str(root / "functions")}


if __name__ == "__main__":
    sys.exit(rehearse(*sys.argv[1:]))
