"""Files that take long to make, kept in .cache/ under a hash of all that they are made from."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path


def kept(folder: Path, made_from: object, make: Callable[[], bytes]) -> bytes:
    """What was made before from the same things, or made now. `made_from` must say itself in its repr."""
    file = folder / sha256(repr(made_from).encode()).hexdigest()
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")  # two builds may make the same thing at once
        draft.write_bytes(make())
        draft.replace(file)
    return file.read_bytes()
