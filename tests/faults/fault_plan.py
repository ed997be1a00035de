"""What goes wrong in each invocation, decided by a seed: the same seed gives the same faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What may happen to one call of AWS."""

    NONE = "none"
    REFUSED = "refused, nothing done"
    RESET = "done, connection reset"
    LOST = "done, answer lost"


@dataclass(frozen=True)
class Rates:
    """How often each fault happens, as shares (0 to 1) of calls or of invocations."""

    dynamodb: float = 0.0
    """Calls of DynamoDB that fail, or whose response is lost."""
    dynamodb_down: float = 0.0
    """Invocations that find DynamoDB down altogether."""
    ses_throttled: float = 0.0
    ses_lost: float = 0.0
    """E-mails that SES accepts without a response."""
    ses_seconds: float = 0.0
    """The mean time that SES takes for an e-mail, in which other invocations run."""
    killed: float = 0.0
    """Invocations whose process is killed."""
    sweeps_killed: float = 0.0
    facts_unread_at_init: float = 0.0
    """Processes that start while the table of facts cannot be read."""
    answer_lost: float = 0.0
    """Responses that do not reach the visitor or the staff."""


CALM = Rates()

STORM = Rates(
    dynamodb=0.05,
    dynamodb_down=0.02,
    ses_throttled=0.30,
    ses_lost=0.02,
    ses_seconds=0.1,
    killed=0.05,
    sweeps_killed=0.3,
    facts_unread_at_init=0.3,
    answer_lost=0.02,
)


class FaultPlan:
    """The faults of one invocation."""

    def __init__(self, rates: Rates, random: Random, kill_point: int = 0) -> None:
        self.kill_point = kill_point
        """Where the process is killed; 0 is never.

        Between two calls of AWS nothing leaves the process, so a kill anywhere between them equals a kill at the next
        one: before it is done (an odd number), or after it is done and before the response (an even one).
        """
        self._points = 0
        self._rates = rates
        self._random = random
        down = random.choice([Fault.REFUSED, Fault.REFUSED, Fault.REFUSED, Fault.LOST])
        self._down = down if random.random() < rates.dynamodb_down else None

    def dynamodb(self) -> Fault:
        """Draw what happens to the next call of DynamoDB."""
        if self._down:
            return self._down
        if self._random.random() >= self._rates.dynamodb:
            return Fault.NONE
        # A lost response costs the client a second, so it is drawn less often.
        return self._random.choices([Fault.REFUSED, Fault.RESET, Fault.LOST], [2, 2, 1])[0]

    def ses(self) -> Fault:
        """Draw what happens to the next e-mail."""
        dice = self._random.random()
        if dice < self._rates.ses_throttled:
            return Fault.REFUSED
        return Fault.LOST if dice < self._rates.ses_throttled + self._rates.ses_lost else Fault.NONE

    def ses_seconds(self) -> float:
        """Draw the seconds that SES takes for the next e-mail; fewer than the client's timeout."""
        return min(self._random.expovariate(1 / self._rates.ses_seconds), 0.5) if self._rates.ses_seconds else 0.0

    def choice(self, possible: Sequence[str]) -> str:
        """Draw one of several error codes."""
        return self._random.choice(possible)

    def is_killed_here(self) -> bool:
        """Return True if the process is killed at this point."""
        self._points += 1
        return self._points == self.kill_point

    def loses_answer(self) -> bool:
        """Return True if the response does not reach the client."""
        return self._random.random() < self._rates.answer_lost
