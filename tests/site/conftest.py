"""Fixtures of the tests that build a site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_site import SmallSite, small_site


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache of pictures, which the tests share because drawing takes long."""
    return tmp_path_factory.mktemp("drawn")


@pytest.fixture
def small(tmp_path: Path, drawn: Path) -> SmallSite:
    (tmp_path / ".cache").symlink_to(drawn)
    return small_site(tmp_path)
