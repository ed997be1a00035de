"""Tests of the simulated AWS: SES refuses what is above a quota, and the schedule runs one sweep at a time."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from benchmarks import latency, simulation
from benchmarks.latency import Scenario
from benchmarks.simulation import QUOTAS, Quota, SesQuotas, SimulatedAws
from tests.support import compiled_assets, factories
from tests.support.factories import TUESDAY

SECOND = dt.timedelta(seconds=1)


def test_a_day_s_quota_comes_back_after_a_day() -> None:
    ses_quotas = SesQuotas(Quota(1, 14), TUESDAY)
    ses_quotas.take(1, TUESDAY)
    with pytest.raises(ClientError, match="LimitExceeded"):
        ses_quotas.take(1, TUESDAY + dt.timedelta(hours=23, minutes=59))

    ses_quotas.take(1, TUESDAY + dt.timedelta(days=1))

    assert ses_quotas.emails == 2


def test_more_than_the_rate_is_refused() -> None:
    ses_quotas = SesQuotas(QUOTAS["production"], TUESDAY)
    taken = 0
    for number in range(280):
        try:
            ses_quotas.take(1, TUESDAY + number * SECOND / 28)
        except ClientError:
            continue
        taken += 1

    assert taken == pytest.approx(140, abs=2)


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedAws:
    """Return a simulated AWS on a Tuesday at 10:00."""
    folder = compiled_assets.compiled(tmp_path / "compiled", factories.SAMPLE)
    for name, value in simulation.variables(folder).items():
        monkeypatch.setenv(name, value)
    return SimulatedAws(TUESDAY, QUOTAS["production"])


def ticks(aws: SimulatedAws, minutes: int, jitter: random.Random | None = None) -> list[float]:
    """Return the seconds of the minute at which each sweep of so many minutes began."""
    with aws.logged():
        return [((aws.now - TUESDAY).total_seconds() - took) % 60 for took in aws.sweeps(minutes * 60 * SECOND, jitter)]


def test_a_sweep_begins_each_minute(aws: SimulatedAws) -> None:
    assert ticks(aws, 10) == pytest.approx([0] * 10, abs=0.001)


def test_the_schedule_may_fire_at_any_second_of_its_minute(aws: SimulatedAws) -> None:
    seconds = ticks(aws, 100, random.Random(1))

    assert (len(seconds), min(seconds) < 5, max(seconds) > 55) == (100, True, True)


class SlowAws(SimulatedAws):
    """Takes a minute and a half for each sweep."""

    def _run_sweep(self) -> float:
        self.go_to(self.now + 90 * SECOND)
        return 90.0


@pytest.mark.usefixtures("aws")
def test_a_tick_during_a_sweep_does_nothing() -> None:
    assert len(ticks(SlowAws(TUESDAY, QUOTAS["production"]), 10)) == 5


@pytest.mark.usefixtures("aws")
def test_each_lead_s_delay_is_known_with_or_without_urgency() -> None:
    ordinary, urgent = latency.simulate(Scenario(40, 60 * SECOND), factories.SAMPLE)

    assert (len(ordinary), len(urgent)) == (38, 2)
    assert max(delay.seconds for delay in ordinary + urgent) < 75
