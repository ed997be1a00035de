"""The site's build in this process: `make build` runs it once, `make serve` again and again."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import pelican
from leads.domain.people import StaffedPractice
from pelican.settings import read_settings

from plugins.lint import practice_file
from plugins.lint.diagnostic import print_annotations, print_findings

ROOT = Path(__file__).parents[1]


class BuildError(Exception):
    """The site cannot be built. Its text has a line for each mistake that was not printed yet."""


def practice() -> StaffedPractice:
    """Read the practice file, without closed dates. Raises BuildError with the file's mistakes."""
    try:
        return practice_file.read(ROOT / "content" / "practice.toml")
    except practice_file.PracticeFileError as mistakes:
        raise BuildError(str(mistakes).replace(f"{ROOT}/", "")) from None


class _ErrorCollector(logging.Handler):
    """Keeps the errors that Pelican only logs: it goes on after a page that it could not read."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())
        else:
            print(f"Note: {record.getMessage()}", file=sys.stderr)


def build(*, tolerant: bool = False, **folders: Path) -> str:
    """Build the site. Folders go by Pelican's names: PATH, OUTPUT_PATH, COMPILED_PATH.

    Returns the mistakes that the site is built with, a line each: changes that await their review, and every mistake
    in the content if the build is tolerant. Raises BuildError for all others.
    """
    collector = _ErrorCollector()
    root = logging.getLogger()
    # Pelican logs the same message once only, so a second build with the same mistake would seem to succeed.
    pelican.log.init(level=logging.WARNING, handler=None, logs_dedup_min_level=logging.DEBUG)
    pelican.console.quiet = True
    root.addHandler(collector)
    try:
        settings = _settings(folders, tolerant=tolerant)
        pelican.Pelican(settings).run()
    except (SystemExit, Exception) as error:
        raise BuildError("\n".join([*collector.errors, *_messages(error)])) from None
    finally:
        root.removeHandler(collector)
    if collector.errors:
        raise BuildError("\n".join(collector.errors))
    return str(settings.get("MISTAKES", ""))


def _settings(folders: dict[str, Path], *, tolerant: bool) -> dict[str, Any]:
    overrides: dict[str, Any] = {"TOLERANT": tolerant, **{name: str(folder) for name, folder in folders.items()}}
    settings: dict[str, Any] = read_settings(str(ROOT / "pelicanconf.py"), override=overrides)
    return settings


def _messages(error: BaseException) -> list[str]:
    if not isinstance(error, SystemExit):
        return [f"{type(error).__name__}: {error}"]
    # pelicanconf.py exits with the practice file's mistakes; proofreading prints its findings and exits with a number.
    return [error.code] if isinstance(error.code, str) else []


def main() -> None:
    """Build the site and print its mistakes; exit with those that stop the build."""
    try:
        mistakes = build()
    except BuildError as error:
        print_annotations(str(error))
        sys.exit(str(error) or 1)
    print("The site is in output/.", flush=True)
    print_findings(mistakes)


if __name__ == "__main__":
    main()
