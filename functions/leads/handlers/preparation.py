"""What a function does once, before a visitor waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leads import log
from leads.domain.facts import Facts
from leads.handlers import ON_LAMBDA
from leads.settings import Settings
from leads.wiring import Wiring

Rehearsal = Callable[[Settings, Facts], None]
"""Does what a call does, without effect: patterns, tables and botocore's parts of a call are made at first use."""


def prepared(wiring: Wiring, *, at_import: bool = ON_LAMBDA) -> Wiring:
    """Return the wiring, with its client made and the facts read while Lambda still gives a whole processor.

    Reading the facts opens the connection to DynamoDB, which the first call then uses. A failure costs nothing but
    this: a call reads what is missing.
    """
    if at_import:
        try:
            wiring.facts(Settings.read())
        except Exception as error:
            log.exception("not prepared", error)
    return wiring


@dataclass
class OneRehearsal:
    """A rehearsal that takes place at its first call, on Lambda only, and whose failure is logged."""

    rehearse: Rehearsal
    is_due: bool = ON_LAMBDA

    def __call__(self, settings: Settings, facts: Facts) -> None:
        """Rehearse, unless that was done."""
        if not self.is_due:
            return
        self.is_due = False
        try:
            self.rehearse(settings, facts)
        except Exception as error:
            log.exception("not rehearsed", error)
