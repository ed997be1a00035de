"""Tests of infra/version.py: the version of pyproject.toml, and the last commit that changed what is shipped."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import version
from infra.version import Version


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder with the files that the version is read from; it is not a git repository yet."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', encoding="utf-8")
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "code.py").write_text("1\n", encoding="utf-8")
    monkeypatch.setattr(version, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    version.read.cache_clear()
    yield tmp_path
    version.read.cache_clear()


def commit(project: Path) -> str:
    """Commit everything and return the start of the commit's SHA."""
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "A change"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project, check=True, capture_output=True, text=True)
    return head.stdout[: version.SHA_LENGTH]


def test_outside_of_git_the_commit_is_unknown(project: Path) -> None:
    assert version.read() == Version("1.2.3", "unknown")


def test_the_commit_is_the_one_that_changed_the_code(project: Path) -> None:
    changed_code = commit(project)

    assert version.read() == Version("1.2.3", changed_code)


def test_a_commit_of_an_article_is_not_another_version_of_the_code(project: Path) -> None:
    changed_code = commit(project)
    (project / "article.md").write_text("Text.\n", encoding="utf-8")
    commit(project)

    assert version.read().commit == changed_code


def test_it_is_written_for_the_functions(project: Path) -> None:
    version.read().write(project)

    assert json.loads((project / "version.json").read_bytes()) == {"version": "1.2.3", "commit": "unknown"}


def test_it_is_printed_in_one_line() -> None:
    assert str(Version("1.2.3", "0123456789ab")) == "1.2.3 (0123456789ab)"
