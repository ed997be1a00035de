"""Tests of infra/path_patterns.py: patterns match as in a cache behavior of CloudFront."""

from __future__ import annotations

import pytest

from infra.path_patterns import matches


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/assets/look.1.css", "/assets/*", True),
        ("/assets/fonts/text.woff2", "/assets/*", True),
        ("/assets", "/assets/*", False),
        ("/staff/leads/a", "/staff/leads/?", True),
        ("/staff/leads/ab", "/staff/leads/?", False),
        ("/API/leads", "/api/*", False),
        ("/other/api/leads", "/api/*", False),
        ("/anything", "*", True),
        ("/feedxxml", "/feed.xml", False),
        ("/a", "/[ab]", False),
    ],
)
def test_a_pattern_matches_the_whole_path(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected
