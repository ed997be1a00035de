"""The site as its visitors get it, for tests that look at a whole page."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra import preview_server

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServedSite:
    """A site whose pages name the address at which they are served as their own: others are not indexed."""

    output: Path
    url: str

    @property
    def article(self) -> str:
        """The address of the first article."""
        return self.url + preview_server.articles(self.output)[0]


@pytest.fixture(scope="session")
def published_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    """Build the site for the address of the server that serves it."""
    folder = tmp_path_factory.mktemp("published")
    with preview_server.serving(folder / "output") as url:
        variables = {
            **os.environ,
            "SITE_URL": url,
            "OUTPUT": str(folder / "output"),
            "LEADS_COMPILED": str(folder / "compiled"),
        }
        command = [sys.executable, "-m", "infra.site"]
        run = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, check=False)
        assert b"The site is in output/." in run.stdout, "it was not built: see above"
        yield ServedSite(folder / "output", url)
