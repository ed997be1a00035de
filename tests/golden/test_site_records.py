"""The published facts and the record of a release are read, and written byte for byte as they were recorded."""

from __future__ import annotations

import json

import pytest
from leads.aws import facts
from leads.domain.people import People
from leads.domain.practice import Practice

from infra.publish.release import Live
from tests.golden.files import every, golden
from tests.golden.today import site
from tests.support import factories


@pytest.mark.parametrize("path", site.texts())
def test_a_record_is_written_byte_for_byte_as_it_was_recorded(path: str) -> None:
    assert site.texts()[path] == golden(path)


def test_the_recorded_release_is_read_as_it_was() -> None:
    assert Live.model_validate_json(golden("site/live.json")) == site.LIVE


def test_the_recorded_release_is_written_back_byte_for_byte() -> None:
    recorded = golden("site/live.json")

    assert site.live_text(Live.model_validate_json(recorded)) == recorded


def test_the_recorded_facts_are_read_as_those_of_the_practice_that_they_were_made_of() -> None:
    assert Practice.from_json(golden("site/practice.json")).name == factories.SAMPLE.name


def test_the_recorded_people_are_read_as_they_were() -> None:
    assert facts.read_people(json.loads(golden("site/people-item.json"))) == People.from_json(
        factories.SAMPLE.people_json
    )


@pytest.mark.parametrize("path", [path for path in every("site") if path.endswith("live.json")])
def test_a_recorded_release_of_any_version_is_readable(path: str) -> None:
    assert Live.model_validate_json(golden(path)).release.files


@pytest.mark.parametrize("path", [path for path in every("site") if path.endswith("practice.json")])
def test_recorded_facts_of_any_version_are_readable(path: str) -> None:
    assert Practice.from_json(golden(path)).name
