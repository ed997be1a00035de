"""The `leads` command line, for staff and engineers. Never imported by a handler: it needs Typer and Rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: `commands.main`. It is loaded now: who reads the errors' sentences needs no Typer."""
    from leads.cli import commands

    commands.main(arguments)
