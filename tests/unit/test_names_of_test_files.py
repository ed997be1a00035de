"""Each module of the build and of the infrastructure has a test file of its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path.relative_to(ROOT)
    for folder in ("functions/leads", "plugins", "infra")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)

WITHOUT_TEST_FILE = {
    "infra/package/folders.py": "constants only",
}
"""Modules without a test file of their name, and why."""


def name_of(module: Path) -> str:
    """Return the name of the module, or of its package if the module is the package's program."""
    return module.parent.name if module.stem == "__main__" else module.stem


NAMES = [name_of(module) for module in MODULES]


def imported(file: Path) -> set[str]:
    """Return the full names of the modules that a file may import, and of what it imports from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def has_test_file(module: Path) -> bool:
    """Return True if a test file has the module's name; where several modules share it, the file must import this."""
    files = list((ROOT / "tests").glob(f"*/test_{name_of(module)}.py"))
    if NAMES.count(name_of(module)) == 1:
        return bool(files)
    full_name = ".".join(module.with_suffix("").parts).removeprefix("functions.")
    return any(full_name in imported(file) for file in files)


@pytest.mark.parametrize(
    "module", [module for module in MODULES if module.parts[0] != "functions"], ids=lambda module: module.as_posix()
)
def test_each_module_has_a_test_file_of_its_name(module: Path) -> None:
    assert has_test_file(module) is not (module.as_posix() in WITHOUT_TEST_FILE)


def test_each_exception_is_a_module() -> None:
    assert WITHOUT_TEST_FILE.keys() <= {module.as_posix() for module in MODULES}
