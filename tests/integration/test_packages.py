"""Tests of benchmarks/packages.py: another functions/leads is compared whatever its layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import packages
from infra.package import archive


@pytest.fixture
def leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty functions/leads of a project that is called `before`."""
    monkeypatch.setattr(packages, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(archive, "unpack", lambda *_: None)
    folder = tmp_path / "before" / "functions" / "leads"
    folder.mkdir(parents=True)
    return folder


def test_the_handler_is_in_the_package_of_handlers(leads: Path) -> None:
    assert packages.ours("before", leads).entry == "leads.handlers.capture.handler"


def test_in_the_old_layout_the_handler_is_in_the_one_folder(leads: Path) -> None:
    (leads / "capture.py").touch()
    assert packages.ours("before", leads).entry == "leads.capture.handler"


def test_another_copy_is_named_by_its_project(leads: Path) -> None:
    assert packages.name_of(leads) == "before"


def test_another_copy_outside_of_a_project_is_named_by_its_parent(tmp_path: Path) -> None:
    assert packages.name_of(tmp_path / "before" / "leads") == "before"
