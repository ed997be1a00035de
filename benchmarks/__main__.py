"""`make bench`: every figure, side by side in one run."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from infra.package import interpreter
from infra.package.interpreter import PackageError

from benchmarks import cold, imports, loopback, packages, sweep, warm
from benchmarks.aws import AwsStub
from benchmarks.cold import Benchmark
from benchmarks.runtime import PackagedHandler

PARTS = ("cold", "imports", "warm", "sweep")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; everything by default")
    parser.add_argument("--cold", type=int, default=25, metavar="N", help="cold starts of each handler")
    parser.add_argument("--warm", type=int, default=1000, metavar="N", help="warm calls of each handler")
    parser.add_argument(
        "--also", action="append", default=[], type=Path, metavar="DIRECTORY", help="another functions/leads to compare"
    )
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    runtime, handlers = packages.build()
    also = [packages.ours(path.parent.name or path.name, path) for path in arguments.also]
    aws = AwsStub()
    server, port = await loopback.serve(aws.answer)
    async with server:
        bench = Benchmark(interpreter.python(), runtime, aws, port)
        for part in arguments.parts or PARTS:
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


if __name__ == "__main__":
    try:
        asyncio.run(_run(_arguments()))
    except PackageError as error:
        sys.exit(str(error))
