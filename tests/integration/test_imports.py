"""Tests of the time of imports, added up by package."""

from __future__ import annotations

from benchmarks import imports

LOG = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 |   leads.domain
import time:      2000 |       2100 | leads
import time:       500 |        500 |   jmespath.parser
import time:       300 |        300 |   json.decoder
"""


def test_own_times_are_added_up_by_package() -> None:
    assert imports._totals(LOG) == {
        "leads": (2, 0.0021),
        "their other requirements": (1, 0.0005),
        "Python's library": (1, 0.0003),
    }


def test_the_slowest_package_comes_first_and_the_sum_last() -> None:
    lines = imports.report([imports._totals(LOG)] * 3).splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == [
        "leads",
        "their other requirements",
        "Python's library",
        "all",
    ]
