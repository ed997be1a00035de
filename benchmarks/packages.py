"""Each handler in a directory as Lambda unpacks it: exactly its requirements, with compiled bytecode.

Ours is the content of `make package`'s zip, for this machine; the others' requirements are as pip installs them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PathDistribution
from pathlib import Path

from infra.package import archive, bytecode, folders, libraries

from benchmarks.runtime import PackagedHandler

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "bench.txt"
CACHE = ROOT / ".cache" / "bench"
BASELINES = Path(__file__).parent / "handlers"

FORM = ("boto3", "phonenumbers", "pydantic")


@dataclass(frozen=True)
class BaselineSpec:
    """The content of one handler's directory."""

    name: str
    entry: str
    sources: tuple[Path, ...]
    requires: tuple[str, ...]


def baseline_specs() -> tuple[BaselineSpec, ...]:
    """Return the handlers that ours is compared with."""
    form, constant = BASELINES / "form.py", BASELINES / "constant.py"
    powertools, fastapi = BASELINES / "powertools.py", BASELINES / "fastapi_mangum.py"
    return (
        BaselineSpec("constant", "constant.handler", (constant,), ("boto3",)),
        BaselineSpec("powertools", "powertools.handler", (powertools, form), ("aws-lambda-powertools", *FORM)),
        BaselineSpec(
            "fastapi+mangum",
            "fastapi_mangum.handler",
            (fastapi, form),
            ("fastapi", "mangum", "python-multipart", *FORM),
        ),
    )


def build() -> tuple[Path, list[PackagedHandler]]:
    """Return the directory of AWS's runtime client, and the handlers, ours first. Raises PackageError."""
    installed = _installed()
    runtime = _assemble(BaselineSpec("runtime", "", (), ("awslambdaric",)), installed)
    baselines = [_assemble(spec, installed) for spec in baseline_specs()]
    return runtime.directory, [ours("ours", folders.LEADS), _trimmed_constant(), *baselines]


def ours(name: str, leads: Path) -> PackagedHandler:
    """Return the capture handler of a functions/leads folder, packed as `make package` does. Raises PackageError.

    The folder may have the older layout, in which all modules were in one folder.
    """
    directory = CACHE / name
    shutil.rmtree(directory, ignore_errors=True)
    archive.unpack(directory, libraries.HERE, leads)
    entry = "leads.capture.handler" if (leads / "capture.py").exists() else "leads.handlers.capture.handler"
    return PackagedHandler(name, directory, entry)


def name_of(leads: Path) -> str:
    """Return a short name for another functions/leads: that of the project's folder."""
    parents = leads.resolve().parents
    return parents[1].name if leads.resolve().parent.name == "functions" else parents[0].name


def _installed() -> Path:
    """Install the requirements of all handlers once, as locked, and return their folder."""
    locked = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    installed = CACHE / f"all-{locked}"
    if not installed.exists():
        draft = CACHE / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        libraries.install(draft, LOCK, libraries.HERE)
        bytecode.compile_sources(draft, draft)
        draft.rename(installed)
    return installed


def _trimmed_constant() -> PackagedHandler:
    """Return the constant handler on our own libraries: what trimming botocore gains a handler that does nothing."""
    directory = CACHE / "constant-trimmed"
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(libraries.trimmed(libraries.HERE), directory, copy_function=os.link)
    bytecode.compile_sources(Path(shutil.copy2(BASELINES / "constant.py", directory)), directory)
    return PackagedHandler(directory.name, directory, "constant.handler")


def _assemble(spec: BaselineSpec, installed: Path) -> PackagedHandler:
    directory = CACHE / spec.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for file in _files(installed, _closure(spec.requires)):
        target = directory / file
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(installed / file, target)
    for source in spec.sources:
        bytecode.compile_sources(Path(shutil.copy2(source, directory)), directory)
    return PackagedHandler(spec.name, directory, spec.entry)


def _closure(names: Iterable[str]) -> set[str]:
    """Return the packages with all their requirements, by the "via" lines of the lock file."""
    needed_by = _needed_by()
    closure = set(names)
    while more := {name for name, parents in needed_by.items() if parents & closure} - closure:
        closure |= more
    return closure


def _needed_by() -> dict[str, set[str]]:
    parents: dict[str, set[str]] = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if locked := re.match(r"([\w.-]+)==", line):
            current = parents.setdefault(locked[1], set())
        elif via := re.match(r"    # (?:via )?\s*([a-z][\w.-]+)$", line):
            current.add(via[1])
    return parents


def _files(installed: Path, names: set[str]) -> Iterator[Path]:
    for folder in installed.glob("*.dist-info"):
        distribution = PathDistribution(folder)
        if re.sub(r"[-_.]+", "-", distribution.name).lower() not in names:
            continue
        for recorded in distribution.files or ():
            file = Path(recorded)
            if file.parts[0] in {"..", "bin"}:
                continue
            yield file
            compiled = file.parent / "__pycache__" / f"{file.stem}.{bytecode.TAG}.pyc"
            if file.suffix == ".py" and (installed / compiled).exists():
                yield compiled
