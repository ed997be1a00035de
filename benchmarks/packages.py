"""Each handler in a directory as Lambda would unpack it: exactly what it requires, bytecode compiled, no pip.

Ours is what `make package` zips, for this machine; the others are as pip installs them.
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
    """What goes into one handler's directory."""

    name: str
    entry: str
    sources: tuple[Path, ...]
    requires: tuple[str, ...]


def baseline_specs() -> tuple[BaselineSpec, ...]:
    """What ours is compared with."""
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
    """The directory of AWS's runtime client, and the handlers, ours first. Raises PackageError."""
    installed = _installed()
    runtime = _assemble(BaselineSpec("runtime", "", (), ("awslambdaric",)), installed)
    return runtime.directory, [ours("ours", folders.LEADS), *(_assemble(spec, installed) for spec in baseline_specs())]


def ours(name: str, leads: Path) -> PackagedHandler:
    """A copy of functions/leads as `make package` packs it. Raises PackageError."""
    directory = CACHE / name
    shutil.rmtree(directory, ignore_errors=True)
    archive.unpack(directory, libraries.HERE, leads)
    return PackagedHandler(name, directory, "leads.handlers.capture.handler")


def _installed() -> Path:
    """All that any of them requires, installed once as locked."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    installed = CACHE / f"all-{digest}"
    if not installed.exists():
        draft = CACHE / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        libraries.install(draft, LOCK, libraries.HERE)
        bytecode.compile_sources(draft, draft)
        draft.rename(installed)
    return installed


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
    """The packages and all that they need, as the lock's own "via" lines tell."""
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
