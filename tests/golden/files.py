"""The golden files: what each stored format looked like when it was recorded."""

from __future__ import annotations

import json
from pathlib import Path

FILES = Path(__file__).parent / "files"
"""The golden files. `earlier/` inside it is for files of formats that later versions have added a field to."""


def golden(path: str) -> str:
    """Return the text of a golden file, byte for byte."""
    return (FILES / path).read_bytes().decode()


def every(folder: str) -> dict[str, str]:
    """Return the text of each golden file of a folder, of earlier formats too, by its path."""
    paths = sorted((*FILES.glob(f"{folder}/*"), *FILES.glob(f"earlier/*/{folder}/*")))
    return {str(path.relative_to(FILES)): path.read_bytes().decode() for path in paths}


def as_json(value: object) -> str:
    """Return the value as the text of a golden file. A map of DynamoDB has no order, so its names are sorted."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
