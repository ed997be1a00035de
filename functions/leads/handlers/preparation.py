"""What a function does once, at import, while Lambda still gives it a whole processor."""

from __future__ import annotations

from leads import log
from leads.handlers import ON_LAMBDA
from leads.settings import Settings
from leads.wiring import Wiring


def prepared(wiring: Wiring, *, at_import: bool = ON_LAMBDA) -> Wiring:
    """Return the wiring, with its client made and the facts read.

    Reading the facts opens the connection to DynamoDB, which the first call then uses. A failure costs nothing but
    this: a call reads what is missing.
    """
    if at_import:
        try:
            wiring.facts(Settings.read())
        except Exception as error:
            log.exception("not prepared", error)
    return wiring
