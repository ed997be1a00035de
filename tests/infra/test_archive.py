"""Tests of the functions' zip: its content, that it is reproducible, and that it runs without anything else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from infra import version
from infra.package import archive, folders, interpreter
from infra.package.folders import LEADS
from infra.package.interpreter import PackageError
from infra.package.libraries import HERE
from infra.template import load
from tests.support import compiled_assets, factories, python_of_functions

HANDLERS = sorted(
    resource["Properties"]["Handler"]
    for resource in load()["Resources"].values()
    if resource["Type"] == "AWS::Serverless::Function"
)


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of functions/leads with what a build of the site adds."""
    folder = tmp_path_factory.mktemp("functions") / "leads"
    shutil.copytree(LEADS, folder, ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    compiled_assets.compiled(folder / "compiled", factories.SAMPLE)
    return folder


def test_a_site_that_was_not_built_is_reported_before_anything_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="run `make build` first"):
        archive.unpack(tmp_path / "task", HERE, tmp_path / "leads")


def test_files_and_bytes_are_added_up_for_each_folder_the_largest_first(tmp_path: Path) -> None:
    path = tmp_path / "functions.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, text in {"leads/log.py": "a", "leads/clock.py": "b", "jinja2/filters.py": "c" * 5_000}.items():
            made.writestr(name, text)
    assert [*archive.sizes(path).items()] == [("jinja2", (1, 5_000, 5_000)), ("leads", (2, 2, 2))]


@pytest.fixture(scope="module")
def zipped(leads: Path) -> Path:
    python_of_functions.require()
    return archive.build(leads)


@pytest.fixture(scope="module")
def names(zipped: Path) -> list[PurePosixPath]:
    with zipfile.ZipFile(zipped) as archive:
        return [PurePosixPath(name) for name in archive.namelist()]


@pytest.fixture(scope="module")
def unpacked(leads: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same package, unpacked for this machine."""
    python_of_functions.require()
    folder = tmp_path_factory.mktemp("package") / "task"
    archive.unpack(folder, HERE, leads)
    return folder


@pytest.mark.long
def test_two_builds_from_nothing_are_the_same_to_the_byte(
    leads: Path, zipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "CACHE", tmp_path / "cache")
    os.utime(leads / "settings.py", (0, 0))  # clocks differ
    (leads / "settings.py").chmod(0o600)  # and so do umasks
    assert archive.build(leads).read_bytes() == zipped.read_bytes()


@pytest.mark.long
def test_a_second_build_of_the_same_takes_no_time(leads: Path, zipped: Path) -> None:
    began = time.process_time()
    assert archive.build(leads) == zipped
    assert time.process_time() - began < 1


@pytest.mark.long
def test_a_changed_practice_file_makes_another_zip(leads: Path, zipped: Path, tmp_path: Path) -> None:
    changed = tmp_path / "leads"
    shutil.copytree(leads, changed)
    compiled_assets.compiled(changed / "compiled", factories.practice(name="Another Clinic"))
    assert archive.build(changed).read_bytes() != zipped.read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("unwanted", ["tests", "pip", "cli", "setuptools", "examples", "geodata", "v1", "bin"])
def test_nothing_that_no_handler_needs_is_in_it(names: list[PurePosixPath], unwanted: str) -> None:
    assert [name for name in names if unwanted in name.parts] == []


@pytest.mark.long
def test_no_library_brings_its_metadata_or_type_stubs(names: list[PurePosixPath]) -> None:
    assert [name for name in names if ".dist-info" in str(name) or name.suffix == ".pyi"] == []


@pytest.mark.long
def test_only_the_command_line_stays_out_of_it(leads: Path, names: list[PurePosixPath]) -> None:
    files = [file.relative_to(leads.parent) for file in leads.rglob("*") if file.is_file()]
    missing_files = {file.parts[1] for file in files if "__pycache__" not in file.parts} - {
        name.parts[1] for name in names if name.parts[0] == "leads"
    }
    assert missing_files == {"cli"}


@pytest.mark.long
def test_it_names_its_version_and_commit(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archived:
        named = json.loads(archived.read("leads/compiled/version.json"))
    assert named == {"version": version.read().version, "commit": version.read().commit}


@pytest.mark.long
def test_botocore_knows_two_services(names: list[PurePosixPath]) -> None:
    services = {name.parts[2] for name in names if name.parts[:2] == ("botocore", "data") and len(name.parts) > 3}
    assert services == {"dynamodb", "sesv2"}


@pytest.mark.long
def test_the_only_time_zone_is_the_practices(names: list[PurePosixPath]) -> None:
    zones = {"/".join(name.parts[2:]) for name in names if name.parts[:2] == ("tzdata", "zoneinfo") and not name.suffix}
    assert zones == {factories.SAMPLE.time_zone}


@pytest.mark.long
def test_compiled_code_is_for_arm(names: list[PurePosixPath]) -> None:
    libraries = [name.name for name in names if name.suffix == ".so"]
    assert libraries
    assert all("313-aarch64-linux-gnu" in library for library in libraries)


@pytest.mark.long
def test_every_source_has_its_bytecode(names: list[PurePosixPath]) -> None:
    sources = {name.with_suffix("") for name in names if name.suffix == ".py"}
    compiled = {name.parent.parent / name.name.split(".")[0] for name in names if name.suffix == ".pyc"}
    assert sources == compiled


@pytest.mark.long
@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_needs_nothing_but_the_package(unpacked: Path, handler: str) -> None:
    # -I: no environment variable, no folder of the project; -S: no site-packages.
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r}); import {handler.rpartition('.')[0]}"
    subprocess.run([str(interpreter.python()), "-I", "-S", "-B", "-c", code], check=True, capture_output=True)


@pytest.mark.long
@pytest.mark.parametrize("handler", HANDLERS)
def test_nothing_is_compiled_when_a_handler_starts(unpacked: Path, handler: str) -> None:
    code = (
        f"import sys, json; sys.path.insert(0, {str(unpacked)!r}); from importlib import _bootstrap_external as loader;"
        "compiled = []; real = loader.SourceLoader.source_to_code;"
        "loader.SourceLoader.source_to_code = lambda self, data, path, **how:"
        " (compiled.append(path), real(self, data, path, **how))[1];"
        f"import {handler.rpartition('.')[0]}; print(json.dumps(compiled))"
    )
    done = subprocess.run([str(interpreter.python()), "-I", "-S", "-B", "-c", code], check=True, capture_output=True)
    assert json.loads(done.stdout) == []
