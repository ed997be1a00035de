"""The `leads` command line, for staff and engineers. Lambda's package leaves it out: it needs Typer and Rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit. Typer is loaded only now: the sentences of `leads.cli.errors` need none."""
    from leads.cli import commands

    commands.main(arguments)
