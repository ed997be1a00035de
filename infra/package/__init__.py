"""`make package`: the functions' zip for AWS Lambda. The same input makes the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
LEADS = ROOT / "functions" / "leads"
LOCK = ROOT / "requirements" / "function.txt"
CACHE = ROOT / ".cache" / "package"

VERSION = "3.13"
"""The Python that the functions run on: the same as in infra/template.yaml."""

TAG = "cpython-313"
"""What its bytecode files are called by."""

UNPACKED_AT = "/var/task"
"""Where Lambda unpacks the zip: the path that tracebacks name, wherever the bytecode was compiled."""

UNUSED = (
    "bin/*",
    "*.dist-info/*",
    "*.pyi",
    "*/py.typed",
    "botocore/data/*",
    "dateutil/zoneinfo/*",
    "phonenumbers/carrier*",
    "phonenumbers/geo*",
    "phonenumbers/timezone.py",
    "phonenumbers/tzdata/*",
    "pydantic/mypy.py",
    "pydantic/v1/*",
)
"""What the libraries bring and the functions never read; a `*` matches folders too."""

USED = (
    "botocore/data/_retry.json",
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    "botocore/data/sdk-default-configuration.json",
    "botocore/data/dynamodb/2012-08-10/*.gz",
    "botocore/data/sesv2/2019-09-27/*.gz",
)
"""What stays of it all the same."""

SERVICES = ("dynamodb", "email")
"""DynamoDB and SES, as botocore's endpoints.json calls them."""

NOT_SHIPPED = ("__pycache__", "cli")
"""Folders of `leads` that no function needs: the command line brings Typer and Rich."""

KEPT = 5
"""Zips that stay when another is made: somebody may be about to upload one."""


class PackageError(RuntimeError):
    """The zip cannot be made; the text says what is missing and what to do."""


@dataclass(frozen=True)
class Platform:
    """Where the code will run, and how pip is told so."""

    name: str
    pip: tuple[str, ...] = ()


LAMBDA = Platform("arm64", ("--platform=manylinux2014_aarch64", "--implementation=cp", f"--python-version={VERSION}"))
HERE = Platform("here")


def build(leads: Path = LEADS) -> Path:
    """The zip, made anew only if something that goes into it has changed. Raises PackageError."""
    path = CACHE / f"functions-{_digest(leads, _sources(leads))}.zip"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=CACHE) as folder:
            directory, draft = Path(folder) / "task", Path(folder) / "zip"
            unpack(directory, LAMBDA, leads)
            _write(directory, draft)
            draft.rename(path)
        for old in sorted(CACHE.glob("*.zip"), key=lambda made: made.stat().st_mtime)[:-KEPT]:
            old.unlink()
    return path


def unpack(directory: Path, platform: Platform, leads: Path = LEADS) -> None:
    """Fill a new directory with what the zip has for this platform. Raises PackageError."""
    zone = _time_zone(leads)
    shutil.copytree(_libraries(platform), directory, copy_function=os.link, ignore=_other_time_zones(zone))
    shutil.copytree(leads, directory / "leads", ignore=shutil.ignore_patterns(*NOT_SHIPPED))
    compile_sources(directory / "leads", directory)


def _time_zone(leads: Path) -> str:
    compiled = leads / "compiled" / "practice.json"
    if not compiled.exists():
        raise PackageError(f"{compiled} is missing: run `make build` first.")
    zone: str = json.loads(compiled.read_bytes())["time_zone"]
    return zone


def _other_time_zones(kept: str) -> Any:
    """For copytree: leave out all of tzdata that this time zone does not need."""

    def ignored(folder: str, names: list[str]) -> set[str]:
        _, inside, part = folder.partition("/tzdata/zoneinfo")
        if not inside:
            return {"zones"} if folder.endswith("/tzdata") else set()
        needed = [*(f"zoneinfo/{kept}".split("/")), "__init__.py", "__pycache__"]
        return {name for name in names if name not in needed and not part.endswith("__pycache__")}

    return ignored


def _libraries(platform: Platform) -> Path:
    """What the functions require, as locked, without what they do not use, compiled; made once."""
    made = CACHE / f"{platform.name}-{_digest()}"
    if not made.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=CACHE) as folder:
            draft = Path(folder) / "draft"
            install(draft, LOCK, platform)
            _trim(draft)
            compile_sources(draft, draft)
            draft.rename(made)
    return made


def install(directory: Path, lock: Path, platform: Platform) -> None:
    """Put what is locked into a new directory, not compiled. Raises PackageError."""
    options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", *platform.pip]
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq", "install", *options]
    _run([*pip, "--target", str(directory), "-r", str(lock)])


def _run(command: list[str]) -> None:
    # Hashes of text differ from process to process, and with them the order of a set in the bytecode.
    done = subprocess.run(  # noqa: S603 -- our own command
        command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise PackageError(f"{' '.join(command[1:4])} failed:\n{done.stdout}{done.stderr}")


def _trim(directory: Path) -> None:
    for file in _files(directory):
        name = file.relative_to(directory).as_posix()
        if any(fnmatch(name, pattern) for pattern in UNUSED) and not any(fnmatch(name, pattern) for pattern in USED):
            file.unlink()
        elif name.endswith(".json.gz"):
            _rewrite(file, without_manual(json.loads(gzip.decompress(file.read_bytes()))))
        elif name == "botocore/data/endpoints.json":
            _rewrite(file, without_other_services(json.loads(file.read_bytes())))
    for folder in sorted(directory.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _rewrite(file: Path, content: Any) -> None:
    # What is small and not compressed twice is read sooner: this is a tenth of botocore's share of a cold start.
    file.unlink()
    plain = file.with_name(file.name.removesuffix(".gz"))
    plain.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def without_manual(node: Any) -> Any:
    """A service's model without the texts that explain it to people; a member called documentation stays."""
    if isinstance(node, dict):
        is_manual = {name for name, value in node.items() if name == "documentation" and isinstance(value, str)}
        return {name: without_manual(value) for name, value in node.items() if name not in is_manual}
    return [without_manual(item) for item in node] if isinstance(node, list) else node


def without_other_services(endpoints: Any) -> Any:
    """Botocore's list of all services' addresses, with only those that we talk to."""
    kept = [
        {**partition, "services": {name: partition["services"].get(name, {}) for name in SERVICES}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": kept}


def compile_sources(directory: Path, root: Path) -> None:
    """Give every source in the directory its bytecode; root is what Lambda will unpack."""
    # unchecked-hash: bytecode that is taken as it is, whatever the clock says about the source.
    options = ["-q", "--invalidation-mode=unchecked-hash", "-s", str(root), "-p", UNPACKED_AT]
    _run([str(python()), "-m", "compileall", *options, str(directory)])


@cache
def python() -> Path:
    """The Python that the functions run on: PYTHON313, on the PATH, or among pyenv's. Raises PackageError."""
    named = os.environ.get("PYTHON313")
    on_path = (shutil.which(name) for name in (f"python{VERSION}", "python3"))
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{VERSION}.*/bin/python3"))
    for candidate in [named] if named else [*filter(None, on_path), *map(str, pyenv)]:
        if _version(candidate).startswith(f"{VERSION}."):
            return Path(candidate)
    raise PackageError(
        f"Python {VERSION}, which Lambda runs the functions on, is needed to compile them, and "
        f"{named or 'none on the PATH'} is not one. Install it, or name yours: PYTHON313=/path/to/python{VERSION}"
    )


@cache
def _version(candidate: str) -> str:
    """The Python's version; nothing for what is none, or a virtual environment: that has more on its path."""
    asked = [candidate, "-c", "import sys; print(sys.version if sys.prefix == sys.base_prefix else '')"]
    try:
        return subprocess.run(asked, check=False, capture_output=True, text=True).stdout  # noqa: S603 -- our own
    except OSError:
        return ""


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def _sources(leads: Path) -> Iterator[Path]:
    return (file for file in _files(leads) if not set(NOT_SHIPPED) & set(file.relative_to(leads).parts))


def _digest(folder: Path = LEADS, files: Iterable[Path] = ()) -> str:
    """Stands for the names and contents of the folder's files, and for what else every package is made from."""
    digest = hashlib.sha256(_version(str(python())).encode())
    for path in (LOCK, Path(__file__), *files):
        name = path.relative_to(folder) if path.is_relative_to(folder) else path.name
        digest.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _write(directory: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in _files(directory):
            # ZIP's own first day, and readable by everybody: nothing of this machine.
            entry = zipfile.ZipInfo(file.relative_to(directory).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix, on any machine
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())


def filling(path: Path) -> dict[str, tuple[int, int, int]]:
    """What fills the zip, the largest first: files, bytes in the zip, bytes unpacked, for each top folder."""
    sums: dict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            top = re.split(r"[/.]", entry.filename)[0]
            files, packed, unpacked = sums[top]
            sums[top] = files + 1, packed + entry.compress_size, unpacked + entry.file_size
    return dict(sorted(sums.items(), key=lambda item: -item[1][1]))


def _table(path: Path) -> Table:
    content = filling(path)
    files, packed, unpacked = map(sum, zip(*content.values(), strict=True))
    table = Table("what fills it")
    for column in ("files", "kB zipped", "kB unpacked"):
        table.add_column(column, justify="right")
    for name, sums in {**content, "all": (files, packed, unpacked)}.items():
        table.add_row(name, str(sums[0]), *(f"{size / 1000:,.0f}" for size in sums[1:]))
    return table


def main() -> None:
    """`make package`."""
    try:
        path = build()
    except PackageError as error:
        sys.exit(str(error))
    Console().print(_table(path))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
