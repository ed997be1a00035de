"""`make bench`: figures of the functions' speed, beside other ways to write them, in one run.

Without a part: cold, imports, warm, sweep (about five minutes; needs Python 3.13). `flood` (100,000 leads in an hour on
simulated time, five minutes) and `costs` (of a month, a few seconds) run only if they are named.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.package import interpreter
from infra.package.interpreter import PackageError

from benchmarks import cold, costs, flood, imports, loopback, packages, sweep, warm
from benchmarks.aws import AwsStub
from benchmarks.cold import Benchmark
from benchmarks.runtime import PackagedHandler

MEASURED = ("cold", "imports", "warm", "sweep")
"""Parts that run packaged handlers in AWS's runtime client; the default."""

COMPUTED = ("flood", "costs")
"""Parts that run in this process."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*MEASURED, *COMPUTED, []], help="what to measure")
    parser.add_argument("--cold", type=int, default=25, metavar="N", help="cold starts of each handler")
    parser.add_argument("--warm", type=int, default=1000, metavar="N", help="warm calls of each handler")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=Path,
        metavar="DIRECTORY",
        help="another functions/leads, built by `make build`, to compare in cold and warm; of any layout",
    )
    flood.add_arguments(parser)
    return parser.parse_args()


async def _measure_all(parts: Sequence[str], arguments: argparse.Namespace) -> None:
    runtime, handlers = packages.build()
    also = [packages.ours(packages.name_of(path), path) for path in arguments.also]
    aws = AwsStub()
    server, port = await loopback.serve(aws.answer)
    async with server:
        bench = Benchmark(interpreter.python(), runtime, aws, port)
        for part in parts:
            print(await _measure(part, bench, handlers, also, arguments), end="\n\n", flush=True)


async def _measure(
    part: str,
    bench: Benchmark,
    handlers: list[PackagedHandler],
    also: list[PackagedHandler],
    arguments: argparse.Namespace,
) -> str:
    if part == "cold":
        return cold.report(await cold.measure(bench, [*handlers, *also], arguments.cold))
    if part == "warm":
        return warm.report(await warm.measure(bench, [*handlers, *also], arguments.warm))
    if part == "imports":
        return imports.report(await imports.measure(bench, handlers[0]))
    return sweep.report(await sweep.measure(bench, handlers[0]))


def main() -> None:
    """Print the report of each part. Exits with a message if the package cannot be made."""
    arguments = _arguments()
    parts = arguments.parts or MEASURED
    try:
        if measured := [part for part in parts if part in MEASURED]:
            asyncio.run(_measure_all(measured, arguments))
    except PackageError as error:
        sys.exit(str(error))
    if "flood" in parts:
        print(flood.simulate(arguments), end="\n\n", flush=True)
    if "costs" in parts:
        print(costs.report(costs.system(), costs.prices()))


if __name__ == "__main__":
    main()
