"""What the site's build and its publishing leave for later: the published facts and the record of a release."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

from leads.aws import facts
from leads.aws.dynamodb import Item

from infra.facts import ReleaseFacts
from infra.publish.release import Live
from plugins.output import lambda_assets
from tests.support import factories

LIVE = Live.model_validate(
    {
        "release": {
            "id": "20261117T160000Z-0123abcd",
            "at": "2026-11-17T16:00:00Z",
            "files": {
                "index.html": {
                    "sha256": "a" * 64,
                    "size": 12726,
                    "content_type": "text/html; charset=utf-8",
                    "cache_control": "public, max-age=300",
                    "version": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",
                }
            },
            "retired": {
                "theme/site.0123abcd.css": {
                    "since": "2026-11-16T09:30:00.5Z",
                    "file": {
                        "sha256": "b" * 64,
                        "size": 4096,
                        "content_type": "text/css; charset=utf-8",
                        "cache_control": "public, max-age=31536000, immutable",
                        "version": "aYjEhPjqmnGKYT0Jw1MlGA0Nk8Xg3Kc1",
                    },
                },
                "theme/site.89abcdef.js": {"since": "2026-11-16T09:30:00Z", "file": None},
            },
            "facts": "d" * 64,
            "texts": {"guide.md": "c" * 64},
            "previous": "20261116T093000Z-89abcdef",
        },
        "underway": {
            "owner": "0123456789abcdef",
            "until": "2026-11-17T16:15:00Z",
            "touches": ["index.html"],  # one: a set of several has no order
            "puts_back": "20261116T093000Z-89abcdef",
        },
    }
)


FACTS = ReleaseFacts(practice='{"name": "The Clinic"}', shell="<main><!--main--></main>")


def texts() -> dict[str, str]:
    """Return each golden file as today's code writes it."""
    return {
        "site/live.json": live_text(LIVE),
        "site/practice.json": _practice_text(),
        "site/facts.json": FACTS.body.decode(),
        "site/facts-item.json": _item_text(FACTS.item),
        "site/people-item.json": _item_text(facts.people_item(factories.SAMPLE.people_json)),
    }


def _item_text(item: Item) -> str:
    return json.dumps(item, indent=1) + "\n"


def live_text(live: Live) -> str:
    """Return the record as `infra.publish.bucket` writes it."""
    return live.model_dump_json()


def _practice_text() -> str:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PRACTICE": factories.SAMPLE, "COMPILED_PATH": folder}
        lambda_assets._write_practice(SimpleNamespace(settings=settings))
        return Path(folder, "practice.json").read_bytes().decode()
