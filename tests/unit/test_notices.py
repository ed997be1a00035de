"""Tests of the links to the notices that the law asks for."""

from __future__ import annotations

import pytest
from leads.domain.practice import Notices

from plugins.output import notices


def labels(**facts: object) -> list[str]:
    return [link.label for link in notices.links(Notices.model_validate(facts))]


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("privacy_practices", "Notice of Privacy Practices"),
        ("good_faith_estimate", "Your right to a good-faith estimate"),
    ],
)
def test_a_notice_has_the_name_that_people_know(key: str, label: str) -> None:
    assert labels(**{key: "/notice/"}) == [label]


def test_other_notices_have_the_words_of_the_practice_file() -> None:
    assert labels(others={"Language help": "https://example.com/languages"}) == ["Language help"]


def test_a_notice_that_is_not_needed_has_no_link() -> None:
    assert labels(privacy_practices="none: we send no claims", others={"Prices": "none: by phone"}) == []


def test_a_link_leads_to_the_page_that_the_file_names() -> None:
    (link,) = notices.links(Notices(good_faith_estimate="/good-faith-estimate/"))
    assert link.address == "/good-faith-estimate/"
