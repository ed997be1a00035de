"""Tests of the benchmarks' statistics and tables."""

from __future__ import annotations

import pytest

from benchmarks import tables


def test_a_ratio_is_of_the_same_round() -> None:
    assert tables.ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]


def test_rounds_of_unequal_number_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        tables.ratios([2.0, 9.0], [1.0])


@pytest.mark.parametrize(("percent", "value"), [(1, 1.0), (50, 50.0), (99, 98.0)])
def test_so_many_percent_lie_below_a_percentile(percent: int, value: float) -> None:
    assert tables.percentile([float(number) for number in range(101)], percent) == pytest.approx(value, abs=1)


def test_a_spread_has_the_median_and_the_middle_half() -> None:
    assert tables.spread([1.0, 2.0, 3.0, 4.0, 5.0]) == "3.00 (2.00 to 4.00)"


@pytest.mark.parametrize(("value", "verdict"), [(1.2, "met"), (1.21, "MISSED")])
def test_a_target_is_met_up_to_its_limit(value: float, verdict: str) -> None:
    assert tables.target_met(value, 1.2) == f"at most 1.2: {verdict}"


def test_the_columns_of_a_table_are_aligned() -> None:
    assert tables.table(["import", "ms"], [["leads", "4"], ["pydantic", "120"]]).splitlines() == [
        "| import   | ms  |",
        "| -------- | --- |",
        "| leads    | 4   |",
        "| pydantic | 120 |",
    ]
