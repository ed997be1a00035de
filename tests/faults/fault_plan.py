"""What goes wrong, decided by a seed: the same seed, the same fate for the same request."""

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
    """How often what goes wrong, as shares of calls or of invocations."""

    dynamodb: float = 0.0
    """Calls of DynamoDB that fail or whose answer is lost."""
    dynamodb_down: float = 0.0
    """Invocations that find DynamoDB down altogether."""
    ses_throttled: float = 0.0
    ses_lost: float = 0.0
    """E-mails that SES takes without ever answering."""
    ses_seconds: float = 0.0
    """What SES takes for an e-mail on average: time in which others are at work."""
    killed: float = 0.0
    """Invocations whose process is killed."""
    sweeps_killed: float = 0.0
    answer_lost: float = 0.0
    """Answers that do not reach the visitor or the staff."""


CALM = Rates()

STORM = Rates(
    dynamodb=0.05,
    dynamodb_down=0.02,
    ses_throttled=0.30,
    ses_lost=0.02,
    ses_seconds=0.1,
    killed=0.05,
    sweeps_killed=0.2,
    answer_lost=0.02,
)


class FaultPlan:
    """What one invocation will meet."""

    def __init__(self, rates: Rates, random: Random, *, killed: float, max_points: int) -> None:
        self._rates = rates
        self._random = random
        down = random.choice([Fault.REFUSED, Fault.REFUSED, Fault.REFUSED, Fault.LOST])
        self._down = down if random.random() < rates.dynamodb_down else None
        # Between two calls of AWS nothing leaves the process, so that being killed anywhere between them is
        # the same as being killed at the next one: before it is done, or when it is done and not answered.
        # Evenly over the orders of magnitude: the first points matter in each invocation, a sweep has hundreds.
        point = round(max_points ** random.random())
        self._points_left = point if random.random() < killed else 0

    def dynamodb(self) -> Fault:
        """What happens to the next call of DynamoDB."""
        if self._down:
            return self._down
        if self._random.random() >= self._rates.dynamodb:
            return Fault.NONE
        # Waiting for a lost answer takes the client three seconds, so there are fewer of them.
        return self._random.choices([Fault.REFUSED, Fault.RESET, Fault.LOST], [2, 2, 1])[0]

    def ses(self) -> Fault:
        """What happens to the next e-mail."""
        dice = self._random.random()
        if dice < self._rates.ses_throttled:
            return Fault.REFUSED
        return Fault.LOST if dice < self._rates.ses_throttled + self._rates.ses_lost else Fault.NONE

    def ses_seconds(self) -> float:
        """How long SES takes for the next e-mail; less than the client's patience."""
        return min(self._random.expovariate(1 / self._rates.ses_seconds), 0.5) if self._rates.ses_seconds else 0.0

    def choice(self, possible: Sequence[str]) -> str:
        """One of several ways to go wrong."""
        return self._random.choice(possible)

    def is_killed_here(self) -> bool:
        """Whether the process is killed at this point."""
        self._points_left -= 1
        return self._points_left == 0

    def loses_answer(self) -> bool:
        """Whether the answer does not reach whoever asked."""
        return self._random.random() < self._rates.answer_lost
