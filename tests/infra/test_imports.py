"""What the domain may use of others. Who may import whom among our own packages: `lint-imports`, in `make check`."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

DOMAIN = Path(__file__).parents[2] / "functions" / "leads" / "domain"

ALLOWED = {*sys.stdlib_module_names, "pydantic", "pydantic_core", "phonenumbers", "leads"}
"""Nothing that reads a file of its own, talks to a network or knows AWS. `lint-imports` says which parts of leads."""


def imported(source: str) -> set[str]:
    """Return the top names of the modules that the source imports, also inside functions and for types only."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add("leads" if node.level else (node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("file", sorted(DOMAIN.glob("*.py")), ids=lambda file: file.name)
def test_the_domain_uses_the_standard_library_and_two_others(file: Path) -> None:
    assert imported(file.read_text(encoding="utf-8")) - ALLOWED == set()


@pytest.mark.parametrize(
    "source", ["import jinja2", "import botocore.config", "from flask import g", "def f():\n    import boto3"]
)
def test_another_library_would_be_noticed(source: str) -> None:
    assert imported(source) - ALLOWED


def test_the_domain_has_modules() -> None:
    assert len(list(DOMAIN.glob("*.py"))) > 5
