"""Files for the functions: the practice as JSON and the shell of their pages."""

from __future__ import annotations

import os
from pathlib import Path

from leads.domain.people import StaffedPractice
from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator
from pelican.writers import Writer


def write(path: Path, text: str) -> None:
    """Replace a file in one step, so that a running function never reads a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _write_shell(generator: ArticlesGenerator, writer: Writer) -> None:
    shell = generator.get_template("shell").render(generator.context)
    write(Path(generator.settings["COMPILED_PATH"], "shell.html"), shell)


def _write_practice(pelican: Pelican) -> None:
    practice: StaffedPractice = pelican.settings["PRACTICE"]
    write(Path(pelican.settings["COMPILED_PATH"], "practice.json"), practice.facts_json + "\n")


def register() -> None:
    signals.article_writer_finalized.connect(_write_shell)
    signals.finalized.connect(_write_practice)
