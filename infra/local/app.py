"""The WSGI application of `make serve`: CloudFront in front of site and functions, and the pages under /local/."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.cloudfront import Edge
from infra.local import static
from infra.local.builds import Build, Builds
from infra.local.gateway import Gateway
from infra.local.pages import Pages
from infra.template import Template


class LocalApp:
    """Routes each request as CloudFront does on AWS, or to a page of this machine."""

    def __init__(self, template: Template, gateway: Gateway, builds: Builds) -> None:
        self._edge = Edge(template, {"site": self._site, "functions": gateway.answer})
        self._builds = builds
        self._pages = Pages(builds)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the response."""
        return (self._pages if request.path.startswith("/local/") else self._edge).answer(request)

    def _site(self, request: Request) -> Response:
        """Return the current build's file; a page with live reload."""
        build = self._builds.current
        response = static.answer(request, build.output)
        if response.mimetype == "text/html":
            response.set_data(_with_live_reload(response.get_data(as_text=True), build))
        return response


def _with_live_reload(html: str, build: Build) -> str:
    script = f'<script src="/local/reload.js" data-build="{build.name}" defer></script>'
    before, body_end, after = html.rpartition("</body>")
    return f"{before}{script}{body_end}{after}"


class _SilentRequestHandler(WSGIRequestHandler):
    """A request handler that logs no requests: the terminal is for what the editor must read."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


def make_http_server(listening: socket.socket, app: LocalApp) -> BaseWSGIServer:
    """Return a server of the application on a socket that listens already."""
    host, port = listening.getsockname()
    return make_server(host, port, app, threaded=True, request_handler=_SilentRequestHandler, fd=listening.fileno())
