"""Where the package is made from, and where it is kept."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LEADS = ROOT / "functions" / "leads"

LOCK = ROOT / "requirements" / "function.txt"
"""The functions' requirements, with versions and hashes."""

CACHE = ROOT / ".cache" / "package"
"""Zips that were made, and libraries as they go into them."""
