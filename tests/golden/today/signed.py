"""One value of each kind that is made with the secret."""

from __future__ import annotations

import datetime as dt

from leads import tokens

from tests.golden.today.items import ALL_ANSWERS

KEY = b"the key of the golden files, never used elsewhere"
SUBMISSION = ALL_ANSWERS.model_copy(update={"name": " \uff21da  GRO\u00df "})
"""A name that each step of the fingerprint's rule changes: wide letter, case, sharp s, spaces."""

DAY = dt.date(2026, 11, 17)
NUMBER = "+13125550187"
REFERENCE = "7K2M-9QXA-T3VB"
EXPIRES = dt.datetime(2026, 12, 17, 16, tzinfo=dt.UTC)


def texts() -> dict[str, str]:
    """Return each golden file as today's code writes it."""
    fingerprint = tokens.fingerprint(SUBMISSION, DAY, KEY)
    return {
        "signed/fingerprint.txt": fingerprint + "\n",
        "signed/references.txt": "\n".join(tokens.references(fingerprint)) + "\n",
        "signed/keyed_hash.txt": tokens.keyed_hash(NUMBER, KEY) + "\n",
        "signed/confirmation_token.txt": tokens.confirmation_token(REFERENCE, KEY) + "\n",
        # From the end, so that links may live longer or shorter: a lifetime is no format.
        "signed/staff_token.txt": tokens.staff_token(REFERENCE, EXPIRES - tokens.LINK_LIFETIME, KEY) + "\n",
    }
