"""Tests of what is refused before anything is built or uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.publish import preflight
from tests.support import factories, practice_repository
from tests.support.cdn import SITE
from tests.support.factories import PRACTICE_TOML


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return practice_repository.committed(tmp_path)


def test_a_real_practice_whose_file_is_saved_may_be_published(project: Path) -> None:
    assert [*preflight.reasons(factories.practice(sample=False), project)] == []


def test_sample_data_is_refused(project: Path) -> None:
    (reason,) = preflight.reasons(factories.practice(sample=True), project)
    assert "describes a practice that does not exist" in reason


def test_a_practice_file_that_is_not_saved_in_git_is_refused(project: Path) -> None:
    (project / preflight.PRACTICE).write_text(f"{PRACTICE_TOML}\n# changed", encoding="utf-8")
    (reason,) = preflight.reasons(factories.practice(sample=False), project)
    assert "git commit -m 'Practice file' content/practice.toml" in reason


def test_other_unsaved_files_are_no_reason(project: Path) -> None:
    (project / "content" / "note.md").write_text("Draft", encoding="utf-8")
    assert [*preflight.reasons(factories.practice(sample=False), project)] == []


def test_a_folder_without_git_is_refused(tmp_path: Path) -> None:
    (reason,) = preflight.reasons(factories.practice(sample=False), tmp_path)
    assert "Git does not say whether" in reason


@pytest.mark.parametrize("path", ["drafts/sleep/index.html", "drafts/sleep.html", "styleguide/index.html"])
def test_drafts_and_the_style_guide_are_refused(path: str) -> None:
    (reason,) = preflight.of_paths([*SITE, path])
    assert path in reason
