"""Tests of `make package`: what it prints."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from infra import version
from infra.package import __main__ as package
from infra.package import archive, folders
from infra.package.interpreter import PackageError


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a zip that takes the place of the functions' package."""
    path = tmp_path / "functions.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, text in {"leads/log.py": "a", "leads/clock.py": "b", "jinja2/filters.py": "c" * 5_000}.items():
            zipped.writestr(name, text)
    monkeypatch.setattr(folders, "ROOT", tmp_path)
    monkeypatch.setattr(archive, "build", lambda: path)
    return path


@pytest.mark.usefixtures("made")
def test_the_zip_and_its_version_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    package.main()
    assert capsys.readouterr().out.splitlines()[-1] == f"functions.zip: 0.0 MB, version {version.read()}"


@pytest.mark.usefixtures("made")
def test_what_fills_it_is_listed_the_largest_first(capsys: pytest.CaptureFixture[str]) -> None:
    package.main()
    printed = capsys.readouterr().out
    assert 0 < printed.index("jinja2") < printed.index("leads")


def test_a_package_that_cannot_be_made_ends_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise PackageError("run `make build` first.")

    monkeypatch.setattr(archive, "build", fail)
    with pytest.raises(SystemExit, match="run `make build` first"):
        package.main()
