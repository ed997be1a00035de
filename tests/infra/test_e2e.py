"""Tests of `make rehearse`: the copy of the project in which the scenario runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra import site
from infra.e2e import __main__ as rehearsal


def test_what_the_user_is_signed_in_with_does_not_get_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "LEADS_TABLE", "STACK", "GIT_DIR"):
        monkeypatch.setenv(name, "real")
    assert "real" not in rehearsal.environment(Path("/x")).values()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of a few files, one of which a build compiled."""
    root = tmp_path / "original"
    root.mkdir()
    for name in rehearsal.PARTS:
        if "." in name:
            (root / name).touch()
        else:
            (root / name).mkdir()
    (root / "content" / "practice.toml").write_text("sample = true\n", encoding="utf-8")
    (root / "content" / "people").mkdir()
    (root / "content" / "people" / "ada.md").write_text("Key: ada\nSample: true\n\nAda.\n", encoding="utf-8")
    (root / "functions" / "compiled").mkdir()
    monkeypatch.setattr(site, "ROOT", root)
    return root


def test_the_copys_practice_is_no_sample_and_is_committed(project: Path, tmp_path: Path) -> None:
    copy = rehearsal.copy(tmp_path / "copy")
    assert (copy / "content" / "practice.toml").read_text(encoding="utf-8") == "sample = false\n"
    status = subprocess.run(["git", "status", "--porcelain"], cwd=copy, capture_output=True, check=True)
    assert status.stdout == b""


def test_no_text_of_the_copy_is_an_example(project: Path, tmp_path: Path) -> None:
    (project / "content" / "notice.md").write_text("Title: Notice\nSample: true\nSlug: notice\n", encoding="utf-8")
    root = rehearsal.copy(tmp_path / "copy")
    assert (root / "content" / "notice.md").read_text(encoding="utf-8") == "Title: Notice\nSlug: notice\n"


def test_the_copys_people_are_no_samples(project: Path, tmp_path: Path) -> None:
    copy = rehearsal.copy(tmp_path / "copy")
    assert (copy / "content" / "people" / "ada.md").read_text(encoding="utf-8") == "Key: ada\n\nAda.\n"


def test_the_project_itself_stays_as_it_is(project: Path, tmp_path: Path) -> None:
    rehearsal.copy(tmp_path / "copy")
    assert (project / "content" / "practice.toml").read_text(encoding="utf-8") == "sample = true\n"


def test_what_a_build_compiled_is_not_copied(project: Path, tmp_path: Path) -> None:
    assert not (rehearsal.copy(tmp_path / "copy") / "functions" / "compiled").exists()
