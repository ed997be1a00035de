"""A cache in .cache/ for files that take long to make."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path


def cached(folder: Path, key: object, make: Callable[[], bytes]) -> bytes:
    """Return the file cached under `key`, which `make` makes if it is missing.

    The repr of `key` is hashed, so it must show everything that the file is made from.
    """
    file = folder / sha256(repr(key).encode()).hexdigest()
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")  # two builds may make the same file at once
        draft.write_bytes(make())
        draft.replace(file)
    return file.read_bytes()
