"""A server of the built site as CloudFront serves it, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

from werkzeug import Request
from werkzeug.serving import WSGIRequestHandler, make_server

from infra import template
from infra.cloudfront import Edge
from infra.local import static
from infra.local.gateway import Gateway
from plugins.output import moved


class _PreviewRequestHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # several files over one connection, as any CDN does

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


@contextmanager
def serving(output: Path) -> Iterator[str]:
    """Serve the built site inside the block, and yield its address."""
    edge = Edge(template.load(), {"site": partial(static.answer, output=output), "functions": Gateway([]).answer})
    application = Request.application(edge.answer)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_PreviewRequestHandler)
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
