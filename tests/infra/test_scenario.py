"""Tests of the scenario of `make rehearse`: every step from deploy to teardown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra import site
from infra.e2e import __main__ as rehearsal
from infra.e2e import sam, scenario
from infra.e2e.report import CHECKED, REHEARSED, ScenarioError

ROOT = Path(__file__).parents[2]

ONLY_CHECKED = {
    "CloudFront::CachePolicy",
    "CloudFront::OriginRequestPolicy",
    "CloudFront::ResponseHeadersPolicy",
    "S3::BucketPolicy",
    "SES::ConfigurationSetEventDestination",
}
"""Types of resources that moto cannot create, or gets wrong."""


# The play


class ScenarioRun:
    """The result of one run of the scenario."""

    def __init__(self, folder: Path) -> None:
        record = folder / "record.json"
        self.practice = (ROOT / "content" / "practice.toml").read_bytes()
        self.exit_code = rehearsal.rehearse("--small", f"--record={record}")
        report_rows = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
        self.report_rows: Mapping[str, Mapping[str, str]] = {
            report_row["step"]: report_row for report_row in report_rows
        }

    def kinds(self, how: str) -> dict[str, int]:
        """Return the number of resources of each type."""
        found = [
            step.split(" × ")  # noqa: RUF001 -- a multiplication sign
            for step, report_row in self.report_rows.items()
            if "::" in step and report_row["how"] == how
        ]
        return {kind: int(count) for count, kind in found}


@pytest.fixture(scope="module")
def scenario_run(tmp_path_factory: pytest.TempPathFactory) -> ScenarioRun:
    return ScenarioRun(tmp_path_factory.mktemp("rehearsal"))


@pytest.mark.long
def test_the_scenario_succeeds(scenario_run: ScenarioRun) -> None:
    assert scenario_run.exit_code == 0


@pytest.mark.long
@pytest.mark.parametrize(
    "step",
    [
        "deploy, DRY_RUN=1",
        "deploy",
        "deploy again, no option named",
        "publish, DRY_RUN=1",
        "publish",
        "publish again",
        "a form sent to the API's own address",
        "a request from the form",
        "the same request once more",
        "e-mail",
        "staff link, “contacted”",
        "a sweep",
        "the functions' log",
        "publish a change",
        "staff",
        "rollback",
        "teardown",
    ],
)
def test_each_step_is_executed(scenario_run: ScenarioRun, step: str) -> None:
    assert scenario_run.report_rows[step]["how"] == REHEARSED


@pytest.mark.long
def test_every_resource_of_the_template_has_its_row(scenario_run: ScenarioRun) -> None:
    kinds = [resource["Type"].removeprefix("AWS::") for resource in sam.transformed()["Resources"].values()]
    assert scenario_run.kinds(REHEARSED) | scenario_run.kinds(CHECKED) == {kind: kinds.count(kind) for kind in kinds}


@pytest.mark.long
def test_what_moto_cannot_make_is_said_to_be_only_checked(scenario_run: ScenarioRun) -> None:
    assert scenario_run.kinds(CHECKED).keys() == ONLY_CHECKED


@pytest.mark.long
def test_a_package_that_was_left_out_is_no_rehearsal(scenario_run: ScenarioRun) -> None:
    assert scenario_run.report_rows["package"]["how"] == CHECKED


@pytest.mark.long
def test_the_practices_own_file_is_not_touched(scenario_run: ScenarioRun) -> None:
    assert (ROOT / "content" / "practice.toml").read_bytes() == scenario_run.practice


@pytest.mark.long
@pytest.mark.usefixtures("scenario_run")
def test_the_copy_is_removed() -> None:
    assert list((site.ROOT / ".cache").glob("rehearsal-*")) == []


# --- Which page is changed ---


def articles(root: Path, built: list[str], **slugs: str) -> Path:
    """Return a site with these sources (file name: slug), of which these slugs were built."""
    for name, slug in slugs.items():
        source = root / "content" / "articles" / f"{name}.md"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"Title: An article\nSlug: {slug}\n\nText.\n", encoding="utf-8")
    for slug in built:
        (root / "output" / slug).mkdir(parents=True)
        (root / "output" / slug / "index.html").touch()
    return root


def test_the_article_that_is_changed_is_the_one_that_is_looked_at(tmp_path: Path) -> None:
    root = articles(tmp_path, ["aaa", "zzz"], a="zzz", b="aaa")

    assert scenario.published_source(root) == (root / "content" / "articles" / "a.md", "zzz")


def test_a_draft_or_a_scheduled_article_is_not_chosen(tmp_path: Path) -> None:
    root = articles(tmp_path, ["live"], a="draft", b="scheduled", c="live")

    assert scenario.published_source(root)[1] == "live"


def test_a_site_without_a_published_article_has_a_page_changed(tmp_path: Path) -> None:
    root = articles(tmp_path, ["privacy"], a="draft")
    page = root / "content" / "pages" / "privacy.md"
    page.parent.mkdir()
    page.write_text("Title: Privacy\nSlug: privacy\n\nText.\n", encoding="utf-8")

    assert scenario.published_source(root) == (page, "privacy")


def test_a_site_of_drafts_cannot_be_rehearsed(tmp_path: Path) -> None:
    root = articles(tmp_path, [], a="draft")

    with pytest.raises(ScenarioError, match="content/articles and content/pages have drafts only"):
        scenario.published_source(root)
