"""The diagnostic: one mistake in the content, with its file, line and remedy; and the place where they are printed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
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


def print_findings(text: str, environment: Mapping[str, str] = os.environ) -> None:
    """Write the lines to standard error; on GitHub each diagnostic among them is an annotation of its file too.

    Its page of the run shows annotations first, and a pull request shows them beside the line.
    """
    lines = text.splitlines()
    if environment.get("GITHUB_ACTIONS") == "true":
        lines += [annotation(match) for match in map(LINE.fullmatch, lines) if match]
    sys.stderr.writelines(f"{line}\n" for line in lines)


def annotation(diagnostic: re.Match[str]) -> str:
    """Return the command of GitHub's workflows that shows a diagnostic at its file and line.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    level = "warning" if diagnostic["warning"] else "error"
    path = _escaped(diagnostic["path"]).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} file={path},line={diagnostic['line']}::{_escaped(diagnostic['message'])}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
