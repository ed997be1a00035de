"""The one door, as CloudFront is in the cloud: the site's files, the HTTP API, and what only exists here."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local import static
from infra.local.builds import Editions
from infra.local.gateway import Gateway
from infra.local.pages import Pages


class Front:
    """The WSGI application."""

    def __init__(self, gateway: Gateway, editions: Editions) -> None:
        self._gateway = gateway
        self._editions = editions
        self._pages = Pages(editions)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """The response, with the headers that the CDN adds."""
        if request.path.startswith("/local/"):
            return self._pages.answer(request)
        edition = self._editions.current
        if request.path.startswith(("/api/", "/staff/")):
            response = self._gateway.answer(request)
        else:
            response = static.answer(request, edition)
        static.add_headers(response, request.path, edition)
        return response


class _Quiet(WSGIRequestHandler):
    """Keeps the terminal for what matters."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing about a request."""


def server(held: socket.socket, front: Front) -> BaseWSGIServer:
    """A server on a port that is already ours."""
    host, port = held.getsockname()
    return make_server(host, port, front, threaded=True, request_handler=_Quiet, fd=held.fileno())
