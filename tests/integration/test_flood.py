"""Tests of a flood of leads on simulated time: the backlog drains, and the software breaks no promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from leads.settings import Settings

from benchmarks.flood import Flood, FloodResult, SweepStats
from benchmarks.simulation import Quota
from tests.support import compiled_assets, factories
from tests.support.factories import TUESDAY


def flooded(folder: Path, quota: Quota, leads: int, hours: float) -> tuple[list[SweepStats], FloodResult]:
    """Simulate so many leads within an hour, from a Tuesday at 10:00 on."""
    settings = Settings.read(compiled_assets.variables(compiled_assets.compiled(folder, factories.SAMPLE)))
    flood = Flood(settings, leads, TUESDAY, quota)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in compiled_assets.variables(folder).items():
            patch.setenv(name, value)
        return list(flood.run(hours)), flood.result()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[SweepStats], FloodResult]:
    """Simulate twice as many leads as SES takes e-mails in a day."""
    return flooded(tmp_path_factory.mktemp("flood"), Quota(1_000, 14), 2_000, 25.5)


def test_every_lead_of_a_flood_is_kept(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[1].kept == 2_000


def test_the_backlog_of_a_flood_drains_within_two_sweeps_of_its_end(
    outcome: tuple[list[SweepStats], FloodResult],
) -> None:
    assert {tick.backlog for tick in outcome[0] if tick.minutes > 62} == {0}


def test_in_a_flood_no_promise_is_broken_by_the_software(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[1].broken == 0


def test_every_lead_that_was_not_called_is_escalated(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[0][-1].escalated == 2_000


def test_no_sweep_of_a_flood_is_killed(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[0][-1].kills == 0
