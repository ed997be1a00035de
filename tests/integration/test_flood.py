"""Tests of a flood of leads on simulated time: the backlog drains, and the software breaks no promise."""

from __future__ import annotations

import pytest

from benchmarks import simulation
from benchmarks.flood import Flood, FloodResult, SweepStats
from benchmarks.simulation import Quota
from tests.support import compiled_assets, factories
from tests.support.factories import TUESDAY


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[SweepStats], FloodResult]:
    """Simulate within an hour half again as many leads as SES takes e-mails in a day, from a Tuesday at 10:00 on."""
    folder = compiled_assets.compiled(tmp_path_factory.mktemp("flood"), factories.SAMPLE)
    flood = Flood(1_500, TUESDAY, Quota(1_000, 14))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in simulation.variables(folder).items():
            patch.setenv(name, value)
        return list(flood.run(25.5)), flood.result()


def test_every_lead_of_a_flood_is_kept(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[1].kept == 1_500


def test_the_backlog_of_a_flood_drains_within_ten_minutes_of_its_end(
    outcome: tuple[list[SweepStats], FloodResult],
) -> None:
    assert {tick.backlog for tick in outcome[0] if tick.minutes >= 70} == {0}


def test_in_a_flood_no_promise_is_broken_by_the_software(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[1].broken == 0


def test_every_lead_that_was_not_called_is_escalated(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[0][-1].escalated == 1_500


def test_no_sweep_of_a_flood_is_killed(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[0][-1].kills == 0
