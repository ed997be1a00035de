"""What a function does once, at import, while Lambda still gives it a whole processor."""

from __future__ import annotations

from collections.abc import Callable

from leads import log
from leads.domain.facts import Facts
from leads.handlers import ON_LAMBDA
from leads.settings import Settings
from leads.wiring import Wiring

Rehearsal = Callable[[Settings, Facts], None]
"""Does what a call does, without effect: patterns, tables and botocore's parts of a call are made at first use."""


def prepared(wiring: Wiring, rehearse: Rehearsal | None = None, *, at_import: bool = ON_LAMBDA) -> Wiring:
    """Return the wiring, with its client made and the facts read, after a rehearsal.

    Reading the facts opens the connection to DynamoDB, which the first call then uses. A failure costs nothing but
    this: a call reads what is missing.
    """
    if at_import:
        try:
            settings = Settings.read()
            facts = wiring.facts(settings)
            if rehearse:
                rehearse(settings, facts)
        except Exception as error:
            log.exception("not prepared", error)
    return wiring
