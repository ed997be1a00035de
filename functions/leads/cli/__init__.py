"""The `leads` command line, for staff and engineers. Never imported by a handler: it needs Typer and Rich."""

from __future__ import annotations

from leads.cli.commands import main

__all__ = ["main"]
