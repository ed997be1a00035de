"""The consent sentence changes only together with its version, which is stored with each lead as proof."""

from __future__ import annotations

from leads.domain.lead import CONSENT_VERSION

from tests.golden.today import consent

REMEDY = "give the changed sentence a new CONSENT_VERSION, then run `python -m tests.golden.write`"


def test_the_consent_sentence_is_the_one_recorded_for_its_version() -> None:
    assert consent.recorded().get(CONSENT_VERSION) == consent.sha256(), f"{REMEDY}: {consent.sentence()}"


def test_the_consent_sentence_names_the_practice() -> None:
    assert consent.CLINIC.name in consent.sentence()
