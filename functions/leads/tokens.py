"""What is made with the secret: a submission's fingerprint, a lead's reference, a staff link's token."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator

from leads.domain.lead import Lead

LINK_LIFE = dt.timedelta(days=30)
"""How long a link in an e-mail opens its lead; as long as an e-mail is likely to be looked for."""

_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def _mac(key: bytes, purpose: str, message: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{message}".encode(), "sha256")


def _letters(raw: bytes) -> str:
    """Crockford's base 32: no I, L, O or U, so that a reference can be read out on the phone."""
    return base64.b32encode(raw).decode().rstrip("=").translate(_CROCKFORD)


def fingerprint(lead: Lead, day: dt.date, key: bytes) -> str:
    """The same for the same answers on the same day of the practice; meaningless without the key."""
    name = " ".join(unicodedata.normalize("NFKC", lead.name).casefold().split())
    answers = [name, lead.phone.e164, lead.phone.extension, *lead.conditions, lead.best_time, lead.voicemail]
    return _letters(_mac(key, "submission", json.dumps([day.isoformat(), *answers])))


def keyed_hash(text: str, key: bytes) -> str:
    """Stands for an internet address, a number or a name where only equality matters. Kept in the table
    for hours or days, never written anywhere else."""
    return _letters(_mac(key, "count", text))[:26]


def references(digest: str) -> Iterator[str]:
    """References for this submission, best first: 60 bits of its digest each. The second is for the day
    on which two submissions share the first."""
    for start in range(0, 48, 12):
        part = digest[start : start + 12]
        yield f"{part[:4]}-{part[4:8]}-{part[8:]}"


def staff_token(reference: str, now: dt.datetime, key: bytes) -> str:
    """What opens this lead's staff page until LINK_LIFE from now. Holds the reference, nothing personal."""
    expires = int((now + LINK_LIFE).timestamp())
    return f"{reference}.{expires}.{_signature(reference, expires, key)}"


def _signature(reference: str, expires: int, key: bytes) -> str:
    return _letters(_mac(key, "staff-link", f"{reference}.{expires}"))[:32]


class ForgedTokenError(ValueError):
    """Not one of our tokens."""


class ExpiredTokenError(ValueError):
    """One of our tokens, too old."""


def reference_of(token: str, now: dt.datetime, key: bytes) -> str:
    """The reference that a token opens. Raises ForgedTokenError or ExpiredTokenError."""
    match = re.fullmatch(r"([0-9A-Z-]{14})\.([1-9][0-9]{0,11})\.([0-9A-Z]{32})", token, re.ASCII)
    if not match:
        raise ForgedTokenError("not a token of ours")
    reference, expires, signature = match[1], int(match[2]), match[3]
    if not hmac.compare_digest(signature, _signature(reference, expires, key)):
        raise ForgedTokenError("not a token of ours")
    if now.timestamp() >= expires:
        raise ExpiredTokenError("the link is too old")
    return reference
