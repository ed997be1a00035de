"""botocore clients. boto3 would add a tenth to a cold start (docs/decisions)."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session


@cache
def _session() -> Session:
    return Session()


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
