"""A server of the built site as CloudFront serves it: with the build's headers, compressed, without live reload."""

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
from plugins.output import moved

COMPRESSED = ("text/", "application/json", "application/xml", "image/svg+xml")
"""Media types that CloudFront compresses; pictures and fonts are compressed already."""


class PreviewApp:
    """The WSGI application."""

    def __init__(self, build: Build) -> None:
        self._edition = build

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
        if not joined or not file.is_file():
            return _response(self._edition.output / "404.html", 404, request)
        response = _response(file, 200, request)
        if file.suffix == ".html":
            static.add_old_address(response, request, file)
        return response


def _response(file: Path, status: int, request: Request) -> Response:
    kind = content_type(file)
    if not kind.startswith(COMPRESSED) or not request.accept_encodings["br"]:
        return Response(file.read_bytes(), status, mimetype=kind)
    return Response(compressed(file), status, {"content-encoding": "br", "vary": "accept-encoding"}, mimetype=kind)


@cache
def compressed(file: Path) -> bytes:
    """Return the file compressed as CloudFront does it; each file is compressed once."""
    return brotli_of(file.read_bytes())


def brotli_of(data: bytes) -> bytes:
    """Return the data in Brotli at quality 5, about what a CDN uses while it answers."""
    smaller: bytes = brotli.compress(data, quality=5)
    return smaller


class _PreviewRequestHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # several files over one connection, as any CDN does

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


@contextmanager
def serving(build: Build) -> Iterator[str]:
    """Serve the build inside the block, and yield its address."""
    server = make_server("127.0.0.1", 0, PreviewApp(build), threaded=True, request_handler=_PreviewRequestHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def addresses(output: Path) -> list[str]:
    """Return the address of every built page that a reader can see: not of those that have moved."""
    found = (file for file in output.rglob("*.html") if not _has_moved(file))
    files = (file.relative_to(output).as_posix() for file in found)
    return sorted(f"/{name.removesuffix('index.html')}" for name in files)


def _has_moved(file: Path) -> bool:
    old = moved.read(file.read_bytes())
    return old is not None and bool(old.moved_to)


def articles(output: Path) -> list[str]:
    """Return the addresses of the articles among the built pages."""
    mark = '<meta property="og:type" content="article">'
    return [address for address in addresses(output) if mark in file_of(output, address).read_text(encoding="utf-8")]


def file_of(output: Path, address: str) -> Path:
    """Return the file of the page at this address."""
    file = output / address.lstrip("/")
    return file / "index.html" if address.endswith("/") else file
