"""Tests of the scenario's report."""

from __future__ import annotations

import pytest

from infra.e2e.report import CHECKED, ReportRow, ScenarioError, require, table
from tests.support.deployment import CapturedConsole


def test_what_holds_goes_on() -> None:
    require("something", "nothing is there")


@pytest.mark.parametrize("condition", [False, "", None, 0])
def test_what_does_not_hold_ends_the_scenario_with_its_sentence(condition: object) -> None:
    with pytest.raises(ScenarioError, match="nothing is there"):
        require(condition, "nothing is there")


def test_each_step_has_its_row(screen: CapturedConsole) -> None:
    screen.print(table([ReportRow("deploy", "31 resources"), ReportRow("package", "left out", CHECKED)]))
    assert all(part in str(screen) for part in ("deploy", "rehearsed", "31 resources", "package", CHECKED, "left out"))


def test_what_was_only_checked_is_yellow() -> None:
    drawn = table([ReportRow("deploy", "31 resources"), ReportRow("package", "left out", CHECKED)])
    assert [row.style for row in drawn.rows] == ["", "yellow"]
