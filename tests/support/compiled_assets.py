"""Environment variables of a deployed function, and what the site's build compiled for it."""

from __future__ import annotations

from pathlib import Path

from leads import rendering
from leads.domain.people import StaffedPractice
from leads.settings import Settings

from tests.support.factories import SECRET


def compiled(folder: Path, practice: StaffedPractice) -> Path:
    """Write what the site's build compiles: the practice, and a shell around the crisis card. Return the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "practice.json").write_text(practice.facts_json, encoding="utf-8")
    card = rendering.render("parts/crisis.html", practice=practice)
    shell = f"<!doctype html><title><!--title--></title>{card}<main><!--main--></main>"
    (folder / "shell.html").write_text(shell, encoding="utf-8")
    return folder


def variables(folder: Path, **changes: str) -> dict[str, str]:
    """Return the environment variables of a deployed function."""
    return {
        "LEADS_TABLE": "leads",
        "LEADS_SECRET": SECRET,
        "LEADS_FACTS": "facts",
        "LEADS_SITE_URL": "https://www.lakeside.example",
        "LEADS_COMPILED": str(folder),
        **changes,
    }


def settings(**changes: str) -> Settings:
    """Return the settings of a deployed function that reads no compiled practice."""
    return Settings.read(variables(Path("unused"), **changes))
