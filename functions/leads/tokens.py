"""Values made with the secret: fingerprints, keyed hashes, references and the tokens in links.

Their formats outlive a deployment: tests/golden has one of each.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator

from leads.domain.lead import Lead

LINK_LIFETIME = dt.timedelta(days=30)
"""Lifetime of a staff link."""

_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def _mac(key: bytes, purpose: str, message: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{message}".encode(), "sha256")


def _letters(raw: bytes) -> str:
    """Return the bytes in Crockford's base 32: without I, L, O and U it can be read out on the phone."""
    return base64.b32encode(raw).decode().rstrip("=").translate(_CROCKFORD)


def fingerprint(lead: Lead, day: dt.date, key: bytes) -> str:
    """Return the keyed fingerprint of a submission: equal for equal answers on one day (practice time)."""
    name = " ".join(unicodedata.normalize("NFKC", lead.name).casefold().split())
    answers = [name, lead.phone.e164, lead.phone.extension, *lead.conditions, lead.best_time, lead.voicemail]
    return _letters(_mac(key, "submission", json.dumps([day.isoformat(), *answers])))


def keyed_hash(text: str, key: bytes) -> str:
    """Return a keyed pseudonym of personal data (HMAC-SHA-256, 130 bits, base 32), for comparison only.

    It is stored for COUNT_LIFETIME and never logged.
    """
    return _letters(_mac(key, "count", text))[:26]


def references(fingerprint: str) -> Iterator[str]:
    """Yield four references for the submission, 60 bits of its fingerprint each.

    The next one is used where another submission has taken the one before.
    """
    for start in range(0, 48, 12):
        part = fingerprint[start : start + 12]
        yield f"{part[:4]}-{part[4:8]}-{part[8:]}"


def staff_token(reference: str, now: dt.datetime, key: bytes) -> str:
    """Return a signed token `reference.expiry.mac` for the staff page, valid for LINK_LIFETIME."""
    expires = int((now + LINK_LIFETIME).timestamp())
    return f"{reference}.{expires}.{_signature(reference, expires, key)}"


def confirmation_token(reference: str, key: bytes) -> str:
    """Return a signed token `reference.mac` for the visitor's confirmation.

    It names no time: the page behind it is there for as long as the lead is kept.
    """
    return f"{reference}.{_letters(_mac(key, 'confirmation', reference))[:32]}"


def confirmed_reference(token: str, key: bytes) -> str:
    """Return the reference in a visitor's token. Raises ForgedTokenError."""
    match = re.fullmatch(r"([0-9A-Z-]{14})\.[0-9A-Z]{32}", token, re.ASCII)
    if not match or not hmac.compare_digest(token, confirmation_token(match[1], key)):
        raise ForgedTokenError("not a token of ours")
    return match[1]


def _signature(reference: str, expires: int, key: bytes) -> str:
    return _letters(_mac(key, "staff-link", f"{reference}.{expires}"))[:32]


class ForgedTokenError(ValueError):
    """The text is not a token that this key signed."""


class ExpiredTokenError(ValueError):
    """The token was valid and has expired."""


def reference_of(token: str, now: dt.datetime, key: bytes) -> str:
    """Return the reference in a token. Raises ForgedTokenError or ExpiredTokenError."""
    match = re.fullmatch(r"([0-9A-Z-]{14})\.([1-9][0-9]{0,11})\.([0-9A-Z]{32})", token, re.ASCII)
    if not match:
        raise ForgedTokenError("not a token of ours")
    reference, expires, signature = match[1], int(match[2]), match[3]
    if not hmac.compare_digest(signature, _signature(reference, expires, key)):
        raise ForgedTokenError("not a token of ours")
    if now.timestamp() >= expires:
        raise ExpiredTokenError("the link is too old")
    return reference
