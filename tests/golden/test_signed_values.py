"""Fingerprints, references, keyed hashes and tokens are made as they were recorded."""

from __future__ import annotations

import datetime as dt

import pytest
from leads import tokens

from tests.golden.files import golden
from tests.golden.today.signed import EXPIRES, KEY, REFERENCE, texts


@pytest.mark.parametrize("path", texts())
def test_a_signed_value_is_made_byte_for_byte_as_it_was_recorded(path: str) -> None:
    assert texts()[path] == golden(path)


def test_a_recorded_staff_token_opens_its_lead() -> None:
    token = golden("signed/staff_token.txt").strip()

    assert tokens.reference_of(token, EXPIRES - dt.timedelta(seconds=1), KEY) == REFERENCE


def test_a_recorded_staff_token_expires_at_its_recorded_time() -> None:
    with pytest.raises(tokens.ExpiredTokenError):
        tokens.reference_of(golden("signed/staff_token.txt").strip(), EXPIRES, KEY)


def test_a_recorded_confirmation_token_opens_its_lead() -> None:
    assert tokens.confirmed_reference(golden("signed/confirmation_token.txt").strip(), KEY) == REFERENCE


def test_a_recorded_fingerprint_has_the_recorded_references() -> None:
    fingerprint = golden("signed/fingerprint.txt").strip()

    assert list(tokens.references(fingerprint)) == golden("signed/references.txt").split()
