"""Tests of the simulated AWS: its SES refuses what is above a quota."""

from __future__ import annotations

import datetime as dt

import pytest
from botocore.exceptions import ClientError

from benchmarks.flood import QUOTAS
from benchmarks.simulation import Quota, SesQuotas
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
