"""Tests of a flood of leads on simulated time: the backlog drains, and the software breaks no promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from leads.settings import Settings

from benchmarks.flood import Flood, FloodResult, SweepStats
from benchmarks.simulation import Quota
from tests.support import compiled_assets, factories
from tests.support.factories import TUESDAY


def flooded(
    folder: Path, quota: Quota, leads: int, hours: float, **changes: str
) -> tuple[list[SweepStats], FloodResult]:
    """Simulate so many leads within an hour, from a Tuesday at 10:00 on."""
    settings = Settings.read(compiled_assets.variables(compiled_assets.compiled(folder, factories.SAMPLE), **changes))
    flood = Flood(settings, leads, TUESDAY, quota)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in compiled_assets.variables(folder, **changes).items():
            patch.setenv(name, value)
        return list(flood.run(hours)), flood.result()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[SweepStats], FloodResult]:
    """Simulate twice as many leads as SES takes e-mails in a day; a container sends one between two sweeps."""
    return flooded(tmp_path_factory.mktemp("flood"), Quota(500, 14), 1_000, 25.5, LEADS_EMAIL_LIMIT="1")


def test_every_lead_of_a_flood_is_kept(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[1].kept == 1_000


def test_the_backlog_of_a_flood_drains_within_two_sweeps_of_its_end(
    outcome: tuple[list[SweepStats], FloodResult],
) -> None:
    assert [tick.backlog for tick in outcome[0]][14:] == [0] * len(outcome[0][14:])


def test_in_a_flood_no_promise_is_broken_by_the_software(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[1].broken == 0


def test_every_lead_that_was_not_called_is_escalated(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[0][-1].escalated == 1_000


def test_no_sweep_of_a_flood_is_killed(outcome: tuple[list[SweepStats], FloodResult]) -> None:
    assert outcome[0][-1].kills == 0


def test_with_an_email_for_each_a_flood_would_use_up_the_quota(tmp_path: Path) -> None:
    ticks, _ = flooded(tmp_path, Quota(100, 14), 300, 2, LEADS_EMAIL_LIMIT="1000000")

    assert ticks[-1].backlog > 0
