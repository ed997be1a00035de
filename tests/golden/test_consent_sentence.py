"""The consent sentence changes only together with its version, which is stored with each lead as proof."""

from __future__ import annotations

from leads.domain.lead import CONSENT_VERSION, CONSENT_VERSIONS

from tests.golden.today import consent

REMEDY = "add a new version for the changed sentence to CONSENT_VERSIONS, then run `python -m tests.golden.write`"


def test_the_consent_sentence_is_the_one_recorded_for_its_version() -> None:
    assert consent.recorded().get(CONSENT_VERSION) == consent.sha256(), f"{REMEDY}: {consent.sentence()}"


def test_every_recorded_version_is_known() -> None:
    assert set(CONSENT_VERSIONS) == consent.recorded().keys()


def test_the_consent_sentence_names_the_practice() -> None:
    assert consent.CLINIC.name in consent.sentence()
