"""Files that take long to make, cached in .cache/ under a hash of all that they are made from."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path


def cached(folder: Path, key: object, make: Callable[[], bytes]) -> bytes:
    """What was made before from the same things, or made now. `key` must say itself in its repr."""
    file = folder / sha256(repr(key).encode()).hexdigest()
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")  # two builds may make the same thing at once
        draft.write_bytes(make())
        draft.replace(file)
    return file.read_bytes()
