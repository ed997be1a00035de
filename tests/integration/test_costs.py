"""Tests of the monthly costs: the arithmetic, and that every figure has a price with a source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from leads.settings import Settings

from benchmarks import costs, simulation
from benchmarks.aws import ConditionNotMetError
from benchmarks.costs import EmptySweep, MeteredAws, OneLead, PageView, System
from tests.support import compiled_assets, factories

SYSTEM = System(
    PageView(5, 50_000),
    OneLead(22, 4, 2, 500, 1_000),
    EmptySweep(2, 5),
    alarms=17,
    secrets=2,
    keep_days=365,
    site_bytes=400,
    facts_reads=1.5,
)
PRICES = costs.prices()

MANY = st.integers(min_value=0, max_value=10**9)


def total(views: int, leads: int, *, waf: bool = False) -> float:
    """Return the total in US dollars a month."""
    return sum(costs.bill(costs.usage(SYSTEM, views, leads, waf=waf), PRICES).values())


@for_all(MANY, MANY, MANY, MANY)
def test_more_views_and_more_leads_never_cost_less(views: int, leads: int, more_views: int, more_leads: int) -> None:
    assert total(views + more_views, leads + more_leads) >= total(views, leads)


@for_all(MANY, MANY)
def test_a_firewall_never_costs_less_than_none(views: int, leads: int) -> None:
    assert round(total(views, leads, waf=True) - total(views, leads), 6) >= 6


def test_an_unused_system_still_costs_its_alarms_metrics_secrets_and_sweeps() -> None:
    fixed, sweeps = 17 * 0.10 + costs.METRICS * 0.30 + 2 * 0.40, 43_200
    written, read, run = sweeps * 2 * 0.000000625, sweeps * 5 * 0.000000125, sweeps * 0.2 * 0.0000133334
    assert total(0, 0) == pytest.approx(fixed + written + read + run, abs=0.10)


def test_each_form_that_is_started_asks_the_function_once() -> None:
    used = costs.usage(SYSTEM, 0, 1)

    assert used["api_request"] == costs.STARTED_FORMS + 1 + costs.STAFF_CALLS


def test_ten_thousand_emails_cost_what_the_list_says() -> None:
    used = costs.usage(SYSTEM, 0, 5_000)["ses_email"] - costs.DAYS

    assert used * PRICES["ses_email"].usd == pytest.approx(1.60)


def test_everything_that_is_used_has_a_price_and_every_price_is_used() -> None:
    assert costs.usage(SYSTEM, 1, 1, waf=True).keys() == PRICES.keys()


@pytest.mark.parametrize("name", PRICES)
def test_a_price_says_where_it_comes_from_or_that_it_is_remembered(name: str) -> None:
    assert bool(PRICES[name].source) == (PRICES[name].confirmed in {"list", "others"})


def test_every_cost_is_in_one_group_of_the_table() -> None:
    starts = [start for group in costs.GROUPS.values() for start in group]

    assert all(sum(name.startswith(start) for start in starts) == 1 for name in PRICES)


# --- What one lead takes ---


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[OneLead, EmptySweep]:
    """Return what one lead and a sweep without one take, measured on the real functions."""
    folder = compiled_assets.compiled(tmp_path_factory.mktemp("lead"), factories.SAMPLE)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in simulation.variables(folder).items():
            patch.setenv(name, value)
        return costs.measured(Settings.read())


@pytest.fixture
def lead(measured: tuple[OneLead, EmptySweep]) -> OneLead:
    """Return what one lead takes."""
    return measured[0]


def test_an_empty_sweep_asks_each_shard_three_lists_and_when_the_review_was_listed(
    measured: tuple[OneLead, EmptySweep],
) -> None:
    facts = 1.5 / 5  # without the built shell, every five minutes
    assert measured[1].reads == pytest.approx((9 + 3) * 0.5 + 2 + facts, abs=0.1)


def test_an_empty_sweep_takes_and_releases_its_lock_and_finds_the_digest_sent(
    measured: tuple[OneLead, EmptySweep],
) -> None:
    assert measured[1].writes == pytest.approx(3, abs=0.1)


def test_a_lead_is_written_six_times_with_its_counts_and_indexes(lead: OneLead) -> None:
    # Stored, screened, announced, leased, reminded, called. In `due` 1, 2, 2, 2, 2, 1; in `worklist` 1 each, 2 at last;
    # in `number` once. Two counts for screening, four for the rate of e-mails, two renewals of the sweep's lock.
    assert lead.writes == 6 + 10 + 7 + 1 + 2 + 4 + 2


def test_a_lead_makes_an_email_and_a_reminder(lead: OneLead) -> None:
    assert lead.emails == 2


def test_a_lead_fits_into_one_write_unit(lead: OneLead) -> None:
    assert lead.stored_bytes - 600 <= 2 * 1_024


def test_a_failed_condition_costs_what_the_write_would_have() -> None:
    aws = MeteredAws()
    item = {"reference": {"S": "lock"}}
    write = {"TableName": "leads", "Item": item, "ConditionExpression": "attribute_not_exists(reference)"}
    aws.call("PutItem", write)

    with pytest.raises(ConditionNotMetError):
        aws.call("PutItem", write)

    assert aws.metered.writes == 2


@pytest.mark.parametrize(("size", "consistent", "units"), [(0, True, 1), (4_096, False, 0.5), (4_097, True, 2)])
def test_reads_are_counted_in_units_of_four_kilobytes(size: int, consistent: bool, units: float) -> None:
    assert costs.read_units(size, consistent=consistent) == units


def test_an_item_is_counted_as_dynamodb_counts_it() -> None:
    assert costs.size({"name": {"S": "Ada"}, "list": {"L": [{"N": "12"}]}}) == 4 + 3 + 4 + 3 + 1 + 2


def test_a_view_is_the_article_with_what_it_loads(tmp_path: Path) -> None:
    (tmp_path / "article").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "article" / "index.html").write_text(
        '<script src="/assets/form.js"></script><img src="/assets/pin.png">'
    )
    (tmp_path / "assets" / "form.js").write_text("x" * 1_000)
    (tmp_path / "assets" / "pin.png").write_text("not loaded")

    assert costs.page_view(tmp_path).requests == 2
