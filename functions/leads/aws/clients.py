"""Clients of AWS, on botocore alone: boto3 would add a tenth to a cold start, and nothing that a handler needs."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session


@cache
def _session() -> Session:
    return Session()


def client(service: str, *, connect_timeout: float, read_timeout: float, tries: int) -> Any:
    """A client of the service. Timeouts are seconds a try; AWS's address, region and keys come from the environment."""
    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": tries},
        user_agent="clinic-callback",  # a fixed one: botocore puts its own together anew, twice a call
    )
    return _session().create_client(service, config=config)
