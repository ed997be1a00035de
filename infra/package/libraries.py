"""The functions' libraries as they go into the package: locked, trimmed to what is used, compiled."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.package import content_hash, folders, interpreter
from infra.package.bytecode import compile_sources

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
"""Files of the libraries that the functions never read; a `*` matches folders too."""

USED = (
    "botocore/data/_retry.json",
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    "botocore/data/sdk-default-configuration.json",
    "botocore/data/dynamodb/2012-08-10/*.gz",
    "botocore/data/sesv2/2019-09-27/*.gz",
)
"""Files that match UNUSED and are needed all the same."""

SERVICES = ("dynamodb", "email")
"""DynamoDB and SES, as botocore's endpoints.json calls them."""


@dataclass(frozen=True)
class Platform:
    """A machine on which the package runs, and pip's options for it."""

    name: str
    pip: tuple[str, ...] = ()


LAMBDA = Platform(
    "arm64", ("--platform=manylinux2014_aarch64", "--implementation=cp", f"--python-version={interpreter.VERSION}")
)
HERE = Platform("here")


def trimmed(platform: Platform) -> Path:
    """Return the folder of what requirements/function.txt locks, trimmed and compiled; it is made once.

    Raises PackageError.
    """
    made = folders.CACHE / f"{platform.name}-{content_hash.of_tools()}"
    if not made.exists():
        folders.CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folders.CACHE) as folder:
            draft = Path(folder) / "draft"
            install(draft, folders.LOCK, platform)
            _trim(draft)
            compile_sources(draft, draft)
            draft.rename(made)
    return made


def install(directory: Path, lock: Path, platform: Platform) -> None:
    """Install what is locked into a new directory, without bytecode. Raises PackageError."""
    options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", *platform.pip]
    pip = ["--disable-pip-version-check", "--no-input", "-qq", "install", *options]
    interpreter.run_module("pip", *pip, "--target", str(directory), "-r", str(lock))


def _trim(directory: Path) -> None:
    for file in content_hash.files(directory):
        name = file.relative_to(directory).as_posix()
        if any(fnmatch(name, pattern) for pattern in UNUSED) and not any(fnmatch(name, pattern) for pattern in USED):
            file.unlink()
        elif name.endswith(".json.gz"):
            _rewrite(file, without_documentation(json.loads(gzip.decompress(file.read_bytes()))))
        elif name == "botocore/data/endpoints.json":
            _rewrite(file, without_other_services(json.loads(file.read_bytes())))
    for folder in sorted(directory.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _rewrite(file: Path, content: Any) -> None:
    # Plain JSON: the zip compresses it already, and unpacking a second time took a tenth of botocore's share of a
    # cold start.
    file.unlink()
    plain = file.with_name(file.name.removesuffix(".gz"))
    plain.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def without_documentation(node: Any) -> Any:
    """Return a service's model without its texts for people; a member that is called documentation stays."""
    if isinstance(node, dict):
        texts = {name for name, value in node.items() if name == "documentation" and isinstance(value, str)}
        return {name: without_documentation(value) for name, value in node.items() if name not in texts}
    return [without_documentation(item) for item in node] if isinstance(node, list) else node


def without_other_services(endpoints: Any) -> Any:
    """Return botocore's list of addresses with only the services that the functions call."""
    kept = [
        {**partition, "services": {name: partition["services"].get(name, {}) for name in SERVICES}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": kept}


def other_time_zones(kept: str) -> Any:
    """Return an `ignore` for shutil.copytree that leaves out the files of tzdata which this time zone does not need."""

    def ignored(folder: str, names: list[str]) -> set[str]:
        _, inside, part = folder.partition("/tzdata/zoneinfo")
        if not inside:
            return {"zones"} if folder.endswith("/tzdata") else set()
        needed = [*(f"zoneinfo/{kept}".split("/")), "__init__.py", "__pycache__"]
        return {name for name in names if name not in needed and not part.endswith("__pycache__")}

    return ignored
