"""Tests of `leads --version`: the record of the build first, then what is installed and what git knows."""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from leads.cli import version
from leads.version import recorded

VERSION = metadata.version(version.DISTRIBUTION)


def git(folder: Path, *arguments: str) -> str:
    ours = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *ours, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a folder that holds the package, in no checkout."""
    folder = tmp_path / "leads"
    folder.mkdir()
    (folder / "__init__.py").touch()
    return folder


def test_the_build_s_record_is_believed(package: Path) -> None:
    (package / "compiled").mkdir()
    record = {"version": "1.2.3", "commit": "0a1b2c3"}
    (package / "compiled" / "version.json").write_text(json.dumps(record), encoding="utf-8")
    assert version.described(package) == "1.2.3 (commit 0a1b2c3)"


def test_in_a_checkout_it_is_git_s_commit(package: Path) -> None:
    git(package, "init", "-q")
    git(package, "add", ".")
    git(package, "commit", "-qm", "One")
    assert version.described(package) == f"{VERSION} (commit {git(package, 'rev-parse', '--short', 'HEAD')})"


def test_a_change_that_is_not_committed_shows(package: Path) -> None:
    git(package, "init", "-q")
    git(package, "add", ".")
    git(package, "commit", "-qm", "One")
    (package / "__init__.py").write_text("changed = True\n", encoding="utf-8")
    assert version.described(package).endswith("-dirty)")


def test_a_checkout_of_something_else_is_not_taken_for_ours(package: Path) -> None:
    git(package.parent, "init", "-q")
    git(package.parent, "commit", "-qm", "Theirs", "--allow-empty")
    assert version.described(package) == f"{VERSION} (commit unknown)"


def test_without_git_the_commit_is_unknown(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert version.described(package) == f"{VERSION} (commit unknown)"


def test_what_is_not_installed_has_no_version(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "DISTRIBUTION", "a-distribution-that-is-not-installed")
    assert version.described(package) == "unknown (commit unknown)"


def test_a_package_has_its_record(tmp_path: Path) -> None:
    record = {"version": "1.2.3", "commit": "0a1b2c3"}
    (tmp_path / "version.json").write_text(json.dumps(record), encoding="utf-8")
    assert recorded(tmp_path) == record


def test_the_functions_find_the_record_where_their_site_was_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "version.json").write_text('{"version": "1.2.3"}', encoding="utf-8")
    monkeypatch.setenv("LEADS_COMPILED", str(tmp_path))
    assert recorded() == {"version": "1.2.3"}


def test_outside_of_a_package_there_is_no_record(tmp_path: Path) -> None:
    assert recorded(tmp_path) == {}
