"""A short run of the fault simulation; `make faults` is the long one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from types_boto3_dynamodb import DynamoDBClient

from tests.faults.__main__ import run_storm
from tests.faults.people import PERSONAL, visitors


def test_no_lead_is_lost_or_forgotten_while_everything_fails(tmp_path: Path, dynamodb_local: DynamoDBClient) -> None:
    # In a thread: Playwright keeps an event loop of its own running in this one.
    with ThreadPoolExecutor(1) as thread:
        storming = run_storm(tmp_path, dynamodb_local, people=32, at_once=3, seed="short", seconds=300)
        verdict = thread.submit(asyncio.run, storming).result()
    assert verdict.broken() == []
    killed = sum("killed" in name and int(str(figure)) for name, figure in verdict.figures())
    assert killed, "a run in which no process is killed proves nothing"


def test_the_search_of_the_log_finds_every_visitor() -> None:
    for visitor in visitors(20, "search"):
        for name in ("name", "phone", "conditions"):
            assert all(PERSONAL.search(answer) for answer in visitor.answers[name])
        assert PERSONAL.search(visitor.phone)
        assert PERSONAL.search(visitor.request()["headers"]["cloudfront-viewer-address"])
