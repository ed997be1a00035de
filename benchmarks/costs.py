"""The costs of a month: list prices (prices.toml) times usage. `python -m benchmarks costs`; docs/costs.md explains.

Bytes and requests of a page are those of the built site, a lead's usage is measured on the real functions, and alarms
and secrets are counted in the template. No free tier is assumed, and each view is a reader's first.
"""

from __future__ import annotations

import collections
import datetime as dt
import math
import os
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it comes without types
from infra.template import load
from leads.aws.facts import deployed_copy
from leads.aws.repository import LeadRepository
from leads.domain import lifecycle
from leads.domain.lifecycle import SWEEP_INTERVAL, Event
from leads.settings import Settings

from benchmarks.aws import FACTS, LEADS_TABLE, AwsStub, ConditionNotMetError, Table
from benchmarks.expressions import Item
from benchmarks.functions import CAPTURE, STAFF, SWEEP, memory
from benchmarks.simulation import COMPILED, QUOTAS, SimulatedAws, tuesday_at_ten, variables
from benchmarks.tables import table

ROOT = Path(__file__).parents[1]

VIEWS = (1_000, 100_000, 10_000_000)
LEADS = (10, 1_000, 100_000)

GB = 10**9
DAYS = 30

SWEEPS = dt.timedelta(days=DAYS) // SWEEP_INTERVAL

# Assumptions, not measured on AWS.
STARTED_FORMS = 3
"""Forms that visitors begin for each that is sent; the page asks the function once for each."""
RESPONSE_HEADERS = 900
"""Bytes of a response's headers."""
PROMISE_SECONDS = 0.40
"""The page's question when the call is due, which nearly always starts the function."""
CAPTURE_SECONDS = 0.05
"""The form, in the function that the question started."""
STAFF_SECONDS = 0.10
STAFF_CALLS = 3
"""The page, a button, the page again."""
SWEEP_SECONDS = 0.20
"""A sweep that finds nothing."""
SWEEP_SECONDS_A_LEAD = 0.04
LAMBDA_LOG = 900
"""Bytes that Lambda itself logs about a call."""
CLOUDFRONT_MISSES = 200_000
"""The most requests a month that reach S3: an edge location fetches a page again every hour."""
METRICS = 11
"""Names of the metrics in the functions' log."""


@dataclass(frozen=True)
class ListPrice:
    """One list price."""

    usd: float
    unit: str
    source: str
    seen: str
    confirmed: str


def prices() -> dict[str, ListPrice]:
    """Return the list prices by name."""
    facts = tomllib.loads((Path(__file__).parent / "prices.toml").read_text(encoding="utf-8"))
    return {name: ListPrice(**fact) for name, fact in facts.items()}


@dataclass(frozen=True)
class PageView:
    """Requests and bytes of a first visit to the article."""

    requests: int
    bytes: int


def page_view(output: Path) -> PageView:
    """Return the usage of the article with everything that a browser loads for it, compressed as CloudFront does."""
    page = max(output.glob("*/index.html"), key=lambda file: file.stat().st_size)
    loaded = set(re.findall(r"/assets/[\w.-]+\.(?:js|svg|woff2|css)", page.read_text(encoding="utf-8")))
    files = [page, *(output / name.lstrip("/") for name in loaded)]
    return PageView(len(files), sum(_transferred(file) + RESPONSE_HEADERS for file in files))


def _transferred(file: Path) -> int:
    data = file.read_bytes()
    return min(len(data), len(brotli.compress(data, quality=5)))


@dataclass(frozen=True)
class OneLead:
    """The usage of one lead from the form to `contacted`, with one reminder."""

    writes: int
    reads: int
    emails: int
    log_bytes: int
    stored_bytes: int


@dataclass(frozen=True)
class EmptySweep:
    """The usage of a sweep that finds nothing due."""

    writes: float
    reads: float


class _MeteredTable(Table):
    """Counts write units: one for each kilobyte, in the table and for each key added to or removed from an index.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html, Write capacity
    """

    writes = 0

    def put(self, item: Item) -> None:
        old = self.items.get(item[self.key]["S"]) or {}
        self.writes += _units(max(size(old), size(item)))
        for index in self.indexes.values():
            keys = {self.key, index.partition, index.sort}
            names = keys | old.keys() | item.keys() if index.whole else keys
            before, after = ({name: each.get(name) for name in names} for each in (old, item))
            moved = any(before[name] != after[name] for name in (index.partition, index.sort))
            touched = [each for each in (old, item) if index.holds(each)]
            if before != after:
                kept = touched if moved else touched[-1:]
                self.writes += sum(_units(size(each)) if index.whole else 1 for each in kept)
        super().put(item)


def _units(bytes_written: int) -> int:
    return max(1, math.ceil(bytes_written / 1024))


class MeteredAws(AwsStub):
    """Counts the units of reads, and of writes whose condition does not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0.0
        self.reset(metered := _MeteredTable(LEADS_TABLE))
        self.metered = metered

    def call(self, operation: str, parameters: Item) -> Item:
        try:
            answer = super().call(operation, parameters)
        except ConditionNotMetError as failed:
            self.metered.writes += _units(size(failed.item))
            raise
        if operation in {"Query", "GetItem"}:
            found = answer.get("Items", [answer.get("Item", {})])
            self.reads += read_units(sum(map(size, found)), consistent=parameters.get("ConsistentRead", False))
        return answer


def read_units(bytes_read: int, *, consistent: bool = False) -> float:
    """Return the units of a read: one for each 4 kB, at least one; half of that unless it is consistent."""
    return max(1, math.ceil(bytes_read / 4096)) * (1 if consistent else 0.5)


def size(value: object) -> int:
    """Return the approximate bytes of an item: names, values, three for a list or map, one for each entry.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    if isinstance(value, dict):
        typed = len(value) == 1 and next(iter(value)) in {"S", "N", "M", "L", "BOOL", "SS"}
        inside = sum((0 if typed else len(str(name))) + size(part) for name, part in value.items())
        return inside + (3 if typed and next(iter(value)) in {"M", "L"} else 0)
    if isinstance(value, list):
        return sum(1 + size(part) for part in value)
    return len(str(value).encode())


AFTERNOON = dt.timedelta(hours=7)
AFTERNOON_SWEEPS = AFTERNOON // SWEEP_INTERVAL


def measured(settings: Settings) -> tuple[OneLead, EmptySweep]:
    """Measure one lead in the functions (stored, announced, reminded of, called), and a sweep without one."""
    aws, without = MeteredAws(), MeteredAws()
    log, emails = _afternoon(settings, aws, leads=1)
    other_log, other_emails = _afternoon(settings, without, leads=0)
    (item,) = (item for name in aws.metered.items if "fingerprint" in (item := aws.metered.items[name]))
    sweep = EmptySweep(without.metered.writes / AFTERNOON_SWEEPS, without.reads / AFTERNOON_SWEEPS)
    return OneLead(
        writes=aws.metered.writes - without.metered.writes,
        reads=round(aws.reads - without.reads) + STAFF_CALLS,
        emails=emails - other_emails,
        log_bytes=log - other_log,
        stored_bytes=2 * size(item) + 3 * 200,  # in the table and in `worklist`; with what DynamoDB adds, and `number`
    ), sweep


def _afternoon(settings: Settings, aws: AwsStub, *, leads: int) -> tuple[int, int]:
    """Sweep from ten o'clock until after the reminder, and report calls; return bytes of log, and e-mails."""
    practice = deployed_copy(settings.compiled).practice
    simulated = SimulatedAws(tuesday_at_ten(practice), QUOTAS["production"], aws)
    after_the_digest = simulated.now + 1.5 * SWEEP_INTERVAL
    simulated.arrivals.extend([(after_the_digest, ())] * leads)
    with simulated.logged():
        collections.deque(simulated.sweeps(AFTERNOON), maxlen=0)
        repository = LeadRepository(settings.table, simulated)  # type: ignore[arg-type]  # as far as the store needs a client
        for lead in simulated.leads():
            repository.change(lead, lifecycle.apply(lead, Event.CONTACTED, simulated.now, practice))
    return simulated.log.bytes, simulated.ses_quotas.emails


@dataclass(frozen=True)
class System:
    """The figures of the system that do not depend on the number of views and leads."""

    view: PageView
    lead: OneLead
    empty_sweep: EmptySweep
    alarms: int
    secrets: int
    keep_days: int
    site_bytes: int
    facts_reads: float
    """Read units of the facts and the people. Each call may read them: it starts a function, or finds them old."""


def system() -> System:
    """Return the figures of the built site, the functions and the template."""
    os.environ.update(variables(COMPILED))
    settings = Settings.read()
    lead, empty_sweep = measured(settings)
    output = ROOT / "output"
    types = Counter(resource["Type"] for resource in load()["Resources"].values())
    published = AwsStub((COMPILED / "shell.html").read_text()).tables[FACTS]
    return System(
        view=page_view(output),
        lead=lead,
        empty_sweep=empty_sweep,
        alarms=types["AWS::CloudWatch::Alarm"],
        secrets=types["AWS::SecretsManager::Secret"],
        keep_days=deployed_copy(settings.compiled).practice.privacy.keep_days,
        site_bytes=sum(file.stat().st_size for file in output.rglob("*") if file.is_file()),
        facts_reads=sum(read_units(size(item)) for item in published.items.values()),
    )


def usage(system: System, views: int, leads: int, *, waf: bool = False) -> dict[str, float]:
    """Return the quantity of each priced item in a month."""
    calls = leads * (STARTED_FORMS + 1 + STAFF_CALLS)
    requests = views * system.view.requests + calls
    kept = leads * system.lead.stored_bytes * system.keep_days / DAYS / GB
    used = {
        "cloudfront_gb": views * system.view.bytes / GB,
        "cloudfront_request": requests,
        "cloudfront_function": 2 * views,  # for each page twice, there and back; assets go without
        "s3_get": min(requests, CLOUDFRONT_MISSES),
        "s3_gb": system.site_bytes * 10 / GB,
        "api_request": calls,
        "lambda_request": calls + SWEEPS,
        "lambda_gb_second": _gb_seconds(leads),
        "dynamodb_write": leads * system.lead.writes + SWEEPS * system.empty_sweep.writes,
        "dynamodb_read": leads * system.lead.reads + SWEEPS * system.empty_sweep.reads + calls * system.facts_reads,
        "dynamodb_gb": kept,
        "dynamodb_recovery_gb": kept,
        "ses_email": leads * system.lead.emails + DAYS,
        "log_gb": (leads * system.lead.log_bytes + (calls + SWEEPS) * LAMBDA_LOG) / GB,
        "metric": METRICS,
        "alarm": system.alarms,
        "secret": system.secrets,
        "schedule": SWEEPS,
    }
    return used | ({"waf_acl": 1, "waf_rule": 1, "waf_request": requests} if waf else {})


def _gb_seconds(leads: int) -> float:
    seconds = {
        CAPTURE: leads * (STARTED_FORMS * PROMISE_SECONDS + CAPTURE_SECONDS),
        STAFF: leads * STAFF_CALLS * STAFF_SECONDS,
        SWEEP: leads * 2 * SWEEP_SECONDS_A_LEAD + SWEEPS * SWEEP_SECONDS,
    }
    return sum(memory(handler) / 1024 * taken for handler, taken in seconds.items())


def bill(used: Mapping[str, float], listed: Mapping[str, ListPrice]) -> dict[str, float]:
    """Return the cost of each priced item in US dollars."""
    return {name: quantity * listed[name].usd for name, quantity in used.items()}


GROUPS = {
    "pages (CloudFront, S3)": ("cloudfront_", "s3_"),
    "functions (API, Lambda, schedule)": ("api_", "lambda_", "schedule"),
    "table": ("dynamodb_",),
    "e-mails": ("ses_",),
    "logs, metrics, alarms, secrets": ("log_", "metric", "alarm", "secret"),
    "firewall, if you want it": ("waf_",),
}


def report(system: System, listed: Mapping[str, ListPrice]) -> str:
    """Return the table of docs/costs.md, the usage of a view and a lead, and the prices."""
    columns = [bill(usage(system, views, leads, waf=True), listed) for views, leads in zip(VIEWS, LEADS, strict=True)]
    rows = [[name, *(f"{_sum(column, starts):,.2f}" for column in columns)] for name, starts in GROUPS.items()]
    base = [sum(column.values()) - _sum(column, ("waf_",)) for column in columns]
    rows += [["**total without a firewall**", *(f"**{total:,.2f}**" for total in base)]]
    head = ["US dollars a month", *(f"{v:,} views, {n:,} leads" for v, n in zip(VIEWS, LEADS, strict=True))]
    return "\n\n".join(
        [
            table(head, rows),
            f"{system.view}\n{system.lead}\n{system.empty_sweep}\n{system.alarms} alarms",
            _sources(listed),
        ]
    )


def _sum(column: Mapping[str, float], starts: tuple[str, ...]) -> float:
    return sum(cost for name, cost in column.items() if name.startswith(starts))


def _sources(listed: Mapping[str, ListPrice]) -> str:
    head = ["US dollars", "for one", "source", "seen", "confirmed"]
    order = {"list": 0, "others": 1, "memory": 2}
    shown = sorted(listed.values(), key=lambda price: order[price.confirmed])
    rows = [
        [
            f"{price.usd:.10f}".rstrip("0").rstrip("."),
            price.unit,
            price.source or "none",
            price.seen or "never",
            price.confirmed,
        ]
        for price in shown
    ]
    return table(head, rows)
