"""Tests of what is refused before anything is built or uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.publish import preflight
from tests.support import factories, practice_repository
from tests.support.cdn import SITE
from tests.support.factories import PRACTICE_TOML
from tests.support.small_site import ADA

ADA_FACTS = ADA.partition("\n\n")[0] + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return practice_repository.committed(tmp_path)


def test_a_real_practice_whose_file_is_saved_may_be_published(project: Path) -> None:
    assert [*preflight.reasons(factories.practice(sample=False), project)] == []


def test_sample_data_is_refused(project: Path) -> None:
    (reason,) = preflight.reasons(factories.practice(sample=True), project)
    assert "describes a practice that does not exist" in reason


def person(project: Path, name: str, facts: str) -> None:
    file = project / preflight.PEOPLE / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{facts}\nA text.\n", encoding="utf-8")


def test_a_sample_person_is_refused_by_name(project: Path) -> None:
    person(project, "ada.md", f"{ADA_FACTS}Sample: true\n")
    (reason,) = preflight.reasons(factories.practice(sample=False), project)
    assert reason == (
        "content/people/ada.md: Ada Example is a sample and does not exist. Write a person of your practice into the "
        "file, and remove the line “Sample: true”, or delete the file."
    )


def test_each_sample_person_is_named(project: Path) -> None:
    for name in ("Ada", "Max"):
        person(project, f"{name}.md", ADA_FACTS.replace("Ada Example", name) + "Sample: true\n")
    reasons = preflight.reasons(factories.practice(sample=False), project)
    assert [reason.split(" is a sample")[0] for reason in reasons] == [
        "content/people/Ada.md: Ada",
        "content/people/Max.md: Max",
    ]


@pytest.mark.parametrize("line", ["", "Sample: false\n", "Sample: true\nStatus: draft\n"])
def test_a_real_person_and_a_draft_are_no_reason(project: Path, line: str) -> None:
    person(project, "ada.md", f"{ADA_FACTS}{line}")
    assert [*preflight.reasons(factories.practice(sample=False), project)] == []


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
