"""Errors that services raise and handle, whichever adapter they come from. None of them holds anything personal."""

from __future__ import annotations


class StoreError(RuntimeError):
    """The table did not do what was asked; the text is AWS's error code."""

    def __init__(self, code: str, *, unsure: bool = False) -> None:
        super().__init__(code)
        self.unsure = unsure
        """Whether it may have been done all the same: an answer was lost, or reported a fault inside DynamoDB."""


class StaleError(RuntimeError):
    """The lead was changed by another writer since it was read."""


MAX_TRIES = 5
"""How often a change is tried again on the newer version after a StaleError; each is another writer's success."""


class UnreadableError(ValueError):
    """A stored item cannot be read as a lead; the text is its reference."""


class MailError(RuntimeError):
    """SES did not take an e-mail; the text is AWS's error code."""

    def __init__(self, code: str, *, rejected: bool = False, permanent: bool = False) -> None:
        super().__init__(code)
        self.rejected = rejected
        """Whether SES objects to the content: without names and numbers it may pass."""
        self.permanent = permanent
        """Whether no retry helps until a setting in AWS is changed (docs/operations.md)."""


class PeopleUnknownError(RuntimeError):
    """It is not known who gets the requests: the table of facts has no people, or was never read."""
