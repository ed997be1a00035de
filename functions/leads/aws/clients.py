"""botocore clients. boto3 would add a tenth to a cold start (docs/decisions)."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore import handlers
from botocore.config import Config
from botocore.session import Session


@cache
def _session() -> Session:
    # Without botocore's handlers for single services ("before-call.s3"), of which DynamoDB and SES have none: to
    # register them is a fiftieth of a cold start.
    session = Session(include_builtin_handlers=False)
    for event, handler, *_ in handlers.BUILTIN_HANDLERS:
        if "." not in event:
            session.register(event, handler)
    return session


def client(service: str, *, connect_timeout: float, read_timeout: float, tries: int) -> Any:
    """Return a client of the service. Timeouts are seconds for each try.

    Endpoint, region and credentials come from the environment.
    """
    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": tries},
        user_agent="clinic-callback",  # fixed: botocore would build its own twice for each call
    )
    return _session().create_client(service, config=config)
