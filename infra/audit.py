"""`make audit`: Lighthouse on a phone, on the site as it is published. Less than 100 anywhere is a failure."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from infra import preview_server, site
from infra.local.builds import Build
from tests.support import chromium

LIGHTHOUSE = site.ROOT / "node_modules" / ".bin" / "lighthouse"
TABLE = site.ROOT / "docs" / "audit.md"

CATEGORIES = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
FIGURES = {
    "first-contentful-paint": "First paint",
    "largest-contentful-paint": "Largest paint",
    "total-blocking-time": "Blocked",
    "cumulative-layout-shift": "Layout shift",
    "total-byte-weight": "Transferred",
}

RUNS = 3
"""Runs of a page; each figure is the median. One run measures what else the machine was doing."""

Result = Mapping[str, Any]


def main() -> None:
    """Audit home and the newest article."""
    with TemporaryDirectory(prefix="audit-") as folder:
        edition = Build(Path(folder))
        with preview_server.serving(edition) as url:
            _build(edition, url)
            pages = {"Home": "/", "Article": preview_server.articles(edition.output)[0]}
            results = {name: [_run(url + path) for _ in range(RUNS)] for name, path in pages.items()}
    table = _table(results)
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table, encoding="utf-8")
    print(table)
    sys.exit(_complaints(results))


def _build(edition: Build, url: str) -> None:
    """The site with this address as its own: pages whose canonical address is elsewhere are not indexed."""
    os.environ["SITE_URL"] = url
    try:
        site.build(OUTPUT_PATH=edition.output, COMPILED_PATH=edition.compiled)
    except site.BuildError as error:
        sys.exit(str(error) or 1)


def _run(url: str) -> Result:
    flags = " ".join(["--headless=new", *chromium.FLAGS])
    command = [str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    done = subprocess.run(  # noqa: S603 -- our own command
        command, env={**os.environ, "CHROME_PATH": _browser()}, capture_output=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        sys.exit(done.stderr)
    result: Result = json.loads(done.stdout)
    return result


def _browser() -> str:
    with sync_playwright() as playwright:
        return chromium.program(playwright)


def _score(runs: list[Result], category: str) -> int:
    return round(100 * statistics.median(run["categories"][category]["score"] or 0 for run in runs))


def _figure(runs: list[Result], audit: str) -> str:
    audits = sorted((run["audits"][audit] for run in runs), key=lambda found: found["numericValue"])
    text: str = audits[len(audits) // 2]["displayValue"]
    return text.replace("\xa0", " ").removeprefix("Total size was ")


def _table(results: Mapping[str, list[Result]]) -> str:
    rows = [["Lighthouse, mobile", *CATEGORIES.values(), *FIGURES.values()]]
    rows.append(["---"] * len(rows[0]))
    for name, runs in results.items():
        scores = [str(_score(runs, category)) for category in CATEGORIES]
        rows.append([name, *scores, *(_figure(runs, audit) for audit in FIGURES)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _complaints(results: Mapping[str, list[Result]]) -> str | None:
    """What is under 100, and by which of Lighthouse's audits; None if nothing is."""
    lines = [
        f"{name}: {CATEGORIES[category]} is {_score(runs, category)}: {', '.join(_short_of(runs, category))}"
        for name, runs in results.items()
        for category in CATEGORIES
        if _score(runs, category) < 100
    ]
    return "\n".join(lines) or None


def _short_of(runs: list[Result], category: str) -> list[str]:
    references = runs[-1]["categories"][category]["auditRefs"]
    weighty = [runs[-1]["audits"][reference["id"]] for reference in references if reference["weight"]]
    return [f"{audit['title']} ({audit['id']})" for audit in weighty if (audit["score"] or 0) < 1]


if __name__ == "__main__":
    main()
