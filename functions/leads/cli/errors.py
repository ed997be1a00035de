"""Errors of commands: an exit code for scripts, a sentence for people."""

from __future__ import annotations

from enum import IntEnum

from botocore.exceptions import BotoCoreError, ClientError

from leads import log
from leads.domain.errors import MailError, StaleError, StoreError, UnreadableError
from leads.settings import EnvironmentMistakeError


class ExitCode(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    TOO_LATE = 4


class CommandError(Exception):
    """The command cannot go on; its text says what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


SIGN_IN = "Sign in to AWS first, for example with `aws sso login`."
NO_ANSWER = "Nothing answers there: check the connection or, on this machine, whether `make serve` runs."

ADVICE = {
    "AccessDenied": "Ask whoever runs the AWS account for this permission.",
    "AccessDeniedException": "Ask whoever runs the AWS account for this permission.",
    "ConnectTimeoutError": NO_ANSWER,
    "EndpointConnectionError": NO_ANSWER,
    "ExpiredToken": SIGN_IN,
    "ExpiredTokenException": SIGN_IN,
    "NoCredentialsError": SIGN_IN,
    "NoRegionError": "Name the region, for example AWS_DEFAULT_REGION=us-east-1.",
    "ProfileNotFound": "Set AWS_PROFILE to one of the profiles in ~/.aws/config.",
    "ResourceNotFoundException": "There is no such table in this region: check LEADS_TABLE and AWS_DEFAULT_REGION.",
    "TokenRetrievalError": SIGN_IN,
    "UnauthorizedSSOTokenError": SIGN_IN,
    "UnrecognizedClientException": SIGN_IN,
}

EXPECTED = (
    BotoCoreError,
    ClientError,
    UnreadableError,
    EnvironmentMistakeError,
    MailError,
    OSError,
    StaleError,
    StoreError,
)
"""Errors that are no fault of this code."""


def explain(error: Exception) -> CommandError:
    """Return the sentence and the exit code for one of EXPECTED."""
    if isinstance(error, StaleError):
        return CommandError("A colleague was faster: look at it again with `leads show`.", ExitCode.TOO_LATE)
    if isinstance(error, UnreadableError):
        return CommandError(f"{error} is damaged: see what the table holds under it. Nothing was changed.")
    if isinstance(error, EnvironmentMistakeError):
        other = " Or say where the leads are: --stack NAME, or --local while `make serve` runs."
        return CommandError(f"{error}{other if 'LEADS_' in str(error) else ''}")
    if isinstance(error, MailError):
        cure = "It will not work until that is cured in AWS." if error.permanent else "Try again in a minute."
        return CommandError(f"SES did not take the e-mail ({error}). {cure}")
    if isinstance(error, OSError):
        return CommandError(f"The file cannot be written ({error.strerror}): choose another one with -o.")
    code = str(error) if isinstance(error, StoreError) else log.error_code(error)
    return CommandError(f"AWS did not do it ({code}). {ADVICE.get(code, 'Try again in a minute.')}")
