"""The costs of a month: list prices (prices.toml) times usage. `python -m benchmarks costs`; docs/costs.md explains.

Bytes and requests of a page are those of the built site, a lead's usage is measured on the real functions, and alarms
and secrets are counted in the template. No free tier is assumed, and each view is a reader's first.
"""

from __future__ import annotations

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
from leads.aws.repository import LeadRepository
from leads.domain import lifecycle
from leads.domain.lifecycle import Event
from leads.domain.practice import Practice
from leads.settings import Settings

from benchmarks.aws import INDEXES, Item, Table
from benchmarks.flood import COMPILED, QUOTAS, Flood, variables
from benchmarks.tables import table

ROOT = Path(__file__).parents[1]

VIEWS = (1_000, 100_000, 10_000_000)
LEADS = (10, 1_000, 100_000)

GB = 10**9
DAYS = 30

SWEEPS = DAYS * 24 * 12

# Assumptions, not measured on AWS.
RESPONSE_HEADERS = 900
"""Bytes of a response's headers."""
CAPTURE_SECONDS = 0.35
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


class _MeteredTable(Table):
    """Counts write units: one for each kilobyte, and one for each key that is added to or removed from an index."""

    def __init__(self) -> None:
        super().__init__()
        self.units = 0

    def put(self, item: Item) -> None:
        before = self.items.get(item["reference"]["S"], {})
        self.units += math.ceil(max(size(before), size(item)) / 1024)
        for name, keys in INDEXES.items():
            old, new = ([lead.get(key) for key in keys] for lead in (before, item))
            # An index with all attributes is written each time, the others when their keys change.
            same = int(name == "worklist" and None not in new)
            self.units += ((None not in old) + (None not in new)) if old != new else same
        super().put(item)


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


def one_lead(settings: Settings) -> OneLead:
    """Measure one lead in the functions: stored, announced, reminded of, called."""
    practice = settings.practice
    flood = Flood(settings, 1, _tuesday_at_ten(practice), QUOTAS["production"])
    simulated_aws = flood.simulated_aws
    simulated_aws.aws.table = simulated_aws.table = metered = _MeteredTable()
    list(flood.run(7))
    with simulated_aws.logged():
        leads = LeadRepository(settings.table, simulated_aws)  # type: ignore[arg-type]  # as far as the store needs a client
        (lead,) = leads.open(simulated_aws.now)
        leads.change(lead, lifecycle.apply(lead, Event.CONTACTED, simulated_aws.now, practice))
    counts = 2  # capture's two counts, an update each
    (item,) = (item for item in metered.items.values() if "fingerprint" in item)
    locks = sum("until" in item for item in metered.items.values())
    return OneLead(
        writes=metered.units + counts - locks * 2,
        reads=STAFF_CALLS + 1,
        emails=2 * len(practice.front_desk),
        log_bytes=simulated_aws.log.bytes,
        stored_bytes=2 * size(item) + 2 * 200,  # in the table and in `worklist`; DynamoDB adds some to each index
    )


def _tuesday_at_ten(practice: Practice) -> dt.datetime:
    return dt.datetime(2026, 11, 17, 10, tzinfo=practice.zone).astimezone(dt.UTC)


@dataclass(frozen=True)
class System:
    """The figures of the system that do not depend on the number of views and leads."""

    view: PageView
    lead: OneLead
    alarms: int
    secrets: int
    keep_days: int
    site_bytes: int


def system() -> System:
    """Return the figures of the built site, the functions and the template."""
    os.environ.update(variables(COMPILED))
    settings = Settings.read()
    output = ROOT / "output"
    types = Counter(resource["Type"] for resource in load()["Resources"].values())
    return System(
        view=page_view(output),
        lead=one_lead(settings),
        alarms=types["AWS::CloudWatch::Alarm"],
        secrets=types["AWS::SecretsManager::Secret"],
        keep_days=settings.practice.privacy.keep_days,
        site_bytes=sum(file.stat().st_size for file in output.rglob("*") if file.is_file()),
    )


def usage(system: System, views: int, leads: int, *, waf: bool = False) -> dict[str, float]:
    """Return the quantity of each priced item in a month."""
    calls = leads * (1 + STAFF_CALLS)
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
        "dynamodb_write": leads * system.lead.writes + SWEEPS,
        "dynamodb_read": leads * system.lead.reads + SWEEPS * 4.5,
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
    a_lead = CAPTURE_SECONDS + STAFF_CALLS * STAFF_SECONDS + 2 * SWEEP_SECONDS_A_LEAD
    return leads * a_lead + SWEEPS * SWEEP_SECONDS


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
    return "\n\n".join([table(head, rows), f"{system.view}\n{system.lead}\n{system.alarms} alarms", _sources(listed)])


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
