"""The functions' code and libraries as a folder, and that folder as a reproducible zip."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from infra import version
from infra.package import content_hash, folders, libraries
from infra.package.bytecode import compile_sources
from infra.package.interpreter import PackageError
from infra.package.libraries import LAMBDA, Platform

MAX_KEPT = 5
"""Zips that stay in the cache when another is made: an older one may be just being uploaded."""

FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can hold; no file's own date gets into it."""


def build(leads: Path = folders.LEADS) -> Path:
    """Return the zip; it is made only if something that goes into it has changed. Raises PackageError."""
    sources = [file for file in content_hash.files(leads) if _is_shipped(file.relative_to(leads))]
    path = folders.CACHE / f"functions-{content_hash.of(str(version.read()), leads, sources)}.zip"
    if not path.exists():
        folders.CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folders.CACHE) as folder:
            directory, draft = Path(folder) / "task", Path(folder) / "zip"
            unpack(directory, LAMBDA, leads)
            _write(directory, draft)
            draft.rename(path)
        for old in sorted(folders.CACHE.glob("*.zip"), key=lambda made: made.stat().st_mtime)[:-MAX_KEPT]:
            old.unlink()
    return path


def unpack(directory: Path, platform: Platform, leads: Path = folders.LEADS) -> None:
    """Fill a new directory with the package's content for this platform. Raises PackageError.

    `leads/compiled/version.json` is added to what the site's build compiles.
    """
    zone = _time_zone(leads)
    ignore = libraries.other_time_zones(zone)
    shutil.copytree(libraries.trimmed(platform), directory, copy_function=os.link, ignore=ignore)
    for file in content_hash.files(leads):
        if _is_shipped(file.relative_to(leads)):
            target = directory / "leads" / file.relative_to(leads)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    version.read().write(directory / "leads" / "compiled")
    compile_sources(directory / "leads", directory)


def _is_shipped(file: Path) -> bool:
    """Return False for the command line, which brings Typer and Rich, and for bytecode, which is compiled anew."""
    return file.parts[0] != "cli" and "__pycache__" not in file.parts


def _time_zone(leads: Path) -> str:
    compiled = leads / "compiled" / "practice.json"
    if not compiled.exists():
        raise PackageError(f"{compiled} is missing: run `make build` first.")
    zone: str = json.loads(compiled.read_bytes())["time_zone"]
    return zone


def _write(directory: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in content_hash.files(directory):
            # The same date, rights (readable by all) and system for each file, so that no machine's own get in.
            entry = zipfile.ZipInfo(file.relative_to(directory).as_posix(), FIRST_DATE)
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())


def sizes(path: Path) -> dict[str, tuple[int, int, int]]:
    """Return files, bytes in the zip and bytes unpacked for each top folder of the zip, the largest first."""
    sums: dict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            top = re.split(r"[/.]", entry.filename)[0]
            files, packed, unpacked = sums[top]
            sums[top] = files + 1, packed + entry.compress_size, unpacked + entry.file_size
    return dict(sorted(sums.items(), key=lambda item: -item[1][1]))
