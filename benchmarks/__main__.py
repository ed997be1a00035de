"""`make bench`: figures of the functions' speed, beside other ways to write them, in one run.

Without a part: cold, woken, imports, warm, sweep and latency (eight minutes; needs Python 3.13), and their targets.
`flood` (100,000 leads in an hour on simulated time, five minutes) and `costs` (of a month, a few seconds) run only if
they are named.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.package import interpreter
from infra.package.interpreter import PackageError

from benchmarks import (
    certificates,
    cold,
    costs,
    flood,
    imports,
    latency,
    loopback,
    packages,
    reach,
    record,
    simulation,
    sweep,
    warm,
)
from benchmarks.aws import AwsStub
from benchmarks.cold import Benchmark
from benchmarks.record import Results
from benchmarks.runtime import PackagedHandler

MEASURED = ("cold", "woken", "imports", "warm", "sweep")
"""Parts that run packaged handlers in AWS's runtime client."""

DEFAULT = (*MEASURED, "latency")

COMPUTED = ("latency", "flood", "costs")
"""Parts that run in this process."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*MEASURED, *COMPUTED, []], help="what to measure")
    parser.add_argument("--cold", type=int, default=25, metavar="N", help="cold starts of each handler")
    parser.add_argument("--woken", type=int, default=15, metavar="N", help="processes that are woken")
    parser.add_argument("--warm", type=int, default=1000, metavar="N", help="warm calls of each handler")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=Path,
        metavar="DIRECTORY",
        help="another functions/leads, built by `make build`, to compare in cold and warm; of any layout",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures with their samples to a file")
    flood.add_arguments(parser)
    return parser.parse_args()


async def _measure_all(parts: Sequence[str], arguments: argparse.Namespace, results: Results) -> None:
    runtime, handlers = packages.build()
    also = [packages.ours(packages.name_of(path), path) for path in arguments.also]
    aws = AwsStub((simulation.COMPILED / "shell.html").read_text())
    with TemporaryDirectory() as folder:
        tls, roots = certificates.issue(Path(folder))
        server, port = await loopback.serve(aws.answer, tls)
        async with server:
            bench = Benchmark(interpreter.python(), runtime, aws, port, roots)
            for part in parts:
                print(await _measure(part, bench, [*handlers, *also], arguments, results), end="\n\n", flush=True)


async def _measure(
    part: str, bench: Benchmark, handlers: list[PackagedHandler], arguments: argparse.Namespace, results: Results
) -> str:
    """Measure the part, keep its figures among the results, and return its report."""
    ours, own = handlers[0], [handler for handler in handlers if handler.entry.startswith("leads.")]
    if part == "cold":
        results[part] = starts = await cold.measure(bench, handlers, arguments.cold)
        return cold.report(starts)
    if part == "woken":
        results[part] = wakenings = {each.name: await cold.measure_woken(bench, each, arguments.woken) for each in own}
        return cold.report_woken(wakenings)
    if part == "warm":
        results[part] = calls = await warm.measure(bench, handlers, arguments.warm)
        return warm.report(calls)
    if part == "imports":
        return imports.report(await imports.measure(bench, ours))
    sweeps = await sweep.measure(bench, ours)
    results[part] = {f"{each.stored} stored": [each] for each in sweeps}
    return sweep.report(sweeps)


def _compute(part: str, arguments: argparse.Namespace, results: Results) -> str:
    if part == "flood":
        return flood.simulate(arguments)
    if part == "costs":
        return costs.report(costs.system(), costs.prices())
    results[part] = delays = latency.measure()
    return latency.report(delays)


def main() -> None:
    """Print the report of each part, and the targets. Exits with a message if the package cannot be made."""
    arguments, results = _arguments(), Results()
    parts = arguments.parts or DEFAULT
    try:
        if measured := [part for part in parts if part in MEASURED]:
            asyncio.run(_measure_all(measured, arguments, results))
    except PackageError as error:
        sys.exit(str(error))
    for part in (part for part in parts if part in COMPUTED):
        print(_compute(part, arguments, results), end="\n\n", flush=True)
    if results:
        print(reach.report(results, lines := record.lines()))
        if arguments.json:
            arguments.json.write_text(record.text(results, lines), encoding="utf-8")


if __name__ == "__main__":
    main()
