"""The version and commit of the package, as `make package` records them."""

from __future__ import annotations

import json
import os
from pathlib import Path

UNKNOWN = "unknown"


def recorded(compiled: Path | None = None) -> dict[str, str]:
    """Return `version` and `commit`; nothing outside a package.

    `compiled` is the folder of version.json: LEADS_COMPILED or the package's own by default.
    """
    folder = compiled or Path(os.environ.get("LEADS_COMPILED") or Path(__file__).parent / "compiled")
    try:
        written: dict[str, str] = json.loads((folder / "version.json").read_bytes())
    except FileNotFoundError:
        return {}
    return written
