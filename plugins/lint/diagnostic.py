"""The diagnostic: one mistake in the content, with its file, line and remedy; and the place where they are printed."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass

LINE = re.compile(r"(?P<path>[^\s:][^:]*):(?P<line>\d+): (?P<warning>warning: )?(?P<message>.+)")
"""A diagnostic as a line of text."""


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One mistake in the content; its message ends with what to write instead."""

    path: str
    line: int
    message: str
    is_warning: bool = False
    awaits_review: bool = False
    """Whether only this page stays as it is live, while all others are published."""
    in_draft: bool = False
    """Whether the file is a draft, which is not published anyhow."""

    def __str__(self) -> str:
        is_warning = self.is_warning or self.in_draft
        return f"{self.path}:{self.line}: {'warning: ' if is_warning else ''}{self.message}"

    @property
    def stops_build(self) -> bool:
        """Return whether the site cannot be published with it."""
        return not (self.is_warning or self.awaits_review or self.in_draft)


def print_findings(text: str) -> None:
    """Write lines to standard error, and what `print_annotations` writes of them."""
    sys.stderr.writelines(f"{line}\n" for line in text.splitlines())
    print_annotations(text)


def print_annotations(text: str) -> None:
    """In a workflow of GitHub, annotate the file of each diagnostic among the lines; elsewhere do nothing.

    GitHub shows annotations on top of the run, and in a pull request beside the line.
    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        found = filter(None, map(LINE.fullmatch, text.splitlines()))
        sys.stderr.writelines(f"{annotation(diagnostic)}\n" for diagnostic in found)


def annotation(diagnostic: re.Match[str]) -> str:
    """Return the command of GitHub's workflows that shows a diagnostic at its file and line.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    level = "warning" if diagnostic["warning"] else "error"
    path = _escaped(diagnostic["path"]).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} file={path},line={diagnostic['line']}::{_escaped(diagnostic['message'])}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
