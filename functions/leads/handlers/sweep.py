"""Scheduled every minute: send everything that is due, then the daily digest and the review list."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Protocol

from leads import log
from leads.domain.errors import PeopleUnknownError
from leads.handlers.preparation import prepared
from leads.services.sweep import Limits, Sweep
from leads.settings import Settings
from leads.wiring import Wiring


class TimedContext(Protocol):
    """The part of Lambda's context that the sweep needs."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda stops the function."""


def make_handler(wiring: Wiring, limits: Limits | None = None) -> Callable[[object, TimedContext], dict[str, int]]:
    """Return the Lambda handler of the schedule. It returns how many leads were due and notified."""

    def handle(event: object, context: TimedContext) -> dict[str, int]:
        try:
            service = wiring.lead_service(Settings.read())
        except PeopleUnknownError:
            log.event("people unknown", metrics={"PeopleUnknown": 1})  # every request waits, and an alarm rings
            return {"due": 0, "sent": 0}

        def time_left() -> dt.timedelta:
            return dt.timedelta(milliseconds=context.get_remaining_time_in_millis())

        return Sweep(service, secrets.token_hex(8), time_left, limits or Limits()).run()

    return handle


handler = make_handler(prepared(Wiring()))
