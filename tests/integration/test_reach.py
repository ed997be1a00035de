"""Tests of the table of targets: each figure is beside its target, and a missed one says so."""

from __future__ import annotations

import json

import pytest

from benchmarks import latency, reach, record
from benchmarks.cold import ColdStart, Wakening
from benchmarks.latency import Delay
from benchmarks.record import Results
from benchmarks.warm import WarmCall


def cold_start(both: float) -> ColdStart:
    return ColdStart(0.3, both - 0.3, both, both, 0.1, 0.2, 0.3, 50)


WARM = {
    "ours": [
        WarmCall(0.003, 0.004, 0.011, ("PutItem",)),
        WarmCall(0.004, 0.004, 0.017, ("GetItem", "PutItem")),
        WarmCall(0.003, 0.004, 0.011, ("PutItem",)),
    ],
    "constant": [WarmCall(0.004, 0.005, 0.16, ("PutItem", "SendEmail"))] * 3,
}
RESULTS: Results = {
    "warm": WARM,
    "cold": {"ours": [cold_start(0.4)] * 2, "constant": [cold_start(0.5)] * 2},
    "woken": {"ours": [Wakening(0.1, 0.006, 0.003, 0.03, 2.0, 10.0)] * 2},
    "latency": {case: [Delay(100)] * 2 for case in latency.TARGETS},
}


def rows(results: Results, lines: int = 100) -> dict[str, list[str]]:
    """Return the other cells of each row by the name of its figure."""
    return {figure.row[0]: figure.row[1:] for figure in reach.figures(results, lines)}


@pytest.mark.parametrize(
    ("figure", "cells"),
    [
        ("AWS calls before the answer, as a rule", ["1", "at most 1", "met"]),
        ("modelled warm wait", ["11 ms", "at most 15 ms", "met"]),
        ("warm own CPU, of the constant handler's", ["0.75 times", "at most 0.90 times", "met"]),
        ("cold CPU, INIT and INVOKE, of the constant handler's", ["0.80 times", "at most 0.95 times", "met"]),
        ("INVOKE of a woken POST, of a warm call's", ["2.00 times", "at most 1.50 times", "**missed**"]),
        ("stored to handed to SES, simulated, p99, busy day, urgent", ["100 s", "at most 75 s", "**missed**"]),
        ("stored to handed to SES, simulated, p99, flood, ordinary", ["100 s", "at most 150 s", "met"]),
        ("lines of functions, infra and tests", ["100", "at most 48,828", "met"]),
    ],
)
def test_a_figure_is_beside_its_target(figure: str, cells: list[str]) -> None:
    assert rows(RESULTS)[figure] == cells


def test_a_part_that_was_not_measured_has_no_row() -> None:
    assert len(rows({"warm": WARM})) == 4


def test_the_record_has_every_sample_with_median_and_quartiles() -> None:
    kept = json.loads(record.text({"warm": WARM}, 100))["figures"]["warm"]["ours"]["cpu"]
    assert kept == {"median": 0.003, "quartiles": [0.003, pytest.approx(0.0035)], "samples": [0.003, 0.004, 0.003]}


@pytest.mark.parametrize("fact", ["commit", "machine", "lines"])
def test_the_record_says_what_was_measured_where(fact: str) -> None:
    assert json.loads(record.text({}, 100))[fact]
