"""botocore clients: one session, the given timeouts, and as many tries as asked for."""

from __future__ import annotations

from typing import Any

from botocore import handlers
from leads.aws import clients


def test_a_client_has_the_given_timeouts_and_tries(aws: None) -> None:
    config: Any = clients.client("sesv2", connect_timeout=1.5, read_timeout=2.5, tries=3).meta.config

    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (1.5, 2.5, 3)


def test_requests_carry_a_fixed_user_agent(aws: None) -> None:
    made = clients.client("dynamodb", connect_timeout=1, read_timeout=1, tries=1)
    sent: list[bytes] = []
    made.meta.events.register(
        "before-send.dynamodb.ListTables", lambda request, **_: sent.append(request.headers["User-Agent"])
    )

    made.list_tables()

    assert sent == [b"clinic-callback"]


def test_botocore_has_no_handler_for_our_services_alone() -> None:
    named = {event.split(".")[1] for event, *_ in handlers.BUILTIN_HANDLERS if "." in event}

    assert named.isdisjoint({"dynamodb", "ses", "sesv2"})


def test_a_handler_for_all_services_is_registered_in_its_own_order() -> None:
    assert all(len(registered) == 2 for registered in handlers.BUILTIN_HANDLERS if "." not in registered[0])
