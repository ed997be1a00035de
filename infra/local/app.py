"""The WSGI application of `make serve`: the site's files, the HTTP API and the pages under /local/."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local import static
from infra.local.builds import Builds
from infra.local.gateway import Gateway
from infra.local.pages import Pages


class LocalApp:
    """Routes each request to the site, to the functions or to a page of this machine, as CloudFront does on AWS."""

    def __init__(self, gateway: Gateway, builds: Builds) -> None:
        self._gateway = gateway
        self._builds = builds
        self._pages = Pages(builds)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the response, with the headers that CloudFront adds."""
        if request.path.startswith("/local/"):
            return self._pages.answer(request)
        build = self._builds.current
        if request.path.startswith(("/api/", "/staff/")):
            response = self._gateway.answer(request)
        else:
            response = static.answer(request, build)
        static.add_headers(response, request.path, build)
        return response


class _SilentRequestHandler(WSGIRequestHandler):
    """A request handler that logs no requests: the terminal is for what the editor must read."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


def make_http_server(listening: socket.socket, app: LocalApp) -> BaseWSGIServer:
    """Return a server of the application on a socket that listens already."""
    host, port = listening.getsockname()
    return make_server(host, port, app, threaded=True, request_handler=_SilentRequestHandler, fd=listening.fileno())
