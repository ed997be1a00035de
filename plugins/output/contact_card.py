"""contact-card.vcf: the number that calls, for a phone to save under a name that says nothing of a treatment."""

from __future__ import annotations

import re
from pathlib import Path

from leads.domain.practice import Practice
from pelican import signals
from pelican.generators import Generator

NAME = "contact-card.vcf"


def contact_card(practice: Practice) -> str:
    """Return the card in vCard 3.0 (RFC 2426), which older phones read too.

    It has the neutral `caller_name` and the practice's numbers, and no address of the site, which may name a treatment.
    """
    name = _escaped(practice.caller_name)
    numbers = dict.fromkeys(uri.removeprefix("tel:") for uri in (practice.caller_uri, practice.phone_uri))
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{name};;;;",
        f"FN:{name}",
        f"ORG:{name}",
        *(f"TEL;TYPE=WORK,VOICE:{number}" for number in numbers),
        "END:VCARD",
    )
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _escaped(text: str) -> str:
    return re.sub(r"([\\\\,;])", r"\\\1", text)


def _folded(line: str) -> list[str]:
    """Return the line in parts of at most 75 bytes, the later ones after a space (RFC 2426, 2.6)."""
    parts = [""]
    for character in line:
        if len((parts[-1] + character).encode()) > 75:
            parts.append(" ")
        parts[-1] += character
    return parts


def _write(generators: list[Generator]) -> None:
    settings = generators[0].settings
    output = Path(settings["OUTPUT_PATH"])
    output.mkdir(parents=True, exist_ok=True)
    # As bytes: a line ends with CR and LF on every system.
    (output / NAME).write_bytes(contact_card(settings["PRACTICE"]).encode())


def register() -> None:
    signals.all_generators_finalized.connect(_write)
