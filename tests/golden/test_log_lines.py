"""Log lines are written byte for byte as they were recorded, but for the time."""

from __future__ import annotations

import json

import pytest

from tests.golden.files import golden
from tests.golden.today.log_lines import texts


@pytest.mark.parametrize("path", texts())
def test_a_log_line_is_written_byte_for_byte_as_it_was_recorded(path: str) -> None:
    assert texts()[path] == golden(path)


@pytest.mark.parametrize("path", texts())
def test_a_recorded_log_line_has_a_number_for_each_metric_that_it_announces(path: str) -> None:
    line = json.loads(golden(path))
    names = [metric["Name"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]

    assert [name for name in names if not isinstance(line.get(name), int | float)] == []
