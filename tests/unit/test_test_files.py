"""The tests themselves: unit tests load nothing heavy, and each module has a test file of its name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = sorted((ROOT / "tests/unit").glob("test_*.py"))
MODULES = sorted((ROOT / "functions/leads").rglob("*.py"))

HEAVY = ("moto", "boto3", "botocore", "playwright", "samtranslator", "cfnlint", "schemathesis", "werkzeug")
"""Packages that cost a start half a second each, or that need AWS, a browser or a server."""

NEVER_LOADED = (*HEAVY, "infra.template", "leads.aws", "tests.support.deployed")

WITHOUT_TEST_FILE = {
    "cli/errors.py": "test_commands.py runs each command into its errors",
    "domain/errors.py": "classes without behaviour",
    "services/ports.py": "protocols; tests/support/store_contract.py holds what they promise",
    "web/errors.py": "a class without behaviour",
    "__main__.py": "test_commands.py runs it as a program",
}
"""Modules of functions/leads without a test file of their name, and why."""

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


@pytest.mark.parametrize(
    "module",
    [path for path in MODULES if path.name != "__init__.py"],
    ids=lambda path: path.relative_to(ROOT / "functions/leads").as_posix(),
)
def test_each_module_has_a_test_file_of_its_name(module: Path) -> None:
    folders = [ROOT / "tests/unit", ROOT / "tests/integration"]
    found = any((folder / f"test_{module.stem}.py").exists() for folder in folders)

    assert found is not (module.relative_to(ROOT / "functions/leads").as_posix() in WITHOUT_TEST_FILE)
