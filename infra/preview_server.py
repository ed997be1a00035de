"""The built site as the CDN serves it: the build's own headers, compressed, and nothing that only `make serve` adds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from wsgiref.types import StartResponse, WSGIEnvironment

import brotli  # type: ignore[import-untyped]  # it has no types
from werkzeug import Request, Response
from werkzeug.security import safe_join
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.local import static
from infra.local.builds import Build
from infra.media import content_type

COMPRESSED = ("text/", "application/json", "application/xml", "image/svg+xml")
"""Kinds of content that a CDN compresses; pictures and fonts are compressed already."""


class Published:
    """The WSGI application."""

    def __init__(self, edition: Build) -> None:
        self._edition = edition

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        """Answer one request."""
        request = Request(environ)
        response = self._answer(request)
        static.add_headers(response, request.path, self._edition)
        yield from response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        joined = safe_join(str(self._edition.output), request.path.strip("/"))
        file = Path(joined or "")
        if file.is_dir():
            file /= "index.html"
        status = 200 if joined and file.is_file() else 404
        return _response(file if status == 200 else self._edition.output / "404.html", status, request)


def _response(file: Path, status: int, request: Request) -> Response:
    kind = content_type(file)
    if not kind.startswith(COMPRESSED) or not request.accept_encodings["br"]:
        return Response(file.read_bytes(), status, mimetype=kind)
    return Response(compressed(file), status, {"content-encoding": "br", "vary": "accept-encoding"}, mimetype=kind)


@cache
def compressed(file: Path) -> bytes:
    """The file as a CDN compresses it."""
    return brotli_of(file.read_bytes())


def brotli_of(data: bytes) -> bytes:
    """Return the data in Brotli at quality 5, about what a CDN does by itself: readers get nothing better."""
    smaller: bytes = brotli.compress(data, quality=5)
    return smaller


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for several files, as everywhere

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing about a request."""


@contextmanager
def serving(edition: Build) -> Iterator[str]:
    """Where the edition is served for as long as the block runs."""
    server = make_server("127.0.0.1", 0, Published(edition), threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def addresses(output: Path) -> list[str]:
    """The address of every built page."""
    files = (file.relative_to(output).as_posix() for file in output.rglob("*.html"))
    return sorted(f"/{name.removesuffix('index.html')}" for name in files)


def articles(output: Path) -> list[str]:
    """The addresses of the articles among them."""
    mark = '<meta property="og:type" content="article">'
    return [address for address in addresses(output) if mark in file_of(output, address).read_text(encoding="utf-8")]


def file_of(output: Path, address: str) -> Path:
    """The file behind a page's address."""
    file = output / address.lstrip("/")
    return file / "index.html" if address.endswith("/") else file
