"""The version and commit of the package, as `make package` records them."""

from __future__ import annotations

import json
import os
from pathlib import Path

UNKNOWN = "unknown"


def recorded(compiled: Path | None = None) -> str:
    """Return version and commit, for example "0.1.0 1a2b3c4"; "unknown" outside a package.

    `compiled` is the folder of version.json: LEADS_COMPILED or the package's own by default.
    """
    folder = compiled or Path(os.environ.get("LEADS_COMPILED") or Path(__file__).parent / "compiled")
    try:
        written: dict[str, str] = json.loads((folder / "version.json").read_bytes())
    except FileNotFoundError:
        return UNKNOWN
    return f"{written['version']} {written['commit']}"
