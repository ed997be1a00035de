"""The Python that the functions run on, for tests that need it."""

from __future__ import annotations

from infra.package import interpreter
from infra.package.interpreter import PackageError
from tests.support.requirement import missing


def require() -> None:
    """Skip the test if this machine has no such Python."""
    try:
        interpreter.python()
    except PackageError as error:
        missing(f"Python {interpreter.VERSION}", str(error))
