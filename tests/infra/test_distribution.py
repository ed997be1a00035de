"""Tests of CloudFront: which cached copies are invalidated, and when a page has arrived at its visitors."""

from __future__ import annotations

from hashlib import sha256

import pytest

from infra.publish import distribution
from tests.support.cdn import (
    SITE,
    PublishedStack,
)


def test_the_caches_forget_the_changed_pages_and_no_others(published: PublishedStack) -> None:
    before = published.invalidated()
    published.publish({**SITE, "sleep/index.html": b"words", "assets/new.2.png": b"more"})
    assert sorted([*before, "/sleep/", "/sleep/index.html"]) == published.invalidated()


def test_the_caches_forget_a_page_that_was_removed(published: PublishedStack) -> None:
    published.publish({path: body for path, body in SITE.items() if path != "old/index.html"})
    assert published.invalidated().count("/old/") == 2  # when it came, and when it went


def test_an_address_of_other_letters_is_encoded(published: PublishedStack) -> None:
    published.cloud.distribution.invalidate(["schlaf-für-alle/index.html"], "other letters")
    assert "/schlaf-f%C3%BCr-alle/" in published.invalidated()


PAGE = b"the page"
SHA256 = sha256(PAGE).hexdigest()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses in seconds, which pass at once."""
    made: list[float] = []
    monkeypatch.setattr(distribution, "pause", made.append)
    return made


def answering(*answers: bytes | OSError) -> distribution.Fetch:
    remaining = list(answers)

    def fetch(url: str) -> bytes:
        answer = remaining.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    return fetch


def test_a_page_that_is_right_at_once_is_not_waited_for(pauses: list[float]) -> None:
    assert distribution.page_problem("https://x/", SHA256, answering(PAGE), attempts=3) == ""
    assert pauses == []


def test_an_old_page_and_a_failure_are_tried_again(pauses: list[float]) -> None:
    fetch = answering(b"old", OSError("no address"), PAGE)
    assert distribution.page_problem("https://x/", SHA256, fetch, attempts=3) == ""
    assert pauses == [5, 5]


@pytest.mark.parametrize(("last", "problem"), [(b"old", "it is another page"), (OSError("no address"), "no address")])
def test_the_last_problem_is_named(pauses: list[float], last: bytes | OSError, problem: str) -> None:
    assert distribution.page_problem("https://x/", SHA256, answering(b"older", last), attempts=2) == problem
