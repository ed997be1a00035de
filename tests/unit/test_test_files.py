"""The tests themselves: unit tests load nothing heavy, and each module has a test file of its name."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = sorted((ROOT / "tests/unit").glob("test_*.py"))
MODULES = sorted(
    path.relative_to(ROOT)
    for folder in ("functions/leads", "plugins", "infra")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)

HEAVY = ("moto", "boto3", "botocore", "playwright", "samtranslator", "cfnlint", "schemathesis", "werkzeug")
"""Packages that cost a start half a second each, or that need AWS, a browser or a server."""

NEVER_LOADED = (*HEAVY, "infra.template", "leads.aws", "tests.support.deployed")

WITHOUT_TEST_FILE = {
    "functions/leads/__main__.py": "test_commands.py runs it as a program",
    "functions/leads/cli/errors.py": "test_commands.py runs each command into its errors",
    "functions/leads/domain/errors.py": "classes without behaviour",
    "functions/leads/handlers/sweep.py": "tests/support/deployed.py runs it for tests/integration/test_sweep.py",
    "functions/leads/services/ports.py": "protocols; tests/support/store_contract.py holds what they promise",
    "functions/leads/web/errors.py": "a class without behaviour",
    "infra/package/folders.py": "constants only",
}
"""Modules without a test file of their name, and why."""

LOADED = """
import importlib.util, sys
sys.path.insert(0, {root!r})
names = {names!r}
def loaded():
    return {{name for name in names if any(module == name or module.startswith(name + ".") for module in sys.modules)}}
for path in {paths!r}:
    before = loaded()
    specification = importlib.util.spec_from_file_location(path, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[path] = module
    try:
        specification.loader.exec_module(module)
    except ImportError:
        pass  # pytest itself reports a file that cannot be imported
    for name in sorted(loaded() - before):
        print(path.rsplit("/", 1)[1], "loads", name)
"""


def test_unit_tests_load_neither_aws_nor_a_browser_nor_a_template() -> None:
    paths = [str(ROOT / "tests/conftest.py"), *map(str, UNIT)]
    program = LOADED.format(root=str(ROOT), names=NEVER_LOADED, paths=paths)

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (run.stdout, run.stderr[-2000:]) == ("", "")


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


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.as_posix())
def test_each_module_has_a_test_file_of_its_name(module: Path) -> None:
    assert has_test_file(module) is not (module.as_posix() in WITHOUT_TEST_FILE)


def test_each_exception_is_a_module() -> None:
    assert WITHOUT_TEST_FILE.keys() <= {module.as_posix() for module in MODULES}
