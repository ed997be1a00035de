"""Lighthouse on a phone: accessibility, best practices and SEO at 100, few bytes. The speed is measured and shown."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ServedSite
from tests.support import budgets, chromium
from tests.support.requirement import missing

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("loopback"), pytest.mark.browser]

LIGHTHOUSE = Path(__file__).parents[2] / "node_modules" / ".bin" / "lighthouse"

REQUIRED = {"accessibility": "Accessibility", "best-practices": "Best practices", "seo": "SEO"}
CATEGORIES = {"performance": "Performance", **REQUIRED}
"""Performance depends on what else the machine does: it is shown and fails nothing."""

FIGURES = {
    "first-contentful-paint": "First paint",
    "largest-contentful-paint": "Largest paint",
    "total-blocking-time": "Blocked",
    "cumulative-layout-shift": "Layout shift",
    "total-byte-weight": "Transferred",
}

RUNS = 3
"""Runs of a page; each figure is the median."""

ATTEMPTS = 4
"""Starts of one run. On a busy machine Lighthouse may miss the trace of a page, and asks to be run again."""

PAGES = ("Home", "Article")

Result = Mapping[str, Any]


@pytest.fixture(scope="module")
def results(published_site: ServedSite) -> dict[str, list[Result]]:
    """Audit home and the newest article."""
    if not shutil.which("node") or not LIGHTHOUSE.exists():
        missing("Lighthouse", "install npm and run `make tools`")
    with sync_playwright() as playwright:
        browser = chromium.program(playwright.chromium.executable_path)
    addresses = dict(zip(PAGES, (f"{published_site.url}/", published_site.article), strict=True))
    return {name: [_audit(url, browser) for _ in range(RUNS)] for name, url in addresses.items()}


def _audit(url: str, browser: str) -> Result:
    flags = " ".join(["--headless=new", *chromium.FLAGS])
    command = [str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    variables = {**os.environ, "CHROME_PATH": browser}
    for _ in range(ATTEMPTS):
        done = subprocess.run(command, env=variables, capture_output=True, check=False, encoding="utf-8")
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    result: Result = json.loads(done.stdout)
    return result


def _score(runs: list[Result], category: str) -> int:
    """Return the median score in percent."""
    return round(100 * statistics.median(run["categories"][category]["score"] or 0 for run in runs))


def _below_100(run: Result, category: str) -> list[str]:
    """Return the audits that cost the category points."""
    references = run["categories"][category]["auditRefs"]
    weighty = [run["audits"][reference["id"]] for reference in references if reference["weight"]]
    return [f"{audit['title']} ({audit['id']})" for audit in weighty if (audit["score"] or 0) < 1]


@pytest.mark.parametrize("category", REQUIRED)
@pytest.mark.parametrize("page_name", PAGES)
def test_a_page_has_all_points(results: dict[str, list[Result]], page_name: str, category: str) -> None:
    runs = results[page_name]
    assert _score(runs, category) == 100, _below_100(runs[-1], category)


@pytest.mark.parametrize("page_name", PAGES)
def test_a_page_transfers_few_bytes(results: dict[str, list[Result]], page_name: str) -> None:
    weights = [run["audits"]["total-byte-weight"]["numericValue"] for run in results[page_name]]
    assert budgets.KB < max(weights) <= budgets.WHOLE_PAGE


def test_the_speed_is_shown(results: dict[str, list[Result]], capsys: pytest.CaptureFixture[str]) -> None:
    table = _table(results)
    with capsys.disabled():
        print(f"\n\n{table}")  # noqa: T201 -- this is what shows it
    assert table.count("\n") == len(PAGES) + 2


def _table(results: Mapping[str, list[Result]]) -> str:
    """Return the medians in Markdown, as README has them."""
    rows = [["Lighthouse, mobile", *CATEGORIES.values(), *FIGURES.values()]]
    rows.append(["---"] * len(rows[0]))
    for name, runs in results.items():
        scores = [str(_score(runs, category)) for category in CATEGORIES]
        rows.append([name, *scores, *(_figure(runs, audit) for audit in FIGURES)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _figure(runs: list[Result], audit: str) -> str:
    audits = sorted((run["audits"][audit] for run in runs), key=lambda found: float(found["numericValue"]))
    text: str = audits[len(audits) // 2]["displayValue"]
    return text.replace("\xa0", " ").removeprefix("Total size was ")
