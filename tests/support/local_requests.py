"""Requests to the parts of the local system, as its server hands them over."""

from __future__ import annotations

from typing import Any

from werkzeug import Request
from werkzeug.test import EnvironBuilder


def request(path: str = "/api/leads", **facts: Any) -> Request:
    """Return a request for this path; `facts` are arguments of werkzeug's EnvironBuilder."""
    return Request(EnvironBuilder(path, base_url="http://127.0.0.1:8000", **facts).get_environ())
