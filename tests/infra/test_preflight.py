"""Tests of what is refused before anything is built or uploaded."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from leads.domain.practice import Practice

from infra.facts import ReleaseFacts
from infra.publish import preflight
from tests.support import factories, practice_repository
from tests.support.cdn import SITE
from tests.support.factories import PRACTICE_TOML
from tests.support.small_site import ADA, PAGE

ADA_FACTS = ADA.partition("\n\n")[0] + "\n"

NONE = "none: a test has no patients"
NOTICES = {"privacy_practices": NONE, "good_faith_estimate": NONE}


def real(**notices: str | None) -> Practice:
    """Return a practice that is no sample, with both notices but for these changes."""
    return factories.practice(sample=False, notices={**NOTICES, **notices})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return practice_repository.committed(tmp_path)


def test_a_real_practice_whose_file_is_saved_may_be_published(project: Path) -> None:
    assert [*preflight.reasons(real(), project)] == []


def test_sample_data_is_refused(project: Path) -> None:
    (reason,) = preflight.reasons(factories.practice(sample=True, notices=NOTICES), project)
    assert "describes a practice that does not exist" in reason


def person(project: Path, name: str, facts: str) -> None:
    file = project / "content" / "people" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{facts}\nA text.\n", encoding="utf-8")


def test_a_sample_person_is_refused_by_name(project: Path) -> None:
    person(project, "ada.md", f"{ADA_FACTS}Sample: true\n")
    (reason,) = preflight.reasons(real(), project)
    assert reason == (
        "content/people/ada.md:8: Ada Example is a sample and does not exist. Delete the file, or write a person of "
        "your practice into it, and remove this line."
    )


def test_each_sample_person_is_named(project: Path) -> None:
    for name in ("Ada", "Max"):
        person(project, f"{name}.md", ADA_FACTS.replace("Ada Example", name) + "Sample: true\n")
    reasons = preflight.reasons(real(), project)
    assert [reason.split(" is a sample")[0] for reason in reasons] == [
        "content/people/Ada.md:8: Ada",
        "content/people/Max.md:8: Max",
    ]


@pytest.mark.parametrize("line", ["", "Sample: false\n", "Sample: true\nStatus: draft\n"])
def test_a_real_person_and_a_draft_are_no_reason(project: Path, line: str) -> None:
    person(project, "ada.md", f"{ADA_FACTS}{line}")
    assert [*preflight.reasons(real(), project)] == []


def test_a_practice_file_that_is_not_saved_in_git_is_refused(project: Path) -> None:
    (project / preflight.PRACTICE).write_text(f"{PRACTICE_TOML}\n# changed", encoding="utf-8")
    (reason,) = preflight.reasons(real(), project)
    assert "git commit -m 'Practice file' content/practice.toml" in reason


def test_other_unsaved_files_are_no_reason(project: Path) -> None:
    (project / "content" / "note.md").write_text("Draft", encoding="utf-8")
    assert [*preflight.reasons(real(), project)] == []


def test_a_folder_without_git_is_refused(tmp_path: Path) -> None:
    (reason,) = preflight.reasons(real(), tmp_path)
    assert "Git does not say whether" in reason


@pytest.mark.parametrize("path", ["drafts/sleep/index.html", "drafts/sleep.html", "styleguide/index.html"])
def test_drafts_and_the_style_guide_are_refused(path: str) -> None:
    (reason,) = preflight.of_paths([*SITE, path])
    assert path in reason


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("privacy_practices", 'privacy_practices = "/notice-of-privacy-practices/"'),
        ("good_faith_estimate", 'good_faith_estimate = "/good-faith-estimate/"'),
    ],
)
def test_without_a_notice_it_names_the_line_to_write(project: Path, key: str, line: str) -> None:
    (reason,) = preflight.reasons(real(**{key: None}), project)
    assert line in reason


@pytest.mark.parametrize("key", NOTICES)
def test_a_notice_may_be_missing_where_the_file_says_why(project: Path, key: str) -> None:
    (reason,) = preflight.reasons(real(**{key: None}), project)
    assert f'{key} = "none: "' in reason


def test_a_text_that_is_an_example_is_refused_by_its_title(project: Path) -> None:
    (project / "content" / "notice.md").write_text(f"Sample: true\n{PAGE}", encoding="utf-8")
    (reason,) = preflight.reasons(real(), project)
    assert reason.startswith("content/notice.md:1: “Privacy” is an example.")


@pytest.mark.parametrize("line", ["Sample: false", "Sample: true\nStatus: draft"])
def test_any_other_text_is_no_reason(project: Path, line: str) -> None:
    (project / "content" / "notice.md").write_text(f"{line}\n{PAGE}", encoding="utf-8")
    assert [*preflight.reasons(real(), project)] == []


def test_a_live_page_that_is_not_built_is_refused_with_both_lines_that_keep_it() -> None:
    (reason,) = preflight.of_lost_addresses(["sleep/index.html", "feed.xml", "index.html"], ["index.html"])
    assert "“Was: /sleep/”" in reason
    assert "“Gone: /sleep/” into content/gone.txt" in reason


# Choices of the form

LIVE = ReleaseFacts.of(factories.practice().facts_json, "").values


def lost(**changes: object) -> list[str]:
    """Return the reasons not to publish facts with these changes."""
    return [*preflight.of_lost_choices(LIVE, {**LIVE, **changes})]


def test_the_same_choices_lose_nothing() -> None:
    assert lost() == []


def test_a_condition_that_is_retired_is_not_lost() -> None:
    assert lost(conditions=[{**condition, "retired": True} for condition in LIVE["conditions"]]) == []


def test_a_lost_condition_is_refused_with_the_lines_that_retire_it() -> None:
    *others, last = LIVE["conditions"]
    (reason,) = lost(conditions=others)
    written = tomllib.loads(reason.partition("\n")[2])["conditions"]
    assert written == [{"key": last["key"], "label": last["label"], "retired": True}]


def test_a_lost_urgent_condition_stays_urgent() -> None:
    (reason,) = lost(conditions=[condition for condition in LIVE["conditions"] if not condition["priority"]])
    assert "priority = true\nretired = true" in reason


@pytest.mark.parametrize(("name", "constant"), [("best_times", "BEST_TIMES"), ("consent_versions", "CONSENT_VERSIONS")])
def test_a_lost_best_time_or_consent_version_is_refused(name: str, constant: str) -> None:
    (reason,) = lost(**{name: LIVE[name][1:]})
    assert f"{constant} lacks “{LIVE[name][0]}”" in reason


def test_facts_from_before_these_lists_lose_nothing() -> None:
    before = {name: value for name, value in LIVE.items() if name not in preflight.SENT}
    assert [*preflight.of_lost_choices(before, LIVE)] == []
