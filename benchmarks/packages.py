"""Each handler in a directory as Lambda would unpack it: exactly what it requires, bytecode compiled, no pip."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PathDistribution
from pathlib import Path

from benchmarks.runtime import Handler

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "bench.txt"
CACHE = ROOT / ".cache" / "bench"
LEADS = ROOT / "functions" / "leads"
BASELINES = Path(__file__).parent / "handlers"

VERSION = (3, 13)

FORM = ("boto3", "phonenumbers", "pydantic")


@dataclass(frozen=True)
class Recipe:
    """What goes into one handler's directory."""

    name: str
    entry: str
    sources: tuple[Path, ...]
    requires: tuple[str, ...]


def recipes() -> tuple[Recipe, ...]:
    """Ours and what it is compared with."""
    form, constant = BASELINES / "form.py", BASELINES / "constant.py"
    powertools, fastapi = BASELINES / "powertools.py", BASELINES / "fastapi_mangum.py"
    return (
        Recipe("ours", "leads.capture.handler", (LEADS,), our_requirements()),
        Recipe("constant", "constant.handler", (constant,), ("boto3",)),
        Recipe("powertools", "powertools.handler", (powertools, form), ("aws-lambda-powertools", *FORM)),
        Recipe(
            "fastapi+mangum",
            "fastapi_mangum.handler",
            (fastapi, form),
            ("fastapi", "mangum", "python-multipart", *FORM),
        ),
    )


def our_requirements() -> tuple[str, ...]:
    """What pyproject.toml says that the function needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return tuple(re.match(r"[\w.-]+", requirement)[0] for requirement in project["dependencies"])  # type: ignore[index]


def python() -> Path:
    """The Python that the function is deployed on: on the PATH, or among pyenv's."""
    on_path = (shutil.which(name) for name in (f"python{VERSION[0]}.{VERSION[1]}", "python3"))
    pyenv = Path.home().glob(f".pyenv/versions/{VERSION[0]}.{VERSION[1]}.*/bin/python3")
    for candidate in [sys.executable, *filter(None, on_path), *map(str, pyenv)]:
        asked = [candidate, "-c", "import sys; print(sys.version_info[:2], sys.prefix == sys.base_prefix)"]
        said = subprocess.run(asked, check=False, capture_output=True, text=True).stdout
        if said.strip() == f"{VERSION} True":
            return Path(candidate)
    sys.exit("Python 3.13, which the function is deployed on, is neither on the PATH nor among pyenv's.")


def build(python: Path) -> tuple[Path, list[Handler]]:
    """The directory of AWS's runtime client, and the handlers."""
    if not (LEADS / "compiled" / "practice.json").exists():
        sys.exit("functions/leads/compiled/practice.json is missing: run `make build` first.")
    installed = _installed(python)
    runtime = _assemble(python, Recipe("runtime", "", (), ("awslambdaric",)), installed)
    return runtime.directory, [_assemble(python, recipe, installed) for recipe in recipes()]


def assemble(python: Path, name: str, leads: Path) -> Handler:
    """Another copy of functions/leads, packaged as ours is."""
    recipe = Recipe(name, "leads.capture.handler", (leads,), our_requirements())
    return _assemble(python, recipe, _installed(python))


def _installed(python: Path) -> Path:
    """All that any of them requires, installed once as locked."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    installed = CACHE / f"all-{digest}"
    if not installed.exists():
        draft = CACHE / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq", "install", "--no-compile", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "--target", str(draft), "-r", str(LOCK)], check=True)
        _compile(python, draft)
        draft.rename(installed)
    return installed


def _compile(python: Path, directory: Path) -> None:
    # unchecked-hash: the bytecode is taken as it is, as from a zip whose clock means nothing.
    compileall = [str(python), "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compileall, str(directory)], check=True)


def _assemble(python: Path, recipe: Recipe, installed: Path) -> Handler:
    directory = CACHE / recipe.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for file in _files(installed, _closure(recipe.requires)):
        target = directory / file
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(installed / file, target)
    for source in recipe.sources:
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, directory / "leads", ignore=ignored)
        else:
            shutil.copy2(source, directory)
    _compile(python, directory)
    return Handler(recipe.name, directory, recipe.entry)


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
        if package := re.match(r"([\w.-]+)==", line):
            current = parents.setdefault(package[1], set())
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
            bytecode = file.parent / "__pycache__" / f"{file.stem}.cpython-{VERSION[0]}{VERSION[1]}.pyc"
            if file.suffix == ".py" and (installed / bytecode).exists():
                yield bytecode
