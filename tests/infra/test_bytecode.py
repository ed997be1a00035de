"""Tests of the package's bytecode: it is used without its source's date, and names the path on Lambda."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from infra.package import bytecode, interpreter
from infra.package.interpreter import PackageError
from tests.support.python_of_functions import require

SHOW = """
import importlib.util, marshal, sys
from pathlib import Path
data = Path(sys.argv[1]).read_bytes()
print(int.from_bytes(data[4:8], "little"), marshal.loads(data[16:]).co_filename)
"""


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    """Return a folder with one module that is compiled."""
    require()
    (tmp_path / "leads").mkdir()
    (tmp_path / "leads" / "clock.py").write_text("NOW = 1\n", encoding="utf-8")
    bytecode.compile_sources(tmp_path / "leads", tmp_path)
    return tmp_path / "leads"


def test_the_bytecode_is_unchecked_and_names_the_path_on_lambda(compiled: Path) -> None:
    (file,) = (compiled / "__pycache__").iterdir()
    assert file.name == f"clock.{bytecode.TAG}.pyc"
    command = [str(interpreter.python()), "-c", SHOW, str(file)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == f"1 {bytecode.UNPACKED_AT}/leads/clock.py"


def test_a_source_of_another_date_has_the_same_bytecode(compiled: Path) -> None:
    (file,) = (compiled / "__pycache__").iterdir()
    before = file.read_bytes()
    file.unlink()
    os.utime(compiled / "clock.py", (0, 0))
    bytecode.compile_sources(compiled, compiled.parent)
    assert file.read_bytes() == before


def test_a_source_that_cannot_be_compiled_is_reported(compiled: Path) -> None:
    (compiled / "clock.py").write_text("def\n", encoding="utf-8")
    with pytest.raises(PackageError, match=r"(?s)compileall.*failed.*SyntaxError"):
        bytecode.compile_sources(compiled, compiled.parent)
