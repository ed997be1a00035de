"""`make faults`: 2,000 visitors, 32 at once, while every part fails at random. Prints the figures.

python -m tests.faults --visitors 2000 --at-once 32 --seed 7
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from types_boto3_dynamodb import DynamoDBClient

from tests.faults.people import visitors
from tests.faults.recorder import CAPTURE, STAFF, SWEEP
from tests.faults.simulation import start_simulation
from tests.faults.storm import START, Storm
from tests.faults.verdict import Verdict
from tests.support import dynamodb_local

MAX_SECONDS = 2400
"""A run that takes longer has hung."""


async def run_storm(
    folder: Path, dynamodb: DynamoDBClient, *, people: int, at_once: int, seed: str, seconds: float = MAX_SECONDS
) -> Verdict:
    """Run once and return the verdict. Raises TimeoutError if it takes longer than so many seconds."""
    sizes = {CAPTURE: at_once, STAFF: max(2, at_once // 8), SWEEP: 2}
    async with asyncio.timeout(seconds), start_simulation(folder, dynamodb, seed, sizes, START) as made:
        run = Storm(made, list(visitors(people, seed)), at_once)
        await run.run()
        return Verdict(run)


def print_now(line: str) -> None:
    """Print a line and flush it."""
    print(line, flush=True)  # noqa: T201 -- what runs in a terminal speaks by printing


def main() -> None:
    """Run, print the figures, and exit with the broken promises if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=2_000)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    given = parser.parse_args()
    print_now(f"seed {given.seed}")
    with (
        tempfile.TemporaryDirectory() as folder,
        dynamodb_local.running() as address,
        dynamodb_local.table(address) as dynamodb,
    ):
        verdict = asyncio.run(
            run_storm(Path(folder), dynamodb, people=given.visitors, at_once=given.at_once, seed=given.seed)
        )
        broken = verdict.broken()
    for name, figure in verdict.figures():
        print_now(f"{name:<60} {figure:>8}")
    sys.exit("\n".join(["", f"{len(broken)} promises broken (seed {given.seed}):", *broken[:40]]) if broken else 0)


if __name__ == "__main__":
    main()
