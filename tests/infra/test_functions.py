"""Tests of the functions' code on Lambda."""

from __future__ import annotations

from tests.support.cdn import (
    CODE,
    LATER,
    LATER_CODE,
    SITE,
    PublishedStack,
)


def test_a_changed_practice_or_frame_reaches_every_function(published: PublishedStack) -> None:
    published.publish(SITE, LATER_CODE)
    assert set(published.running()) == {LATER_CODE.sha256}


def test_functions_that_run_the_code_already_are_left_alone(published: PublishedStack) -> None:
    published.publish(LATER, CODE)
    assert "UpdateFunctionCode" not in published.calls.made
