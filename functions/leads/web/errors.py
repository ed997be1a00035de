"""Errors that end a request with an HTTP status."""

from __future__ import annotations


class HTTPError(Exception):
    """A request that is refused: status, title (what happened) and message (what to do)."""

    def __init__(self, status: int, title: str, message: str, **headers: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.message = message
        self.headers = headers
